"""Whom a typed or uploaded list names: numbers, ids of the customer's own systems, email addresses, web domains."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from evergrow.customers import access
from evergrow.customers.models import Account, Identifier
from evergrow.customers.segments.canon import Numbers
from evergrow.lib.batches import batched
from evergrow.workspaces.errors import Refused
from evergrow.workspaces.models import Member

MOST_BYTES, MOST_LINES, BLOCK = 20 * 1024 * 1024, 200_000, 2_000
HEADS = (
    "number",
    "external_id",
    "account_id",
    "user_id",
    "userid",
    "id",
    "email",
    "domain",
    "编号",
    "客户编号",
    "邮箱",
    "用户id",
)
Found = dict[str, int]


class CannotRead(Refused):
    """The list cannot be used; the text says what to mend."""

    field = "members"


@dataclass(frozen=True, slots=True)
class Resolved:
    """Whom the words mean, and which of them mean nobody the member may see."""

    numbers: Numbers
    unknown: list[str]


def resolve(member: Member, kind: str, words: Iterable[str]) -> Resolved:
    """Look every word up. Raises CannotRead where there are none, too many, or where nobody is known by any of them."""
    asked = list(dict.fromkeys(word.strip() for word in words if word.strip()))
    if not asked:
        raise CannotRead(_("The list is empty. Write one number, id or email address a line."))
    if len(asked) > MOST_LINES:
        raise CannotRead(_("At most %(most)s lines at once; these are %(count)s.") % _counts(len(asked)))
    known: Found = {}
    look = _accounts if kind == "account" else _people
    for block in batched(asked, BLOCK):
        known |= look(member, block)
    unknown = [word for word in asked if word not in known]
    if not known:
        shown = ", ".join(unknown[:5])
        raise CannotRead(
            _("None of these is known here: %(words)s. Check that they are of the right kind.") % {"words": shown}
        )
    return Resolved(np.unique(np.array(list(known.values()), np.uint32)), unknown)


def from_text(text: str) -> Iterator[str]:
    """The words of a text: one a line, or several with commas, semicolons or tabs between."""
    for line in text.replace("，", ",").replace("；", ";").replace("、", ",").splitlines():
        for part in line.replace(";", ",").replace("\t", ",").split(","):
            yield part.strip().strip('"')


def from_csv(data: bytes) -> Iterator[str]:
    """The words of a CSV file: the column whose head we know, else the first one. Raises CannotRead."""
    if len(data) > MOST_BYTES:
        raise CannotRead(_("The file is larger than 20 MB. Keep only the column with the ids."))
    text = _decoded(data)
    sample = text[:4096]
    try:
        dialect: type[csv.Dialect] | csv.Dialect = csv.Sniffer().sniff(sample, ",;\t|") if "\n" in sample else csv.excel
    except csv.Error:
        dialect = csv.excel
    rows = csv.reader(io.StringIO(text), dialect)
    first = next(rows, None)
    if first is None:
        return
    heads = [head.strip().lower() for head in first]
    column = next((heads.index(head) for head in HEADS if head in heads), None)
    if column is None:
        yield first[0] if first else ""
    try:
        for row in rows:
            if len(row) > (column or 0):
                yield row[column or 0]
    except csv.Error as error:
        raise CannotRead(_("The file cannot be read as CSV in line %(line)s.") % {"line": rows.line_num}) from error


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CannotRead(_("The file is no text in UTF-8 or GB 18030. Save it as CSV first."))


def _accounts(member: Member, words: list[str]) -> Found:
    rows = access.accounts(member)
    found = _by_number(words, lambda numbers: rows.filter(number__in=numbers).values_list("number", flat=True))
    lower = {word.lower(): word for word in words}
    domains = rows.annotate(lower=Lower("domain")).filter(lower__in=list(lower)).order_by("-number")
    found |= {lower[domain]: number for domain, number in domains.values_list("lower", "number")}
    known = Account.everyone.known(member.workspace_id, words)
    seen = set(rows.filter(pk__in=[key for key, _ in known.values()]).values_list("number", flat=True))
    return found | {word: number for word, (_, number) in known.items() if number in seen}


def _people(member: Member, words: list[str]) -> Found:
    rows = access.people(member)
    found = _by_number(words, lambda numbers: rows.filter(number__in=numbers).values_list("number", flat=True))
    lower = {word.lower(): word for word in words}
    emails = rows.annotate(lower=Lower("email")).filter(lower__in=list(lower)).order_by("-number")
    found |= {lower[email]: number for email, number in emails.values_list("lower", "number")}
    ids = Identifier.objects.filter(workspace_id=member.workspace_id, value__in=[*words, *lower], person__in=rows)
    for value, number in ids.order_by("-kind").values_list("value", "person__number"):
        found[value if value in words else lower.get(value, value)] = number
    return {word: number for word, number in found.items() if word in set(words)}


def _by_number(words: list[str], ask: Callable[[list[int]], Iterable[int]]) -> Found:
    """Words that are numbers, with or without ``#``, of those that ``ask`` knows."""
    asked = {word: int(digits) for word in words if (digits := word.removeprefix("#")).isdecimal() and len(digits) < 10}
    known = set(ask(list(asked.values()))) if asked else set()
    return {word: number for word, number in asked.items() if number in known}


def _counts(count: int) -> dict[str, str]:
    return {"most": f"{MOST_LINES:,}", "count": f"{count:,}"}
