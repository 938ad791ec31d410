"""The account above an account, named in a file by its id or by its name.

A parent is there already, stands in the same part of the file, or further up. The rows of a part hold together: what
they say takes the place of what was, and a row that would close a ring is refused.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from evergrow.customers.models import Account
from evergrow.intake.kinds.kind import Chunk, Field, Tally
from evergrow.intake.kinds.problems import Problem
from evergrow.intake.kinds.upsert import parts, plain
from evergrow.intake.kinds.values import text
from evergrow.intake.models import ImportChange

FIELD = Field(
    "parent",
    _("parent account"),
    text(200),
    hint=_("The id or the name of the account above, which stands further up in the file or is there already."),
)
SEVERAL = ""  # a name that more than one account has


def check(chunk: Chunk) -> None:
    """Put the id of each row's parent into ``parent_ref``; refuse rows whose parent nobody knows, and rings."""
    if not any(chunk.column("parent")):
        return
    by_name = _names(chunk)
    refs: list[str | None] = [None] * len(chunk)
    known = Account.everyone.known(chunk.workspace.pk, _asked(chunk))
    own = set(_seen(chunk)) | {each for each in chunk.column("external_id") if each}
    main = _main_ids(known)
    for index, named in enumerate(chunk.column("parent")):
        if named is None:
            continue
        if named in known or named in own:
            refs[index] = main.get(known[named][0], named) if named in known else named
        elif found := by_name.get(named.casefold()):
            refs[index] = found
        elif found == SEVERAL:
            _refuse(chunk, index, _("Several accounts are called “%(value)s”. Give the parent's id."), named)
        else:
            _refuse(chunk, index, _("No account has the id or the name “%(value)s”. Put its row further up."), named)
    chunk.values["parent_ref"] = refs
    _refuse_rings(chunk, refs, main, known)
    _seen(chunk).update(dict.fromkeys(own, True))


def _asked(chunk: Chunk) -> list[str]:
    """The ids and names that rows give."""
    return sorted({each for key in ("parent", "external_id") for each in chunk.column(key) if each is not None})


def _seen(chunk: Chunk) -> dict[str, Any]:
    """The ids of rows further up in the file, which a preview has not written."""
    return chunk.memory.setdefault("accounts of the file", {})


def _names(chunk: Chunk) -> dict[str, str]:
    """``{name in small letters: id}`` of accounts that are there or stand in the file; ``SEVERAL`` for namesakes."""
    found = chunk.memory.setdefault("accounts by name", {})
    if not found:
        rows = Account.objects.filter(workspace_id=chunk.workspace.pk)
        for external_id, *names in rows.values_list("external_id", "name", "other_name").iterator():
            _name(found, external_id, names)
    for index, external_id in enumerate(chunk.column("external_id")):
        if external_id:
            _name(found, external_id, [chunk.column(key)[index] for key in ("name", "other_name")])
    return found


def _name(found: dict[str, str], external_id: str, names: Sequence[str | None]) -> None:
    for name in names:
        if name and found.setdefault(name.casefold(), external_id) != external_id:
            found[name.casefold()] = SEVERAL


def _main_ids(known: Mapping[str, tuple[int, int]]) -> dict[int, str]:
    """The own ids of accounts by key, where another id may mean them since a merge."""
    keys = sorted({key for key, _number in known.values()})
    return {
        pk: external_id
        for part in parts(keys)
        for pk, external_id in Account.everyone.filter(pk__in=part).values_list("pk", "external_id")
    }


def _refuse(chunk: Chunk, index: int, sentence: Any, named: str) -> None:
    chunk.reject(index, Problem(sentence, {"value": named}, FIELD.label))


def _refuse_rings(
    chunk: Chunk, refs: list[str | None], main: Mapping[int, str], known: Mapping[str, tuple[int, int]]
) -> None:
    """Refuse rows until none is left that closes a ring; those refused stay where they were."""
    before = _edges(chunk)
    rows = chunk.column("external_id")
    wanted = {
        index: (main.get(known[rows[index]][0], rows[index]) if rows[index] in known else rows[index], parent)
        for index, parent in enumerate(refs)
        if parent is not None and rows[index] is not None and index not in chunk.problems
    }
    while True:
        moving = {child for child, _parent in wanted.values()}
        edges = {child: parent for child, parent in before.items() if child not in moving}
        refused = []
        for index, (child, parent) in wanted.items():
            if closes_ring(edges, child, parent):
                refused.append(index)
            else:
                edges[child] = parent
        if not refused:
            break
        for index in refused:
            _refuse(chunk, index, _("“%(value)s” stands below this account, or is this account."), refs[index] or "")
            del wanted[index]
    before.clear()
    before.update(edges)


def _edges(chunk: Chunk) -> dict[str, Any]:
    """Which account stands below which, by their ids, after the parts of the file so far."""
    if "parents" not in chunk.memory:
        rows = Account.everyone.filter(workspace_id=chunk.workspace.pk).exclude(parent=None)
        chunk.memory["parents"] = dict(rows.values_list("external_id", "parent__external_id"))
    return chunk.memory["parents"]


def closes_ring(edges: Mapping[str, str], child: str, parent: str) -> bool:
    """Whether ``parent`` is ``child`` or stands below it."""
    seen: set[str] = set()
    above: str | None = parent
    while above is not None and above not in seen:
        if above == child:
            return True
        seen.add(above)
        above = edges.get(above)
    return False


def write(chunk: Chunk, tally: Tally) -> None:
    """Put the accounts of a chunk, which are written, below their parents."""
    pairs = [
        (child, parent)
        for child, parent in zip(chunk.column("external_id"), chunk.column("parent_ref"), strict=True)
        if parent is not None
    ]
    if not pairs:
        return
    known: dict[str, tuple[int, int]] = {}
    for part in parts(sorted({each for pair in pairs for each in pair})):
        known |= Account.everyone.known(chunk.workspace.pk, part)
    wanted = {known[child][0]: known[parent][0] for child, parent in pairs if child in known and parent in known}
    changed = []
    for part in parts(sorted(wanted)):
        for row in Account.everyone.filter(pk__in=part).only("parent_id", "import_id"):
            if row.parent_id != wanted[row.pk] and row.pk != wanted[row.pk]:
                changed.append((row, row.parent_id))
                row.parent_id = wanted[row.pk]
    Account.everyone.bulk_update([row for row, _before in changed], ["parent"], batch_size=500)
    _note(chunk, tally, [(row, before) for row, before in changed if row.import_id != chunk.source.pk])


def _note(chunk: Chunk, tally: Tally, changed: list[tuple[Account, int | None]]) -> None:
    """Keep what was, for an undo; a row that changed nothing else counts as changed now."""
    label = Account._meta.label_lower
    told = set(
        ImportChange.objects.filter(
            source=chunk.source, model=label, object_id__in=[row.pk for row, _before in changed]
        ).values_list("object_id", flat=True)
    )
    ImportChange.objects.bulk_create(
        [
            ImportChange(
                source=chunk.source,
                model=label,
                object_id=row.pk,
                before={"parent_id": plain(before)},
                after={"parent_id": row.parent_id},
            )
            for row, before in changed
        ],
        batch_size=500,
    )
    fresh = sum(row.pk not in told for row, _before in changed)
    tally.updated, tally.unchanged = tally.updated + fresh, tally.unchanged - fresh
