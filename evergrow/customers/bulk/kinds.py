"""The kinds of bulk changes: what a row holds before, how it is changed, how it is put back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from evergrow.customers.actions.accounts import set_tier
from evergrow.customers.actions.team import assign_seat
from evergrow.customers.bulk import trash
from evergrow.customers.bulk.subjects import SUBJECTS
from evergrow.customers.models import Account, BulkChange, BulkKind, TeamRole, TeamSeat, Trashed
from evergrow.customers.models.bulk import BULK_NAMES
from evergrow.customers.tiers import scheme as schemes
from evergrow.customers.traits import Saying, learn_many
from evergrow.lib import clock
from evergrow.workspaces.models import Member

Row = Any
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """``read`` gives what rows hold now, as JSON values by primary key; ``write`` makes the change, ``put_back`` undoes
    it for rows that were read before. ``told`` says the change in a few words, ``words`` what a row holds;
    ``differs`` tells whether a row would change. ``name`` is what such changes are called; ``facts`` what the audit
    trail keeps of one (all its arguments, if nothing else is said). ``lock`` makes others wait who work on the rows
    with these keys, before they are read; ``finished`` and ``taken_back`` hear of the end, in its transaction.
    ``tells`` names the arguments that ``told`` looks at: all else that is kept of a change may be large."""

    key: str
    ability: str
    read: Callable[[BulkChange, Sequence[Row]], Mapping[int, Values]]
    write: Callable[[BulkChange, Sequence[Row]], Any]
    put_back: Callable[[BulkChange, Mapping[int, Values]], None]
    told: Callable[[BulkChange], str]
    words: Callable[[BulkChange, Values], str]
    differs: Callable[[BulkChange, Values], bool]
    name: str | Promise = ""
    facts: Callable[[BulkChange], Values] = lambda change: change.args
    lock: Callable[[BulkChange, Sequence[int]], None] = lambda _change, _keys: None
    finished: Callable[[BulkChange], None] = lambda _change: None
    taken_back: Callable[[BulkChange], None] = lambda _change: None
    tells: tuple[str, ...] = ()


def register(kind: Kind) -> None:
    """Teach a further kind of bulk change; its key has at most 10 characters."""
    KINDS[kind.key], BULK_NAMES[kind.key] = kind, kind.name


def rows_of(change: BulkChange) -> Any:
    """Everybody of the kind that the change is about, those in the trash too."""
    return SUBJECTS[change.subject].everybody()


def _read_tier(change: BulkChange, rows: Sequence[Row]) -> Mapping[int, Values]:
    found = Account.everyone.filter(pk__in=[row.pk for row in rows])
    return {key: {"tier": tier} for key, tier in found.values_list("pk", "tier")}


def _write_tier(change: BulkChange, rows: Sequence[Row]) -> None:
    set_tier(accounts=_accounts(rows), tier=change.args["tier"], by=change.by)


def _put_back_tier(change: BulkChange, values: Mapping[int, Values]) -> None:
    for tier in {each["tier"] for each in values.values()}:
        keys = [key for key, each in values.items() if each["tier"] == tier]
        rows = Account.everyone.filter(pk__in=keys).select_related("workspace")
        set_tier(accounts=rows, tier=tier, by=change.undone_by)


def _accounts(rows: Sequence[Row]) -> list[Account]:
    return [row for row in rows if isinstance(row, Account)]


def _read_seat(change: BulkChange, rows: Sequence[Row]) -> Mapping[int, Values]:
    open_seats = TeamSeat.objects.filter(account__in=_accounts(rows), role=change.args["role"], ended_on=None)
    held = {seat.account_id: seat for seat in open_seats}
    return {
        row.pk: {"member": seat.member_id, "since": seat.started_on.isoformat()}
        if (seat := held.get(row.pk))
        else {"member": None, "since": None}
        for row in rows
    }


def _write_seat(change: BulkChange, rows: Sequence[Row]) -> None:
    member = Member.objects.get(pk=change.args["member"], workspace=change.workspace)
    on = date.fromisoformat(change.args["on"])
    assign_seat(accounts=_accounts(rows), role=TeamRole(change.args["role"]), member=member, by=change.by, on=on)


def _put_back_seat(change: BulkChange, values: Mapping[int, Values]) -> None:
    """The seats that the change gave go, and those that it ended go on, as if nothing had been."""
    role, on = change.args["role"], change.args["on"]
    given = TeamSeat.objects.filter(account__in=list(values), role=role, ended_on=None, started_on=on)
    given.filter(member=change.args["member"]).delete()
    for account, before in values.items():
        if before["member"] is None:
            continue
        seat = {"account_id": account, "role": role, "member_id": before["member"], "started_on": before["since"]}
        if not TeamSeat.objects.filter(**seat).update(ended_on=None):
            TeamSeat.objects.create(**seat)


def _read_trait(change: BulkChange, rows: Sequence[Row]) -> Mapping[int, Values]:
    key = change.args["trait"]
    of_kind = rows_of(change).filter(pk__in=[row.pk for row in rows])
    return {
        pk: {"is_set": key in traits, "value": traits.get(key), "origin": origins.get(key)}
        for pk, traits, origins in of_kind.values_list("pk", "traits", "origins")
    }


def _write_trait(change: BulkChange, rows: Sequence[Row]) -> None:
    """Typed by a colleague; a trait whose more trusted source says otherwise stays as it is."""
    fresh: list[Any] = list(rows_of(change).select_for_update().filter(pk__in=[row.pk for row in rows]))
    said, now = {change.args["trait"]: change.args["value"]}, clock.now()
    learn_many(change.workspace, [Saying(row, said, "edit", now, str(change.by or "Evergrow")) for row in fresh])


def _put_back_trait(change: BulkChange, values: Mapping[int, Values]) -> None:
    key, everybody = change.args["trait"], rows_of(change)
    rows: list[Any] = list(everybody.select_for_update().filter(pk__in=list(values)))
    for row in rows:
        wanted = values[row.pk]
        row.traits = {name: value for name, value in row.traits.items() if name != key}
        row.origins = {name: origin for name, origin in row.origins.items() if name != key}
        if wanted["is_set"]:
            row.traits[key] = wanted["value"]
        if wanted.get("origin"):
            row.origins[key] = wanted["origin"]
    everybody.bulk_update(rows, ["traits", "origins"], batch_size=500)


def _read_presence(change: BulkChange, rows: Sequence[Row]) -> Mapping[int, Values]:
    hidden = set(Trashed.objects.filter(**{f"{change.subject}__in": rows}).values_list(change.subject, flat=True))
    return {row.pk: {"is_deleted": row.pk in hidden} for row in rows}


def _write_absence(change: BulkChange, rows: Sequence[Row]) -> None:
    trash.hide(change, [row.pk for row in rows])


def _put_back_presence(change: BulkChange, values: Mapping[int, Values]) -> None:
    back = [key for key, before in values.items() if not before["is_deleted"]]
    trash.bring_back(change, back)


def _told_seat(change: BulkChange) -> str:
    member = Member.objects.filter(pk=change.args["member"]).select_related("user").first()
    said = _("%(role)s → %(member)s")
    return said % {"role": TeamRole(change.args["role"]).label, "member": member or _("a former colleague")}


def _words_seat(change: BulkChange, values: Values) -> str:
    member = Member.objects.filter(pk=values.get("member") or 0).select_related("user").first()
    return str(member or "—")


def _words_trait(change: BulkChange, values: Values) -> str:
    return str(values.get("value")) if values.get("is_set") else "—"


def _words_presence(change: BulkChange, values: Values) -> str:
    return _("deleted") if values.get("is_deleted") else _("there")


def _told_deleted(change: BulkChange) -> str:
    return _("Deleted; erased for good after seven days")


def _told_trait(change: BulkChange) -> str:
    return f"{change.args['trait']} → {change.args['value']}"


KINDS: dict[str, Kind] = {
    BulkKind.TIER: Kind(
        BulkKind.TIER,
        "manage",
        _read_tier,
        _write_tier,
        _put_back_tier,
        lambda change: _("Tier → %(tier)s") % {"tier": schemes.of(change.workspace).name(change.args["tier"])},
        lambda change, values: schemes.of(change.workspace).name(values["tier"]),
        lambda change, before: before["tier"] != change.args["tier"],
        tells=("tier",),
    ),
    BulkKind.TEAM: Kind(
        BulkKind.TEAM,
        "manage",
        _read_seat,
        _write_seat,
        _put_back_seat,
        _told_seat,
        _words_seat,
        lambda change, before: before["member"] != change.args["member"],
        tells=("role", "member"),
    ),
    BulkKind.TRAIT: Kind(
        BulkKind.TRAIT,
        "manage",
        _read_trait,
        _write_trait,
        _put_back_trait,
        _told_trait,
        _words_trait,
        lambda change, before: not before["is_set"] or before["value"] != change.args["value"],
        tells=("trait", "value"),
    ),
    BulkKind.DELETE: Kind(
        BulkKind.DELETE,
        "manage",
        _read_presence,
        _write_absence,
        _put_back_presence,
        _told_deleted,
        _words_presence,
        lambda _change, before: not before["is_deleted"],
    ),
}
UNDO_DAYS = timedelta(days=7)


def until() -> Any:
    """The end of the time in which a change made now can be taken back."""
    return clock.now() + UNDO_DAYS
