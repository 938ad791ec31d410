"""Links that commands print lead to the instance that serves the data folder."""

import pytest

from evergrow import cli
from evergrow.cli import address, serve


@pytest.fixture
def served(settings, tmp_path, monkeypatch):
    """What ``evergrow serve`` leaves behind when it is started with these arguments."""
    settings.DATA, settings.PUBLIC_URL = tmp_path, ""
    monkeypatch.setattr("uvicorn.run", lambda *given, **named: None)
    monkeypatch.setattr(serve, "refuse_taken_port", lambda host, port: None)

    def run(*arguments: str) -> None:
        given = cli.parser().parse_args(["serve", *arguments])
        given.run(given)

    return run


@pytest.mark.django_db
@pytest.mark.once
def test_a_sign_in_link_names_the_port_that_is_served(served, alice, capsys) -> None:
    served("--port", "9123")
    given = cli.parser().parse_args(["member", "link", alice.user.email])
    given.run(given)
    assert capsys.readouterr().out.startswith("http://127.0.0.1:9123/")


def test_the_last_start_counts_and_the_setting_before_it(served, settings) -> None:
    assert address.known() == "http://127.0.0.1:8000", "nothing was served yet"
    served("--port", "9123")
    served("--host", "0.0.0.0", "--port", "9124")
    assert address.known() == "http://127.0.0.1:9124"
    served("--host", "::1", "--port", "9125")
    assert address.known() == "http://[::1]:9125"
    settings.PUBLIC_URL = "https://grow.example/"
    assert address.known() == "https://grow.example"


def test_a_file_that_says_something_else_is_not_believed(served, settings) -> None:
    (settings.DATA / address.FILE).write_bytes(b"\xff\xfe javascript:")
    assert address.known() == "http://127.0.0.1:8000"
