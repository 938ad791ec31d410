"""Processes of our own find the same packages and keep to what was chosen for them."""

import subprocess

import pytest

from evergrow.lib import children


def test_a_child_runs_main_of_a_module_with_its_arguments_and_packages(tmp_path, monkeypatch) -> None:
    (tmp_path / "errand.py").write_text("import sys\n\ndef main():\n    import evergrow\n    print(*sys.argv[1:])\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    command = children.command("errand", "3", "4")
    done = subprocess.run(command, env=children.environment(), cwd="/", capture_output=True, text=True, check=True)
    assert done.stdout == "3 4\n"


@pytest.mark.parametrize(("chosen", "found"), [(None, "system"), ("mimalloc", "mimalloc")])
def test_it_is_frugal_with_memory_unless_somebody_chose_otherwise(monkeypatch, chosen: str | None, found: str) -> None:
    monkeypatch.delenv("ARROW_DEFAULT_MEMORY_POOL", raising=False)
    if chosen:
        monkeypatch.setenv("ARROW_DEFAULT_MEMORY_POOL", chosen)
    assert children.environment()["ARROW_DEFAULT_MEMORY_POOL"] == found
