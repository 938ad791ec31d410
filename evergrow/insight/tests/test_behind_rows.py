"""The list behind a mark serves kinds that say other things of a row than how often and when."""

from datetime import date

import pytest

from evergrow.insight.behind import Behind, Row
from evergrow.insight.period import Between
from evergrow.insight.statement import Statement
from evergrow.insight.tests.stage import store_accounts
from evergrow.insight.views import subjects
from evergrow.workspaces.models import Member, Workspace

pytestmark = [pytest.mark.django_db, pytest.mark.once]
DAYS = Between(date(2026, 3, 16), date(2026, 3, 22))


def found(*rows: Row, more_heads: tuple[str, ...] = ()) -> Behind:
    return Behind("account", DAYS, rows, len(rows), Statement("behind", "", {}), more_heads)


def test_files_hold_what_a_kind_says_of_its_rows(workspace: Workspace, alice: Member) -> None:
    store_accounts(workspace, {}, [1])
    heads, rows = subjects.sheet(alice, found(Row(1, more=(90, "Pro")), more_heads=("Seconds", "Plan then")))
    assert heads[-2:] == ["Seconds", "Plan then"]
    assert not {"Times", "Last day"} & set(heads)
    assert [row[:2] + row[-2:] for row in rows] == [[1, "Account 1", 90, "Pro"]]


def test_an_empty_list_is_a_file_with_its_heads(workspace: Workspace, alice: Member) -> None:
    heads, rows = subjects.sheet(alice, found())
    assert heads[-2:] == ["Times", "Last day"]
    assert list(rows) == []


def test_a_row_is_told_with_its_note_and_who_is_gone_by_number(workspace: Workspace, alice: Member) -> None:
    store_accounts(workspace, {}, [1])
    rows = found(Row(1, more=(90,)), Row(9, more=(5,)))
    entries = list(subjects.entries(alice, rows, lambda row, language: f"after {row.more[0]} s ({language})"))
    assert [(each.name, each.note) for each in entries] == [("Account 1", "after 90 s (en)"), ("#9", "after 5 s (en)")]
