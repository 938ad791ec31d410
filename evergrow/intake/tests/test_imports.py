"""A file's way in, and out again."""

import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from evergrow import warehouse
from evergrow.customers.models import (
    Account,
    Affiliation,
    Identifier,
    IdentifierKind,
    Invoice,
    Note,
    Person,
    Subscription,
    Ticket,
    TraitDefinition,
)
from evergrow.customers.traits import learn
from evergrow.intake.columns import guess_kind, guess_mapping
from evergrow.intake.imports import drafts, engine, undo
from evergrow.intake.imports.by_hand import import_file
from evergrow.intake.imports.drafts import MappingIncomplete, NotADraft
from evergrow.intake.kinds import KINDS
from evergrow.intake.models import Import, ImportState
from evergrow.lib import clock
from evergrow.workspaces.models import AuditEntry, Job, JobState, Workspace

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "warehouse_db")]


def bring(workspace: Workspace, kind: str, rows: list[tuple[str, ...]] | str, name: str = "") -> Import:
    """Import rows (the first one is the head) as a user would."""
    return engine.run(ready(workspace, kind, rows, name))


def ready(workspace: Workspace, kind: str, rows: list[tuple[str, ...]] | str, name: str = "") -> Import:
    if not isinstance(rows, str):
        out = io.StringIO()
        csv.writer(out).writerows(rows)
        rows = out.getvalue()
    name = name or f"{kind}.csv"
    source = drafts.receive(workspace=workspace, file_name=name, pieces=[rows.encode()], by=None, kind=kind)
    return drafts.make_ready(source=source, by=None)


def counts(source: Import) -> tuple[int, int, int, int]:
    return source.created, source.updated, source.unchanged, source.bad


@pytest.fixture
def examples(workspace: Workspace) -> dict[str, Import]:
    """Every kind's example file, imported in order."""
    return {key: bring(workspace, key, list(kind.example)) for key, kind in KINDS.items()}


def test_the_example_of_every_kind_comes_in_whole(workspace: Workspace, examples: dict[str, Import]) -> None:
    for key, source in examples.items():
        assert (source.state, *counts(source)) == (ImportState.DONE, 3, 0, 0, 0), key
    first = Account.objects.get(workspace=workspace, external_id="C-1001")
    assert (first.name, first.other_name, first.tier, first.status) == ("蓝峰零售", "Bluepeak Retail", "vip", "active")
    assert (first.mrr, first.seats, first.renews_on) == (Decimal(4900), 60, date(2027, 4, 1))
    assert Ticket.objects.get(external_id="K-31").person.name == "林薇"
    assert Ticket.objects.get(external_id="K-31").resolution_hours == pytest.approx(5 + 25 / 60)
    assert Affiliation.objects.get(person__name="林薇").influence == "decides"
    assert Invoice.objects.get(external_id="F-2002").status == "open"
    found = warehouse.rows("select event, properties['plan'] from events order by at")
    assert found == [("login", "Business"), ("exported_report", "Business"), ("login", "Starter")]


def test_the_same_files_again_change_nothing(workspace: Workspace, examples: dict[str, Import]) -> None:
    for key, kind in KINDS.items():
        assert counts(bring(workspace, key, list(kind.example))) == (0, 0, 3, 0), key


def test_the_kind_of_every_example_is_guessed() -> None:
    for key, kind in KINDS.items():
        assert guess_kind(kind.example[0], "data.csv") == key
        mapping = guess_mapping(kind, kind.example[0], kind.example[1:])
        assert mapping.problems(kind) == []


def test_columns_are_guessed_from_chinese_names_and_from_cells() -> None:
    kind = KINDS["invoices"]
    columns = ["账单编号", "客户编号", "开票", "金额", "备注"]
    rows = [["F-1", "C-1", "2026年3月1日", "¥4,900", "加急"], ["F-2", "C-1", "2026年4月1日", "¥4,900", ""]]
    guessed = guess_mapping(kind, columns, rows).columns
    assert guessed == {
        "账单编号": "external_id",
        "客户编号": "account",
        "开票": "issued_on",
        "金额": "amount",
        "备注": "",
    }


def test_a_changed_row_is_updated_and_a_blank_cell_leaves_what_is_there(workspace: Workspace) -> None:
    bring(
        workspace,
        "accounts",
        [("id", "name", "country", "beta"), ("C-1", "Blue", "中国", "yes"), ("C-2", "Red", "", "")],
    )
    again = bring(
        workspace, "accounts", [("id", "name", "country", "wave"), ("C-1", "Bluepeak", "", "2"), ("C-2", "Red", "", "")]
    )
    assert counts(again) == (0, 1, 1, 0)
    row = Account.objects.get(external_id="C-1")
    assert (row.name, row.country, row.traits) == ("Bluepeak", "中国", {"beta": "yes", "wave": "2"})
    undo.start(source=again, by=None)
    undo.run(again)
    row.refresh_from_db()
    assert (row.name, row.country, row.traits) == ("Blue", "中国", {"beta": "yes"})
    assert Account.objects.count() == 2


def test_undo_leaves_alone_what_somebody_changed_since(workspace: Workspace) -> None:
    bring(workspace, "accounts", [("id", "name", "country"), ("C-1", "Blue", "中国")])
    again = bring(workspace, "accounts", [("id", "name", "country"), ("C-1", "Bluepeak", "新加坡")])
    Account.objects.filter(external_id="C-1").update(country="日本")
    undo.start(source=again, by=None)
    undo.run(again)
    row = Account.objects.get(external_id="C-1")
    assert (row.name, row.country) == ("Blue", "日本")


def test_bad_rows_go_to_a_file_with_reasons_in_both_languages(workspace: Workspace) -> None:
    bring(workspace, "accounts", [("id", "name"), ("C-1", "Blue")])
    rows = [
        ("invoice_id", "account_id", "invoice_date", "amount", "status"),
        ("F-1", "C-1", "2026-03-01", "10", "paid"),
        ("F-2", "C-9", "2026-03-01", "10", "paid"),
        ("F-3", "C-1", "soon", "ten", "paid"),
        ("F-1", "C-1", "2026-03-02", "11", "paid"),
        ("=cmd()", "C-1", "", "10", "perhaps"),
    ]
    source = bring(workspace, "invoices", rows)
    assert counts(source) == (1, 0, 0, 4)
    told = list(csv.reader(io.StringIO(source.rejected_path.read_text("utf-8-sig"))))
    assert told[0] == ["evergrow_row", "evergrow_problem", "evergrow_问题", *rows[0]]
    assert [line[0] for line in told[1:]] == ["3", "4", "5", "6"]
    assert "There is no account with the id “C-9”. Import the accounts first." in told[1][1]
    assert "没有 ID 为“C-9”的客户" in told[1][2]
    assert told[2][1].count("; ") == 1, "two reasons"
    assert "row 2" in told[3][1]
    assert told[4][3] == "'=cmd()", "a spreadsheet shows it and does not run it"


def test_corrected_bad_rows_can_be_imported_as_they_are(workspace: Workspace) -> None:
    bring(workspace, "accounts", [("id", "name"), ("C-1", "Blue"), ("C-2", "Red")])
    bad = bring(
        workspace, "invoices", [("invoice_id", "account_id", "invoice_date", "amount"), ("=1", "C-2", "soon", "5")]
    )
    corrected = bad.rejected_path.read_text("utf-8-sig").replace("soon", "2026-03-01")
    assert counts(bring(workspace, "invoices", corrected)) == (1, 0, 0, 0)
    assert Invoice.objects.get().external_id == "=1"


def test_rows_without_an_id_are_known_by_their_cells(workspace: Workspace) -> None:
    bring(workspace, "accounts", [("id", "name"), ("C-1", "Blue")])
    rows = [
        ("account_id", "event_name", "time"),
        ("C-1", "login", "2026-03-01 10:00"),
        ("C-1", "login", "2026-03-01 11:00"),
    ]
    assert counts(bring(workspace, "events", rows)) == (2, 0, 0, 0)
    assert counts(bring(workspace, "events", rows)) == (0, 0, 2, 0)
    assert warehouse.scalar("select count() from events") == 2


class Killed(Exception):
    pass


@pytest.mark.parametrize("kind", ["accounts", "people", "events"])
def test_a_killed_run_goes_on_where_it_stood(workspace: Workspace, kind: str, monkeypatch: Any) -> None:
    bring(workspace, "accounts", [("id", "name"), ("C-0", "Blue")])
    heads = {
        "accounts": ("id", "name"),
        "people": ("user_id", "name"),
        "events": ("user_id", "event", "time", "event_id"),
    }
    rows = [
        {
            "accounts": (f"A-{n}", f"Name {n}"),
            "people": (f"U-{n}", f"Name {n}"),
            "events": (f"U-{n % 7}", "login", "2026-03-01", f"E-{n}"),
        }[kind]
        for n in range(25)
    ]
    monkeypatch.setitem(KINDS, kind, with_chunks_of(kind, 10))
    source = ready(
        workspace, kind, [heads[kind], *rows[:12], ("", "", "", "")[: len(heads[kind])], *rows[12:], rows[3]]
    )

    def kill(done: int, total: int) -> None:
        raise Killed

    with pytest.raises(Killed):
        engine.run(source, kill)
    source = Import.objects.get(pk=source.pk)
    assert (source.state, source.rows_done) == (ImportState.RUNNING, 10)
    engine.run(source)
    repeated = (25, 0, 1, 0) if kind == "events" else (25, 0, 0, 1)
    assert (source.state, *counts(source)) == (ImportState.DONE, *repeated)
    if kind == "events":
        assert warehouse.rows("select count(), uniq(message_id), uniq(person) from events") == [(25, 25, 7)]
        assert Person.objects.count() == 7


def with_chunks_of(kind: str, rows: int) -> Any:
    from dataclasses import replace

    return replace(KINDS[kind], rows_per_chunk=rows)


def test_events_that_were_stored_before_the_crash_are_not_counted_twice(workspace: Workspace, monkeypatch: Any) -> None:
    """The store has the chunk, but the process died before the checkpoint."""
    source = ready(
        workspace,
        "events",
        [("user_id", "event", "time"), ("U-1", "login", "2026-03-01"), ("U-2", "login", "2026-03-01")],
    )
    with monkeypatch.context() as patch:
        patch.setattr(engine, "_move_checkpoint", lambda *_: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed):
            engine.run(source)
    assert warehouse.scalar("select count() from events") == 2
    source = engine.run(Import.objects.get(pk=source.pk))
    assert counts(source) == (2, 0, 0, 0)
    numbers = warehouse.rows("select distinct_id, person from events order by distinct_id")
    known = Identifier.objects.order_by("value").values_list("value", "person__number")
    assert numbers == list(known)


ROLLUPS = (
    "select event, day, groupBitmapMerge(people), groupBitmapMerge(accounts), sum(count) from activity"
    " group by event, day order by event, day",
    "select account, event, day, sum(count), groupBitmapMerge(people) from account_day"
    " group by account, event, day order by account, event, day",
    "select event, at, person, account, message_id from events order by message_id",
)


def test_undo_of_events_leaves_events_and_rollups_as_they_were(workspace: Workspace) -> None:
    bring(workspace, "accounts", [("id", "name"), ("C-1", "Blue"), ("C-2", "Red")])
    head = ("event_id", "account_id", "user_id", "event", "time")
    bring(
        workspace,
        "events",
        [head, ("E-1", "C-1", "U-1", "login", "2026-03-01"), ("E-2", "C-2", "", "login", "2026-03-02")],
    )
    before = [warehouse.rows(question) for question in ROLLUPS]
    people = Person.objects.count()
    rows = [head, ("E-1", "C-1", "U-1", "login", "2026-03-01"), ("E-3", "C-1", "U-2", "login", "2026-03-01")]
    source = bring(workspace, "events", rows)
    assert counts(source) == (1, 0, 1, 0)
    assert [warehouse.rows(question) for question in ROLLUPS] != before
    assert undo.plan(source).events == 1
    undo.start(source=source, by=None)
    undo.run(source)
    assert [warehouse.rows(question) for question in ROLLUPS] == before
    assert Person.objects.count() == people
    assert counts(bring(workspace, "events", rows)) == (1, 0, 1, 0), "an undone file can be imported again"


def test_ids_of_other_systems_and_phones_come_with_people_and_find_them_again(workspace: Workspace) -> None:
    IdentifierKind.objects.create(workspace=workspace, key="crm_id", trait="crm_id", priority=5, most=1)
    head = ("user_id", "email", "name", "phone", "crm_id")
    bring(workspace, "people", [head, ("U-1", "a@x.example", "Ann", "+86 138 0000 0001", "K7")])
    bring(
        workspace,
        "people",
        [head, ("", "ann@new.example", "Ann", "138 0000 0009", "K7"), ("U-2", "", "Bo", "+86 138 0000 0001", "")],
    )
    ann = Person.objects.get(identifiers__kind="crm_id", identifiers__value="K7")
    assert set(ann.identifiers.values_list("kind", "value")) >= {
        ("user", "U-1"), ("phone", "+8613800000001"), ("phone", "13800000009"), ("email", "ann@new.example"),
    }  # fmt: skip
    assert Person.objects.filter(workspace=workspace).count() == 2, "one phone for two colleagues joins nobody"


def test_people_are_seen_when_their_events_were(workspace: Workspace) -> None:
    head = ("event_id", "user_id", "event", "time")
    bring(workspace, "events", [head, ("E-1", "U-1", "login", "2026-03-01"), ("E-2", "U-1", "login", "2026-03-03")])
    source = bring(
        workspace, "events", [head, ("E-3", "U-1", "login", "2026-03-09"), ("E-4", "U-2", "login", "2026-03-02")]
    )

    def days() -> list[tuple[int, int] | None]:
        people = Person.objects.order_by("number")
        return [(p.first_seen_at.day, p.last_seen_at.day) if p.first_seen_at else None for p in people]

    assert days() == [(28, 8), (1, 1)], "midnight in Shanghai is the evening before in UTC"
    undo.start(source=source, by=None)
    undo.run(source)
    assert days() == [(28, 2)]


def test_undo_of_everything_leaves_nothing(workspace: Workspace, examples: dict[str, Import]) -> None:
    for source in reversed(examples.values()):
        undo.start(source=source, by=None)
        undo.run(source)
        assert source.state == ImportState.UNDONE
    for model in (Account, Person, Subscription, Invoice, Ticket, Identifier, Affiliation):
        assert not model.objects.exists(), model
    assert [warehouse.rows(question) for question in ROLLUPS] == [[], [], []]
    assert AuditEntry.objects.filter(verb="import.undone").count() == 7


def test_the_plan_of_an_undo_names_what_would_go_along(workspace: Workspace, examples: dict[str, Import]) -> None:
    Note.objects.create(account=Account.objects.first(), body="remember")
    plan = undo.plan(examples["accounts"])
    assert plan.deleted == {"Account": 3}
    assert plan.along["note"] == 1
    assert plan.along["subscription"] == 3


def test_undo_of_subscriptions_gives_accounts_their_status_back(
    workspace: Workspace, examples: dict[str, Import]
) -> None:
    undo.start(source=examples["subscriptions"], by=None)
    undo.run(examples["subscriptions"])
    assert set(Account.objects.values_list("status", "mrr")) == {("prospect", Decimal(0))}


def test_a_running_or_undone_import_cannot_be_undone(workspace: Workspace) -> None:
    source = ready(workspace, "accounts", [("id", "name"), ("C-1", "Blue")])
    with pytest.raises(undo.CannotUndo):
        undo.start(source=source, by=None)
    engine.run(source)
    undo.start(source=source, by=None)
    undo.run(source)
    with pytest.raises(undo.CannotUndo):
        undo.start(source=source, by=None)


def test_an_undo_that_was_given_up_can_be_started_again(workspace: Workspace) -> None:
    source = ready(workspace, "accounts", [("id", "name"), ("C-1", "Blue")])
    engine.run(source)
    undo.start(source=source, by=None)
    assert source.is_open
    with pytest.raises(undo.CannotUndo):
        undo.start(source=source, by=None)
    Job.objects.filter(pk=source.job_id).update(state=JobState.FAILED)
    source = Import.objects.get(pk=source.pk)
    assert (source.is_open, source.can_be_undone) == (False, True)
    undo.start(source=source, by=None)
    undo.run(source)
    assert source.state == ImportState.UNDONE


def test_a_cancelled_import_keeps_its_rows_and_can_go_on(workspace: Workspace, monkeypatch: Any) -> None:
    monkeypatch.setitem(KINDS, "accounts", with_chunks_of("accounts", 10))
    source = ready(workspace, "accounts", [("id", "name"), *((f"A-{n}", "N") for n in range(25))])
    engine.run(source, lambda done, total: engine.cancel(source=Import.objects.get(pk=source.pk), by=None) and None)
    assert (source.state, source.created) == (ImportState.CANCELLED, 10)
    engine.resume(source=source, by=None)
    engine.run(source)
    assert (source.state, source.created) == (ImportState.DONE, 25)


def test_a_file_that_breaks_in_the_middle_fails_with_a_sentence(workspace: Workspace) -> None:
    source = ready(workspace, "accounts", [("id", "name"), ("C-1", "Blue")])
    source.path.unlink()
    engine.run(source)
    assert source.state == ImportState.FAILED
    assert source.error["en"].endswith("Upload it again.")
    assert source.error["zh"].endswith("请重新上传。")


def test_a_needed_field_without_a_column_stops_the_start(workspace: Workspace) -> None:
    source = drafts.receive(
        workspace=workspace, file_name="a.csv", pieces=[b"id,what\n1,2\n"], by=None, kind="invoices"
    )
    with translation.override("en"), pytest.raises(MappingIncomplete, match="account id"):
        drafts.make_ready(source=source, by=None)
    drafts.discard(source=source, by=None)
    assert not Import.objects.exists()


def test_a_started_import_keeps_its_columns(workspace: Workspace) -> None:
    source = ready(workspace, "accounts", [("id", "name"), ("C-1", "Blue")])
    with pytest.raises(NotADraft):
        drafts.set_mapping(source=source, wanted={"columns": {}}, by=None)
    with pytest.raises(NotADraft):
        drafts.discard(source=source, by=None)


def test_ids_of_another_workspace_mean_nothing_here(workspace: Workspace, mallory: Any) -> None:
    bring(mallory.workspace, "accounts", [("id", "name"), ("C-1", "Theirs")])
    bring(mallory.workspace, "people", [("user_id", "name"), ("U-1", "Theirs")])
    head = ("account_id", "user_id", "event", "time")
    assert counts(bring(workspace, "events", [head, ("C-1", "U-1", "login", "2026-03-01")])) == (0, 0, 0, 1)
    assert counts(bring(workspace, "accounts", [("id", "name"), ("C-1", "Ours")])) == (1, 0, 0, 0)
    assert Account.objects.get(workspace=mallory.workspace).name == "Theirs"


def test_events_in_the_future_are_refused(workspace: Workspace) -> None:
    rows = [("user_id", "event", "time"), ("U-1", "login", "2026-03-25 12:00"), ("U-1", "login", "2026-03-25 12:01")]
    assert counts(bring(workspace, "events", rows)) == (1, 0, 0, 1)


def test_an_event_belongs_to_the_only_account_of_its_person(workspace: Workspace) -> None:
    bring(workspace, "accounts", [("id", "name"), ("C-1", "Blue")])
    bring(workspace, "people", [("user_id", "email", "account_id"), ("U-1", "a@b.example", "C-1")])
    bring(workspace, "events", [("email", "event", "time"), ("A@b.example", "login", "2026-03-01")])
    assert warehouse.rows("select account, person from events") == [
        (Account.objects.get().number, Person.objects.get().number)
    ]


def test_the_command_line_imports_a_file_and_leaves_no_draft_behind(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "客户.csv"
    path.write_bytes("客户编号,客户名称,行业\nC-1,蓝峰零售,零售\n".encode("gb18030"))
    seen: list[tuple[int, int]] = []
    source = import_file(workspace, path, on_progress=lambda done, total: seen.append((done, total)))
    assert (source.kind, source.state, source.created, seen) == ("accounts", ImportState.DONE, 1, [(1, 1)])
    path.write_text("a,b\n1,2\n")
    with pytest.raises(MappingIncomplete):
        import_file(workspace, path, "tickets")
    assert Import.objects.count() == 1


def test_an_imported_value_says_where_it_is_from_and_leaves_a_more_trusted_one(workspace: Workspace) -> None:
    TraitDefinition.objects.create(
        workspace=workspace, kind="account", key="industry", type="text", precedence="sources", order=["edit", "import"]
    )
    head = ("account_id", "name", "industry", "campaign_code")
    first = bring(workspace, "accounts", [head, ("C-1", "Kite", "Retail", "North")])
    account = Account.objects.get()
    at = round((first.started_at or first.created_at).timestamp() * 1000)
    assert account.origins == {name: ["import", at] for name in ("name", "industry", "campaign_code")}
    learn(account, {"industry": "Education"}, "edit", clock.now())
    again = bring(workspace, "accounts", [head, ("C-1", "Kites", "Retail", "South")], "again.csv")
    account.refresh_from_db()
    assert (account.name, account.industry, account.traits) == ("Kites", "Education", {"campaign_code": "South"})
    assert counts(again) == (0, 1, 0, 0)
    undo.start(source=again, by=None)
    undo.run(again)
    account.refresh_from_db()
    assert (account.name, account.industry, account.traits) == ("Kite", "Education", {"campaign_code": "North"})
    assert account.origins["industry"][0] == "edit"
