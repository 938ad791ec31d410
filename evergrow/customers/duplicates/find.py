"""Find the pairs: rows that share a key are compared with each other, and only those.

Keys are hashed into one array and sorted, so that a million people fit into tens of megabytes. A key that many rows
share says nothing of any two of them (a switchboard's phone, a company's word) and is left out.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import combinations
from typing import Any

import numpy as np

from evergrow.customers.duplicates import contacts, names
from evergrow.customers.models import Account, Affiliation, Duplicate, Person
from evergrow.workspaces.models import Workspace

Reason = Duplicate.Reason
Pairs = dict[tuple[int, int], dict[str, float]]
MOST_SHARERS = {Reason.EMAIL: 20, Reason.PHONE: 5, Reason.NAME: 5, Reason.DOMAIN: 20, Reason.COMPANY: 60}
SURE = {Reason.EMAIL: 0.95, Reason.PHONE: 0.8, Reason.NAME: 0.7, Reason.DOMAIN: 0.85}
OTHER_MAIL = 0.75
PAGE = 50_000
Tick = Callable[[], Any]


def people(workspace: Workspace, tick: Tick = lambda: None) -> Pairs:
    """Pairs of people by number, with how sure each reason is."""
    here = Person.objects.filter(workspace=workspace, merged_into=None)
    rows = here.values_list("number", "email", "phone")
    found: Pairs = {}
    mails = ((number, contacts.email(mail)) for number, mail, _phone in _all(rows.exclude(email=""), tick))
    _add(found, _sharing(mails, MOST_SHARERS[Reason.EMAIL]), Reason.EMAIL)
    phones = ((number, contacts.phone(phone)) for number, _mail, phone in _all(rows.exclude(phone=""), tick))
    _add(found, _sharing(phones, MOST_SHARERS[Reason.PHONE]), Reason.PHONE)
    places = Affiliation.objects.filter(account__workspace=workspace, person__merged_into=None).exclude(person__name="")
    named = (
        (number, f"{account} {name}")
        for account, number, said in _all(places.values_list("account_id", "person__number", "person__name"), tick)
        if (name := contacts.person_name(said))
    )
    _add(found, _sharing(named, MOST_SHARERS[Reason.NAME]), Reason.NAME)
    return _weighed(workspace, found)


def accounts(workspace: Workspace, tick: Tick = lambda: None) -> Pairs:
    """Pairs of accounts by number, with how sure each reason is."""
    rows = list(
        _all(Account.objects.filter(workspace=workspace).values_list("number", "name", "other_name", "domain"), tick)
    )
    found: Pairs = {}
    own = {number: contacts.domain(domain) for number, _name, _other, domain in rows if domain}
    _add(found, _sharing(own.items(), MOST_SHARERS[Reason.DOMAIN]), Reason.DOMAIN)
    called = {number: [name for name in (name, other) if name] for number, name, other, _domain in rows}
    blocks = ((number, key) for number, words in called.items() for key in _company_keys(words))
    seen: set[tuple[int, int]] = set()
    for group in _sharing(blocks, MOST_SHARERS[Reason.COMPANY]):
        for pair in combinations(sorted(set(group)), 2):
            if pair not in seen:
                seen.add(pair)
                likeness = _likeness(called[pair[0]], called[pair[1]])
                hosts = {host for number in pair if (host := own.get(number, ""))}
                # Two web sites of their own speak against a mistake of spelling, less against the very same name.
                likeness *= 1.0 if len(hosts) < 2 else 0.95 if likeness >= 0.9 and _same_root(*pair, called) else 0.85
                if likeness >= names.ALIKE:
                    found.setdefault(pair, {})[Reason.COMPANY] = round(likeness, 3)
    return found


def score(reasons: dict[str, float]) -> float:
    """How sure all reasons together are: one less the chance that each of them errs, were they independent."""
    wrong = 1.0
    for sure in reasons.values():
        wrong *= 1 - min(sure, 0.98)
    return round(1 - wrong, 3)


def _likeness(one: list[str], other: list[str]) -> float:
    """How alike accounts with these names are: in every script in which both have a name."""
    found = []
    for is_chinese in (True, False):
        mine, theirs = ([name for name in side if names.core(name).is_chinese is is_chinese] for side in (one, other))
        if mine and theirs:
            found.append(max(names.alike(a, b) for a in mine for b in theirs))
    return min(found, default=0.0)


def _same_root(first: int, second: int, called: dict[int, list[str]]) -> bool:
    roots = [{names.core(name).root for name in called[number]} for number in (first, second)]
    return bool(roots[0] & roots[1])


def _company_keys(words: list[str]) -> set[str]:
    """What accounts with alike names share: the root, its beginning, its end, its letters without vowels."""
    keys = set()
    for word in words:
        core = names.core(word)
        if core.root:
            keys.add(f"r{core.root}")
        if not core.is_chinese and len(core.root) >= 5:
            thin = "".join(sign for sign in core.root if sign not in "aeiouy")
            keys |= {f"b{core.root[:5]}", f"e{core.root[-5:]}", f"v{thin}"}
    return keys


def _all(rows: Any, tick: Tick) -> Iterator[tuple[Any, ...]]:
    """The rows page by page: no cursor stays open while ``tick`` writes, which SQLite refuses when others wrote."""
    last = 0
    while page := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", *rows._fields)[:PAGE]):
        last = page[-1][0]
        tick()
        yield from (row[1:] for row in page)


def _sharing(keyed: Iterable[tuple[int, str]], most: int) -> Iterator[list[int]]:
    """The numbers that share a key, for each key that at least two and at most ``most`` rows have."""
    numbers, hashes = [], []
    for number, key in keyed:
        if key:
            numbers.append(number)
            hashes.append(hash(key))
    if not numbers:
        return
    held, keys = np.array(numbers, dtype=np.uint32), np.array(hashes, dtype=np.int64)
    order = np.lexsort((held, keys))
    held, keys = held[order], keys[order]
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    ends = np.append(starts[1:], len(keys))
    for place in np.flatnonzero(ends - starts > 1).tolist():
        group = np.unique(held[starts[place] : ends[place]]).tolist()
        if 1 < len(group) <= most:
            yield group


def _add(found: Pairs, groups: Iterable[list[int]], reason: Reason) -> None:
    """Every row of a group beside its first one: enough to bring all of them together, and not a square of pairs."""
    for first, *others in groups:
        for other in others:
            found.setdefault((first, other), {})[reason] = SURE[reason]


def _weighed(workspace: Workspace, found: Pairs) -> Pairs:
    """Namesakes with two different addresses are less likely one."""
    doubtful = [pair for pair, reasons in found.items() if set(reasons) == {Reason.NAME}]
    wanted = sorted({number for pair in doubtful for number in pair})
    mails: dict[int, str] = {}
    for start in range(0, len(wanted), 500):
        part = Person.objects.filter(workspace=workspace, number__in=wanted[start : start + 500])
        mails.update((number, contacts.email(mail)) for number, mail in part.values_list("number", "email"))
    for pair in doubtful:
        if all(mails.get(number) for number in pair):
            found[pair][Reason.NAME] = SURE[Reason.NAME] * OTHER_MAIL
    return found
