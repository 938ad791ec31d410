"""The lines of the connect page do what they say: each is run as it is shown, and its events arrive."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from evergrow.intake.sources import clients
from evergrow.intake.sources.clients import Client
from evergrow.intake.tests.clients import HERE, needs_packages
from evergrow.intake.tests.clients.source import Source

pytestmark = pytest.mark.client
COMMANDS = {
    "python": [sys.executable, "-c"],
    "node": ["node", "--input-type=module", "-e"],
    "shell": ["bash", "-c"],
}
RUN = [each for each in clients.offered() if each.runner in COMMANDS]
# Events of one run, and whether the lines name the account; a format without accounts cannot.
ARRIVE = {
    "curl": 1, "python": 3, "node": 3, "rudder-python": 3, "rudder-node": 3, "posthog-python": 2, "posthog-node": 3,
    "sensors-python": 2, "snowplow-python": 1, "amplitude-python": 3, "mixpanel-python": 2, "ga4": 1, "matomo": 1,
    "cloudevents": 1, "umami": 1, "plausible": 1,
}  # fmt: skip
WITHOUT_ACCOUNT = {"matomo", "umami", "plausible"}
NOT_A_LOGIN = {"cloudevents": "contract.signed"}


@pytest.mark.parametrize("client", RUN, ids=lambda client: client.key)
def test_the_lines_as_shown_send_what_they_say(client: Client, source: Source) -> None:
    if client.runner == "node":
        needs_packages()
    command = [*COMMANDS[client.runner], client.filled(source.url, source.key).code]
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(command, cwd=HERE, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    found = source.events(ARRIVE[client.key])
    assert source.rejects() == []
    login = [each for each in found if each["event"] == NOT_A_LOGIN.get(client.key, "login")]
    assert len(login) == 1, [each["event"] for each in found]
    if client.key in WITHOUT_ACCOUNT:
        return
    assert login[0]["distinct_id"] == "user-1"
    assert source.accounts()[0]["external_id"] == "account-1"


def test_every_client_that_can_be_run_here_is_run() -> None:
    assert {each.key for each in clients.ALL if each.runner in COMMANDS} == set(ARRIVE)
    assert all(clients.KEY in each.install + each.code for each in clients.ALL)
    assert all(clients.BASE in each.install + each.code for each in clients.ALL)
