"""Which facts of two accounts count once they are one."""

from copy import copy

from evergrow.customers.account_merges.record import Record
from evergrow.customers.models import Account
from evergrow.customers.queries.merging import Fact
from evergrow.customers.traits.subjects import FIELDS, current, put

OTHERS = ("signed_up_on",)


def joined(kept: Account, merged: Account) -> Account:
    """A copy of ``kept`` with the facts of both: what it has, wins; what nobody said of it comes from ``merged``.

    A colleague chose which of the two stays; unlike with people no rule of sources mixes the two. The earlier day of
    signing up stays.
    """
    result = copy(kept)
    result.traits, result.origins = dict(kept.traits), dict(kept.origins)
    for key in dict.fromkeys([*FIELDS["account"], *merged.traits]):
        ours, theirs = current(kept, key), current(merged, key)
        if ours.value is None and not ours.source and theirs.value is not None:
            put(result, key, theirs)
    days = [day for day in (kept.signed_up_on, merged.signed_up_on) if day]
    result.signed_up_on = min(days, default=None)
    return result


def facts(kept: Account, merged: Account) -> list[Fact]:
    """Every field and trait that one of the two has, with what counts afterwards."""
    result = joined(kept, merged)
    names = [*FIELDS["account"], *OTHERS]
    found = [Fact.of(name, *(getattr(each, name) or None for each in (kept, merged, result))) for name in names]
    traits = sorted({*kept.traits, *merged.traits})
    found += [Fact.of(name, *(each.traits.get(name) for each in (kept, merged, result))) for name in traits]
    return [fact for fact in found if fact.kept is not None or fact.merged is not None]


def take(kept: Account, merged: Account, record: Record) -> None:
    """Let ``kept`` have the facts of both."""
    result = joined(kept, merged)
    names = (*FIELDS["account"], *OTHERS, "traits", "origins")
    record.change(kept, **{name: getattr(result, name) for name in names})
