"""One person, planted in every table and file, and erased; nobody else loses anything."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from evergrow import warehouse
from evergrow.customers.actions.merges import merge_people
from evergrow.customers.models import (
    ErasedId,
    Identifier,
    Note,
    Person,
    PrivacyRequest,
    RetentionRule,
    SearchEntry,
    TimelineEntry,
)
from evergrow.customers.privacy import erasing, mentions, registry, requests
from evergrow.customers.search.sources import sources
from evergrow.customers.tests.plant import Plant, everywhere
from evergrow.customers.tests.stage import make_account, make_person
from evergrow.intake.events import NormalEvent, insert_events
from evergrow.intake.models import Import, ImportState, Reject
from evergrow.intake.personal import retention
from evergrow.lib import clock
from evergrow.warehouse import watched
from evergrow.workspaces import audit
from evergrow.workspaces.models import AuditEntry, Job

pytestmark = pytest.mark.playbooks
EMAIL, NAME, USER, DEVICE, PHONE = "maya@kite.example", "吴美雅", "user-4711-maya", "dev-0815-abcdef", "13812340000"
TRACES = ("maya@kite", NAME, USER, DEVICE, PHONE, "maya%40kite")


@pytest.fixture
def cast(workspace: Any, alice: Any, frozen: Any, warehouse_db: None) -> dict[str, Any]:
    account = make_account(workspace, "Kite Works")
    maya = make_person(account, NAME)
    Person.objects.filter(pk=maya.pk).update(email=EMAIL, phone=PHONE, traits={"wechat": "maya-wx"})
    before = make_person(account, NAME)
    bystander = make_person(account, "吴美雅琴")
    for person, kind, value in (
        (maya, "user", USER), (maya, "email", EMAIL), (before, "anonymous", DEVICE), (bystander, "user", "user-9"),
    ):  # fmt: skip
        Identifier.objects.create(workspace=workspace, person=person, kind=kind, value=value)
    maya.refresh_from_db()
    merge_people(kept=maya, merged=before, reason="same", by=alice)
    return {"account": account, "maya": maya, "before": before, "bystander": bystander}


def see(workspace: Any, cast: dict[str, Any]) -> None:
    day, at = timedelta(days=1), clock.now()
    account = cast["account"].number
    rows = [
        NormalEvent("login", at, "m1", cast["maya"].number, account, USER, properties={"email": EMAIL, "plan": "pro"}),
        NormalEvent("login", at - day, "m2", cast["before"].number, account, DEVICE, properties={"plan": "pro"}),
        NormalEvent("login", at, "m3", cast["bystander"].number, account, "user-9", properties={"plan": "free"}),
        NormalEvent("invite", at, "m4", cast["bystander"].number, account, DEVICE, properties={"to": f"<{EMAIL}>"}),
    ]
    for key in ("email", "to"):
        for event in ("login", "invite"):
            watched.note(workspace.pk, event, key, workspace.today())
    watched.tend(workspace.pk, workspace.today())
    insert_events(workspace, rows, segment="s")
    sample = {"event": ["login"], "property": ["x"], "kind": ["k"], "slot": [1], "act": ["flag"], "detail": [""]}
    warehouse.insert(
        "plan_samples",
        {"workspace_id": [workspace.pk], **sample, "message": [f'{{"u": "{EMAIL}"}}'], "source": ["web"],
         "received_at": [at]},
    )  # fmt: skip


def erase(person: Person, by: Any) -> PrivacyRequest:
    asked = requests.open_request(person=person, kind="erase", by=by, how=f"Mail from {EMAIL}")
    requests.verify(request=asked, how=f"Answered from {EMAIL}", by=by)
    requests.start_erasure(request=asked, by=by)
    erasing.run(asked)
    return asked


def store_traces() -> list[tuple[str, str]]:
    """Rows of the event store in which one of the traces stands."""
    found = []
    tables = warehouse.rows(
        "select name from system.tables where database = currentDatabase() and engine like '%MergeTree'"
    )
    for (table,) in tables:
        columns = warehouse.rows(
            "select name from system.columns where database = currentDatabase() and table = {t:String}"
            " and not startsWith(type, 'AggregateFunction')",
            t=table,
        )
        text = ", '|', ".join(f"toString({name})" for (name,) in columns)
        for (line,) in warehouse.rows(f"select concat({text}, '') from {table}"):
            found += [(table, trace) for trace in TRACES if trace in line]
    return found


def test_one_person_planted_in_every_table_is_found_in_none_afterwards(
    workspace: Any, alice: Any, bob: Any, cast: dict[str, Any], monkeypatch: Any, tmp_path: Path
) -> None:
    monkeypatch.setattr(settings, "DATA", tmp_path)
    see(workspace, cast)
    words = f"Call {NAME} ({EMAIL}, {USER}, {DEVICE}, {PHONE}) back. https://x.example/?e=maya%40kite.example"
    planted = list(Plant(workspace, cast["maya"], cast["account"], bob, words).everything())
    assert len(planted) > 40
    Import.objects.update(state=ImportState.DONE)
    source = Import.objects.get()
    source.folder.mkdir(parents=True, exist_ok=True)
    source.path.write_text(f"email,name\n{EMAIL},x\n")
    (tmp_path / "spool" / "damaged").mkdir(parents=True)
    (tmp_path / "spool" / "damaged" / "torn").write_bytes(b"\x00\x01" + EMAIL.encode())
    kept = make_account(workspace, "Next to it").notes.create(body="Nothing about her.")
    PrivacyRequest.objects.all().delete()
    assert any(EMAIL in text for _where, text in everywhere())
    assert store_traces()

    asked = erase(cast["maya"], alice)

    left = [(where, trace) for where, text in everywhere() for trace in TRACES if trace in text.replace("吴美雅琴", "")]
    # A name may be a common word: it stays in texts that are about no account, such as a playbook.
    far = {m._meta.label for m in mentions.searched() if mentions.path_to(m, "customers.account") is None}
    far -= {"workspaces.AuditEntry", "workspaces.Job", "intake.Reject", "intake.ImportChange", "customers.BulkRow"}
    left = [each for each in left if each[0] != "workspaces.AuditEntry.by_name"]  # the colleague who did it
    left = [each for each in left if not (each[1] == NAME and each[0].rpartition(".")[0] in far)]
    # What the search keeps of such a text stays with it.
    found = SearchEntry.objects.filter(account=None, title=NAME).values_list("kind", flat=True)
    if {sources()[kind].model for kind in found} <= far:
        left = [each for each in left if each != ("customers.SearchEntry.title", NAME)]
    assert not left, left
    assert store_traces() == []
    assert not source.path.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file() and EMAIL.encode() in path.read_bytes()] == []
    assert Note.objects.get(pk=kept.pk).body == "Nothing about her."
    assert Person.objects.get(pk=cast["bystander"].pk).name == "吴美雅琴"
    asked.refresh_from_db()
    assert asked.state == "done"
    assert asked.person is None
    assert asked.receipt["counts"]["intake.events"] == 2
    assert asked.receipt_hash == erasing.seal(asked.receipt)


def test_a_neighbours_events_and_counts_stay(workspace: Any, alice: Any, cast: dict[str, Any]) -> None:
    see(workspace, cast)
    erase(cast["maya"], alice)
    rows = warehouse.rows("select event, person, distinct_id, properties from events order by message_id")
    neighbour = cast["bystander"].number
    assert [(event, who, ids) for event, who, ids, _ in rows] == [
        ("login", neighbour, "user-9"), ("invite", neighbour, ""),
    ]  # fmt: skip
    assert dict(rows[1][3]) == {"to": "[erased]"}
    counts = warehouse.rows(
        "select event, sum(count), groupBitmapMerge(people) from activity group by event order by event"
    )
    assert [tuple(map(str, row)) for row in counts] == [("invite", "1", "1"), ("login", "1", "1")]
    assert warehouse.scalar("select count() from seen_messages") == 4


def test_erasing_twice_changes_nothing_more(workspace: Any, alice: Any, cast: dict[str, Any]) -> None:
    see(workspace, cast)
    asked = erase(cast["maya"], alice)
    receipt = dict(asked.receipt)
    assert erasing.run(asked) == receipt


def test_a_run_that_was_broken_off_goes_on_where_it_stood(
    workspace: Any, alice: Any, cast: dict[str, Any], monkeypatch: Any
) -> None:
    see(workspace, cast)
    asked = requests.open_request(person=cast["maya"], kind="erase", by=alice)
    requests.verify(request=asked, how="known by voice", by=alice)
    requests.start_erasure(request=asked, by=alice)
    holder = next(each for each in registry.holders() if each.key == "intake.files")

    def crash(_subject: Any) -> int:
        raise OSError("The power went.")

    monkeypatch.setitem(registry._holders, holder.key, registry.Holder(
        holder.key, holder.label, holder.count, holder.rows, crash, holder.position))  # fmt: skip
    with pytest.raises(OSError, match="power"):
        erasing.run(asked)
    assert Person.objects.filter(pk=cast["maya"].pk).exists()
    monkeypatch.setitem(registry._holders, holder.key, holder)
    again = PrivacyRequest.objects.get(pk=asked.pk)
    erasing.run(again)
    again.refresh_from_db()
    assert again.state == "done"
    assert again.receipt["counts"]["intake.events"] == 2
    assert warehouse.scalar("select count() from activity where bitmapContains(people, {n:UInt32})",
                            n=cast["maya"].number) == 0  # fmt: skip


def test_the_audit_trail_keeps_that_it_was_done_without_whom(workspace: Any, alice: Any, cast: dict[str, Any]) -> None:
    audit.record(workspace, "person.edited", cast["maya"], by=alice, data={"email": ["", EMAIL]})
    erase(cast["maya"], alice)
    entry = AuditEntry.objects.get(verb="person.edited")
    assert (entry.target_name, entry.data, entry.by_name) == ("[erased]", {}, "Alice")
    assert AuditEntry.objects.filter(verb="privacy.erased").count() == 1


def test_a_message_that_comes_late_is_refused_and_not_kept(
    workspace: Any, alice: Any, cast: dict[str, Any], door: Any
) -> None:
    erase(cast["maya"], alice)
    late = {"type": "track", "event": "login", "userId": USER, "messageId": "late", "properties": {"email": EMAIL}}
    other = {"type": "track", "event": "login", "userId": "user-9", "messageId": "fine"}
    assert door.post("/v1/batch", {"batch": [late, other]}).status == 200
    assert door.drain() == 1
    refusal = Reject.objects.get()
    assert (refusal.code, refusal.raw) == ("erased", '{"erased": true}')
    assert not any(EMAIL in text or USER in text for _where, text in everywhere())
    assert erasing.release(workspace=workspace, value=USER, by=alice)
    assert door.post("/v1/batch", {"batch": [late | {"messageId": "later"}]}).status == 200
    assert door.drain() == 1


def test_the_sweep_erases_what_slipped_in_meanwhile(workspace: Any, alice: Any, cast: dict[str, Any]) -> None:
    asked = erase(cast["maya"], alice)
    assert Job.objects.filter(kind=erasing.SWEEP).exists()
    insert_events(workspace, [NormalEvent("login", clock.now(), "m9", cast["maya"].number)], segment="late")
    back = make_person(cast["account"], "Somebody")
    Identifier.objects.create(workspace=workspace, person=back, kind="user", value=USER)
    assert erasing.sweep(asked) == 1
    assert not Identifier.objects.filter(value=USER).exists()
    assert warehouse.scalar("select count() from events") == 0


def test_counts_that_outlived_their_events_lose_the_person_and_stay(
    workspace: Any, alice: Any, cast: dict[str, Any]
) -> None:
    old = clock.now() - timedelta(days=40)
    account = cast["account"].number
    rows = [NormalEvent("login", old, f"o{n}", who.number, account) for n, who in
            enumerate((cast["maya"], cast["bystander"]))]  # fmt: skip
    insert_events(workspace, rows, segment="old")
    RetentionRule.objects.create(workspace=workspace, pattern="log*", days=30)
    assert [share.count for share in retention.shares(workspace)] == [2]
    assert retention.run(workspace) == {"log*": 2}
    assert warehouse.scalar("select count() from events") == 0
    erase(cast["maya"], alice)
    found = warehouse.rows("select sum(count), groupBitmapMerge(people) from activity")
    assert [tuple(map(int, row)) for row in found] == [(2, 1)]


def test_retention_can_take_the_daily_counts_as_well(workspace: Any, cast: dict[str, Any]) -> None:
    old = clock.now() - timedelta(days=40)
    insert_events(workspace, [NormalEvent("login", old, "a"), NormalEvent("pay", old, "b"),
                              NormalEvent("login", clock.now(), "c")], segment="old")  # fmt: skip
    RetentionRule.objects.create(workspace=workspace, pattern="login", days=30, rebuild_counts=True)
    retention.run(workspace)
    assert warehouse.rows("select event, count() from events group by event order by event") == [
        ("login", 1), ("pay", 1),
    ]  # fmt: skip
    assert warehouse.rows("select event, sum(count) from activity group by event order by event") == [
        ("login", 1), ("pay", 1),
    ]  # fmt: skip


def test_every_key_to_a_person_is_registered() -> None:
    missing = [
        f"{model._meta.label}.{each.name}"
        for model in apps.get_models()
        for each in model._meta.concrete_fields
        if isinstance(each, models.ForeignKey) and each.related_model is Person and model is not Person
        if model._meta.label not in registry.known()
    ]
    assert missing == [], "Say in your room's personal.py what becomes of these rows when a person is erased."


def test_every_table_of_the_event_store_is_registered(warehouse_db: None) -> None:
    found = warehouse.rows(
        "select name from system.tables where database = currentDatabase() and engine like '%MergeTree'"
    )
    missing = {name for (name,) in found} - set(registry.tables()) - {"migrations"}
    assert missing == set(), "Say with registry.table how these are cleared of a person."


PERSONAL = {"email", "phone", "ip", "mobile", "address", "birthday", "wechat", "openid"}


def test_every_field_with_a_personal_name_is_erased_or_searched() -> None:
    searched = {(model, each.name) for model in mentions.searched() for each in mentions.text_fields(model)}
    missing = [
        f"{model._meta.label}.{each.name}"
        for model in apps.get_models()
        if model.__module__.startswith("evergrow.") and model._meta.label_lower not in mentions.NOT_SEARCHED
        for each in model._meta.concrete_fields
        if PERSONAL & set(each.name.split("_")) and (model, each.name) not in searched
        if model._meta.label not in registry.known() and not isinstance(each, models.ForeignKey)
    ]
    assert missing == []


def test_a_timeline_entry_about_the_account_keeps_its_place(workspace: Any, alice: Any, cast: dict[str, Any]) -> None:
    entry = TimelineEntry.objects.create(
        account=cast["account"],
        person=cast["maya"],
        kind="visit.logged",
        data={"note": f"{NAME}说要续约，吴美雅琴同意"},
    )
    erase(cast["maya"], alice)
    entry.refresh_from_db()
    assert entry.person is None
    assert entry.data == {"note": "[erased]说要续约，吴美雅琴同意"}
    assert ErasedId.objects.count() == 3
