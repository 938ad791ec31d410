"""Files that are wrong change nothing and say where; what is right is compared in plain words first."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from evergrow import cli
from evergrow.success.contact import policy
from evergrow.success.models import Playbook, PlaybookVersion, SignalRule
from evergrow.success.models.triggers import Trigger
from evergrow.workspaces import configuration
from evergrow.workspaces.models import Member, Workspace
from evergrow.workspaces.tests.callers import caller

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.once]
GOOD = """evergrow: playbooks/1
name: {en: Win back, zh: 赢回}
steps:
  - key: ask
    name: {en: Ask, zh: 询问}
    due: {days: 3, from: start}
  - key: wait
    kind: wait
    name: Wait
    due: {workdays: 5}
    after: [ask]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "playbooks/win-back.yaml").write_text(GOOD)
    return tmp_path


def faults(workspace: Workspace, folder: Path) -> list[str]:
    with pytest.raises(configuration.BadFiles) as caught:
        configuration.apply(workspace=workspace, files=configuration.from_folder(folder), by=None)
    return [str(fault) for fault in caught.value.faults]


def test_everything_wrong_is_said_at_once_with_file_line_and_fix(workspace: Workspace, folder: Path) -> None:
    bad = {
        "a": GOOD.replace("from: start", "from: begin"),
        "b": GOOD.replace("after: [ask]", "after: [nobody]"),
        "c": GOOD.replace("kind: wait", "kind: party"),
        "d": GOOD + "    owner: ghost@nowhere.example\n",
        "e": GOOD + "    only_if: {trait: mrr, ovr: 5}\n",
        "f": GOOD + "    colour: red\n",
    }
    for name, text in bad.items():
        (folder / f"playbooks/{name}.yaml").write_text(text)
    told = faults(workspace, folder)
    assert [line.split(": ")[0] for line in told] == [
        "playbooks/a.yaml:6",
        "playbooks/b.yaml:11",
        "playbooks/c.yaml:8",
        "playbooks/d.yaml:12",
        "playbooks/e.yaml:12",
        "playbooks/f.yaml:12",
    ]
    assert "is no step above this one" in told[1]
    assert "“party” is none of: task, call" in told[2]
    assert "is not the email of a member" in told[3]
    assert not Playbook.objects.filter(key="win-back").exists(), "the good file waits for the bad ones"


@pytest.mark.parametrize(
    ("place", "text", "said"),
    [
        ("playbooks/x.yaml", "name: [", "playbooks/x.yaml:2: This is not YAML"),
        ("playbooks/x.yaml", "evergrow: tiers/1\nname: x\n", "playbooks/x.yaml:1: This begins with"),
        ("playbooks/x.yaml", "name: x\nname: y\n", "playbooks/x.yaml:2: “name” stands here twice."),
        ("playbooks/x.yaml", "name: &a x\npurpose: *a\n", "playbooks/x.yaml:2: Aliases"),
        ("playgrounds/x.yaml", "name: x\n", "playgrounds/x.yaml: “playgrounds” is no kind of configuration."),
    ],
)
def test_what_cannot_be_read_is_said_before_anything_is_asked(
    workspace: Workspace, folder: Path, place: str, text: str, said: str
) -> None:
    path = folder / place
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    assert faults(workspace, folder)[0].startswith(said)


TRIGGER = """name: Big
playbook: save
kind: enter
existing: false
who: {criteria: {trait: mrr, over: 5000}}
"""
RULES = """is_on: true
limits:
  - {channel: mail, most: 1, days: 1}
quiet:
  - {days: [0], from: '21:00', to: '08:00'}
"""


def test_triggers_and_contact_rules_that_are_wrong_say_where(workspace: Workspace, tmp_path: Path) -> None:
    bad = {
        "triggers/a": TRIGGER.replace("save", "nothing"),
        "triggers/b": TRIGGER.replace("over", "ovr"),
        "triggers/c": TRIGGER.replace("enter", "sometimes"),
        "triggers/d": TRIGGER + "every_days: often\n",
        "triggers/e": TRIGGER.replace("{criteria: {trait: mrr, over: 5000}}", "{segment: nobody}"),
        "triggers/f": TRIGGER.replace("existing: false", "existing: maybe"),
        "triggers/g": TRIGGER.replace("enter", "event"),
        "start-rules/save": "held_out_percent: 80\n",
    }
    for name, text in bad.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / f"{name}.yaml").write_text(text)
    assert [line.split(": ")[0] for line in faults(workspace, tmp_path)] == ["start-rules/save.yaml:1"]
    (tmp_path / "start-rules/save.yaml").unlink()
    told = faults(workspace, tmp_path)
    places = [f"triggers/{name}.yaml:{line}" for name, line in zip("abcdefg", (2, 5, 3, 6, 5, 4, 1), strict=True)]
    assert [line.split(": ")[0] for line in told] == places
    assert not Trigger.objects.exists()
    for wrong, line in (("mail", 3), ("0]", 5), ("21:00", 5), ("most: 1", 3)):
        (tmp_path / "contact-rules").mkdir(exist_ok=True)
        (tmp_path / "contact-rules/rules.yaml").write_text(RULES.replace(wrong, "9]" if wrong == "0]" else "most: 1.5"))
        assert faults(workspace, tmp_path)[0].startswith(f"contact-rules/rules.yaml:{line}: "), wrong
    assert policy.current(workspace).version == 0


def test_a_trigger_and_the_contact_rules_are_compared_drafted_and_published(
    workspace: Workspace, alice: Member, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for place, text in (("triggers/big.yaml", TRIGGER), ("contact-rules/rules.yaml", RULES)):
        (tmp_path / place).parent.mkdir()
        (tmp_path / place).write_text(text)
    command = ["config", "apply", str(tmp_path), "--workspace", workspace.slug]
    cli.main([*command, "--publish"])
    trigger = Trigger.objects.get(key="big")
    assert trigger.versions.get().state == "published"
    assert policy.current(workspace).version == 1
    (tmp_path / "triggers/big.yaml").write_text(TRIGGER.replace("5000", "6000") + "most: null\n")
    (tmp_path / "contact-rules/rules.yaml").write_text(RULES.replace("21:00", "22:00"))
    capsys.readouterr()
    cli.main(["config", "plan", *command[2:]])
    told = capsys.readouterr().out
    assert "over: 5000 → 6000" in told
    assert "most: 1 → —" in told
    assert "quiet: [{days: [0], from: “21:00”" in told
    cli.main(command)
    assert list(trigger.versions.order_by("number").values_list("state", flat=True)) == ["published", "draft"]
    assert policy.current(workspace).version == 2, "what has no drafts holds at once"
    cli.main(command)
    assert "0 new, 0 changed, 2 as they are" in capsys.readouterr().out
    (tmp_path / "triggers/big.yaml").write_text(TRIGGER.replace("playbook: save", "playbook: renewal"))
    assert "and stays with it" in faults(workspace, tmp_path)[0]


def test_a_change_is_planned_drafted_and_published(
    workspace: Workspace, alice: Member, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["config", "apply", str(folder), "--workspace", workspace.slug]
    cli.main([*command, "--publish"])
    assert "1 new, 0 changed, 0 as they are. Published." in capsys.readouterr().out
    changed = GOOD.replace("days: 3", "days: 4").replace("{en: Ask, zh: 询问}", "{en: Ask them, zh: 询问}")
    (folder / "playbooks/win-back.yaml").write_text(changed)
    cli.main(["config", "plan", *command[2:]])
    told = capsys.readouterr().out
    assert "~ playbooks/win-back.yaml" in told
    assert "steps › ask › name › en: “Ask” → “Ask them”" in told
    assert "steps › ask › due › days: 3 → 4" in told
    assert PlaybookVersion.objects.filter(playbook__key="win-back").count() == 1
    cli.main(command)
    cli.main(command)
    assert "0 new, 0 changed, 1 as they are" in capsys.readouterr().out
    draft = PlaybookVersion.objects.get(playbook__key="win-back", state="draft")
    assert draft.steps.get(key="ask").offset == 4
    assert PlaybookVersion.objects.get(playbook__key="win-back", state="published").steps.get(key="ask").offset == 3


def test_an_export_names_files_that_are_too_many_and_deletes_none(
    workspace: Workspace, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main(["config", "export", str(folder), "--workspace", workspace.slug, "--only", "playbooks"])
    told = capsys.readouterr().out
    assert "playbooks/win-back.yaml is not in the workspace" in told
    assert (folder / "playbooks/win-back.yaml").exists()
    assert (folder / "playbooks/save.yaml").read_text().startswith("evergrow: playbooks/1\nname:\n  en: Save")
    with pytest.raises(SystemExit, match="there is no kind 'toys'"):
        cli.main(["config", "export", str(folder), "--workspace", workspace.slug, "--only", "toys"])


def test_a_playbook_goes_out_and_in_on_its_page_and_through_the_api(
    workspace: Workspace, alice: Member, sign_in: Callable[[Member], Client]
) -> None:
    client, page = sign_in(alice), "/w/acme/playbooks/save/file/"
    text = client.get(f"{page}?download=1").content.decode()
    changed = text.replace("Call the champion", "Ring the champion")
    assert "Nothing differs" in client.post(page, {"text": text}).content.decode()
    told = client.post(page, {"text": changed}).content.decode()
    assert "“Call the champion” → “Ring the champion”" in told
    bad = client.post(page, {"text": changed.replace("kind: wait", "kind: party")})
    assert (bad.status_code, "Line " in bad.content.decode()) == (422, True)
    assert client.post(page, {"text": changed, "take": "1"}).status_code == 302
    api = caller(alice)
    assert "Ring the champion" in api.get("/api/v1/playbooks/save/text").json()["text"]
    json = {"content_type": "application/json"}
    done = api.put("/api/v1/playbooks/win-back/text", {"text": GOOD, "publish": True}, **json)
    assert (done.status_code, done.json()["how"]) == (200, "new")
    again = api.post("/api/v1/playbooks/win-back/text/comparison", {"text": GOOD}, **json)
    assert again.json() == {"how": "same", "differences": []}
    wrong = api.put("/api/v1/playbooks/win-back/text", {"text": "name: ["}, **json)
    assert wrong.json()["type"] == "urn:evergrow:problem:BadPlaybookText"


def test_signal_rules_say_where_they_are_wrong_and_delivered_ones_take_their_numbers(
    workspace: Workspace, tmp_path: Path
) -> None:
    reason = "reason: {en: Fell, zh: 下降}\nname: Fell\nway: change\n"
    files = {
        "signal-rules/a.yaml": reason + "change: {how: fell, trait: mrr, percents: 20}\n",
        "signal-rules/b.yaml": reason
        + "change: {how: fell, trait: mrr}\nowner: {rule: member, member: ghost@x.example}\n",
        "signal-rules/c.yaml": reason + "change: {how: fell, trait: mrr, percent: 140}\n",
        "signal-rules/no-contact.yaml": "numbers: {days: 9000}\n",
    }
    (tmp_path / "signal-rules").mkdir()
    for place, said in files.items():
        (tmp_path / place).write_text(said)
    told = faults(workspace, tmp_path)
    assert [fault.split(": ")[0] for fault in told] == [
        "signal-rules/a.yaml:4",
        "signal-rules/b.yaml:5",
        "signal-rules/c.yaml:4",
        "signal-rules/no-contact.yaml:1",
    ]
    for place in files:
        (tmp_path / place).unlink()
    (tmp_path / "signal-limits").mkdir()
    (tmp_path / "signal-limits/limits.yaml").write_text("warn_percent: 120\n")
    assert "limits.yaml:1: warn_percent" in faults(workspace, tmp_path)[0]
    (tmp_path / "signal-limits/limits.yaml").unlink()
    (tmp_path / "signal-rules/no-contact.yaml").write_text("is_on: false\nnumbers: {days: 45}\n")
    configuration.apply(workspace=workspace, files=configuration.from_folder(tmp_path), by=None)
    row = SignalRule.objects.get(built_in="no_contact")
    assert (row.is_on, row.versions.get(state="published").definition) == (False, {"numbers": {"days": 45}})
