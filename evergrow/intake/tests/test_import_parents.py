"""Accounts come in with the account above them; rings are refused."""

import random

import pytest

from evergrow.customers.account_merges.actions import merge_accounts
from evergrow.customers.models import Account
from evergrow.customers.tests.stage import make_account
from evergrow.intake.columns import guess_mapping
from evergrow.intake.imports import undo
from evergrow.intake.kinds import KINDS
from evergrow.intake.kinds.parents import closes_ring
from evergrow.intake.tests.test_imports import bring, counts, with_chunks_of

pytestmark = [pytest.mark.usefixtures("frozen", "warehouse_db"), pytest.mark.once]
HEAD = ("account_id", "name", "parent")


def parents(workspace):
    rows = Account.objects.filter(workspace=workspace).values_list("external_id", "parent__external_id")
    return {own: parent for own, parent in rows if parent}


def test_a_parent_is_named_by_its_id_or_its_name_wherever_it_stands_in_the_part(workspace):
    make_account(workspace, "Holding", external_id="H", other_name="控股")
    rows = [HEAD, ("A", "Alpha", "B"), ("B", "Beta", "holding"), ("C", "Gamma", "控股"), ("D", "Delta", "")]
    source = bring(workspace, "accounts", rows)
    assert counts(source) == (4, 0, 0, 0)
    assert parents(workspace) == {"A": "B", "B": "H", "C": "H"}
    again = bring(workspace, "accounts", rows)
    assert counts(again) == (0, 0, 4, 0)
    moved = bring(workspace, "accounts", [HEAD, ("A", "Alpha", "C"), ("D", "Delta", "E"), ("E", "Epsilon", "")])
    assert counts(moved) == (1, 2, 0, 0)
    assert parents(workspace) == {"A": "C", "B": "H", "C": "H", "D": "E"}


def test_the_column_is_guessed(workspace):
    mapping = guess_mapping(KINDS["accounts"], ["客户id", "客户名称", "母公司"], [["1", "甲", "乙"]])
    assert "parent" in str(mapping)


def test_rings_unknown_and_ambiguous_parents_are_refused_with_a_reason(workspace):
    for own in ("X1", "X2"):
        make_account(workspace, "Twin", external_id=own)
    top = make_account(workspace, "Top", external_id="T")
    make_account(workspace, "Low", external_id="L", parent=top)
    rows = [
        HEAD,
        ("T", "Top", "L"),
        ("N", "New", "nobody"),
        ("M", "More", "Twin"),
        ("S", "Self", "S"),
        ("G", "Good", "T"),
    ]
    source = bring(workspace, "accounts", rows)
    assert counts(source) == (1, 0, 0, 4)
    assert parents(workspace) == {"L": "T", "G": "T"}


def test_accounts_that_change_places_in_one_file_make_no_ring(workspace):
    top = make_account(workspace, "Top", external_id="T")
    make_account(workspace, "Low", external_id="L", parent=top)
    make_account(workspace, "Other", external_id="O")
    source = bring(workspace, "accounts", [HEAD, ("T", "Top", "L"), ("L", "Low", "O")])
    assert counts(source) == (0, 2, 0, 0)
    assert parents(workspace) == {"T": "L", "L": "O"}


def test_rows_of_later_parts_know_the_earlier_ones_and_an_undo_puts_parents_back(workspace, monkeypatch):
    monkeypatch.setitem(KINDS, "accounts", with_chunks_of("accounts", 2))
    make_account(workspace, "Top", external_id="T")
    low = make_account(workspace, "Low", external_id="L", parent=Account.objects.get())
    source = bring(workspace, "accounts", [HEAD, ("A", "Alpha", ""), ("B", "Beta", "A"), ("L", "Low", "B")])
    assert counts(source) == (2, 1, 0, 0)
    undo.start(source=source, by=None)
    source.refresh_from_db()
    undo.run(source)
    assert parents(workspace) == {"L": "T"}
    low.refresh_from_db()


def test_ids_of_merged_accounts_mean_the_kept_one_in_every_kind_of_file(workspace):
    kept = make_account(workspace, "Kite", external_id="K")
    merged = make_account(workspace, "Kite again", external_id="M")
    merge_accounts(kept=kept, merged=merged, reason="same", by=None)
    bring(workspace, "accounts", [HEAD, ("C", "Child", "M"), ("M", "Kite Works", ""), ("K", "Kite Works", "")])
    assert parents(workspace) == {"C": "K"}
    assert sorted(Account.objects.values_list("external_id", "name")) == [("C", "Child"), ("K", "Kite Works")]
    assert counts(bring(workspace, "accounts", [HEAD, ("K", "Kite Works", "M")])) == (0, 0, 0, 1)
    rows = [("ticket_id", "account_id", "created_at"), ("1", "M", "2026-03-01 10:00"), ("2", "K", "2026-03-01 10:00")]
    bring(workspace, "tickets", rows)
    assert kept.tickets.count() == 2


def test_whatever_a_file_says_no_ring_comes_about_and_good_rows_hold(workspace):
    draw = random.Random(5)
    for run in range(12):
        ids = [f"{run}-{n}" for n in range(6)]
        state: dict[str, str] = {}
        for _file in range(2):
            wanted = {own: draw.choice([*ids, ""]) for own in draw.sample(ids, draw.randint(2, 6))}
            known = set(Account.objects.values_list("external_id", flat=True)) | set(wanted)
            rows = [HEAD, *((own, own, parent if parent in known else "") for own, parent in wanted.items())]
            source = bring(workspace, "accounts", rows)
            found = {own: parent for own, parent in parents(workspace).items() if own in ids}
            assert not any(
                closes_ring({k: v for k, v in found.items() if k != own}, own, p) for own, p in found.items()
            )
            for own, _name, parent in rows[1:]:
                if parent and found.get(own) != parent:
                    assert source.bad, (rows, found)
                    assert found.get(own) == state.get(own)
            state = found
