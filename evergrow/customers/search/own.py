"""What this room lets be found: accounts, people, notes, activities and points."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evergrow.customers.models import Account, Note, Person, Point, Visit, VisitState
from evergrow.customers.search.sources import Entry, Source, register


def _account(row: Account) -> Entry | None:
    if row.merged_into_id:
        return None
    body = " · ".join(filter(None, [row.other_name, row.external_id, row.domain, row.industry]))
    return Entry(row.workspace_id, row.name, body, row.created_at, account=row.pk)


def _person(row: Person) -> Entry | None:
    if row.merged_into_id or not row.name:
        return None
    return Entry(row.workspace_id, row.name, row.title, row.created_at)


def _note(row: Note) -> Entry:
    return Entry(row.account.workspace_id, "", row.body, row.created_at, account=row.account_id, author=row.author_id)


def _visit(row: Visit) -> Entry:
    visibility = "me" if row.state == VisitState.DRAFT else row.visibility
    body = "\n".join(filter(None, [*(text for _label, text in row.told), row.product]))
    facts = {"account": row.account_id, "author": row.author_id, "visibility": visibility}
    return Entry(row.account.workspace_id, row.title, body, row.starts_at or row.created_at, **facts)  # type: ignore[arg-type]


def _point(row: Point) -> Entry:
    read_by = {"visibility": row.visit.visibility, "author": row.visit.author_id} if row.visit else {}
    author = {"author": row.created_by_id}
    body = "\n".join(filter(None, [row.words, row.answer, row.product]))
    return Entry(row.workspace_id, "", body, row.created_at, account=row.account_id, **{**author, **read_by})  # type: ignore[arg-type]


def _account_url(slug: str, number: int | None, key: int) -> str:
    return reverse("customers:account", args=[slug, number])


def _person_url(slug: str, number: int | None, key: int) -> str:
    return reverse("customers:person", args=[slug, number])


register(
    Source(
        "account",
        _("Accounts"),
        "building",
        "customers.Account",
        ("name", "other_name", "external_id", "domain", "industry", "merged_into_id"),
        _account,
        _account_url,
    )
)
register(
    Source(
        "person",
        _("People"),
        "user",
        "customers.Person",
        ("name", "title", "merged_into_id"),
        _person,
        _person_url,
        when_new="NEW.name <> ''",
    )
)
register(
    Source(
        "note",
        _("Notes"),
        "note",
        "customers.Note",
        ("body", "account_id"),
        _note,
        lambda slug, number, key: reverse("customers:note", args=[slug, number, key]),
        ("account",),
    )
)
register(
    Source(
        "visit",
        _("Visits and meetings"),
        "users",
        "customers.Visit",
        (
            *(
                "title",
                "body",
                "agenda",
                "scene",
                "experience",
                "need",
                "evaluation",
                "next_step",
                "competitor",
                "product",
            ),
            *("state", "visibility", "account_id", "starts_at"),
        ),
        _visit,
        lambda slug, number, key: reverse("customers:visit", args=[slug, number, key]),
        ("account",),
    )
)
register(
    Source(
        "point",
        pgettext_lazy("timeline", "Points"),
        "list-check",
        "customers.Point",
        ("words", "answer", "product", "account_id"),
        _point,
        lambda slug, _number, key: reverse("customers:point", args=[slug, key]),
        ("visit",),
    )
)
