"""What the search palette finds: accounts, people and saved questions the member may see, pages, things to do."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, override, pgettext

from evergrow.customers import access
from evergrow.customers.models import Account, Affiliation, Person
from evergrow.customers.privacy.masking import Mask
from evergrow.customers.search import finding as written
from evergrow.insight.kinds import KINDS
from evergrow.insight.saved import queries as questions
from evergrow.lib import bilingual
from evergrow.web import commands, navigation
from evergrow.workspaces.models import Member

ACCOUNT_FIELDS = ("name", "other_name", "external_id", "domain")
PERSON_FIELDS = ("name", "email")
Text = str | Promise
PER_GROUP = 6
LONGEST = 100


@dataclass(frozen=True, slots=True)
class Hit:
    """Something to go to."""

    icon: str
    title: str
    url: str
    note: str = ""
    is_post: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    label: str | Promise
    hits: list[Hit] = field(default_factory=list)
    more_url: str = ""


def find(member: Member, text: str) -> list[Group]:
    """The groups with hits for ``text``, best first in each; pages and actions alone where nothing was typed."""
    words = text[:LONGEST].split()
    groups = [
        Group(pgettext("palette", "Pages"), list(_pages(member, words))),
        Group(gettext("Actions"), _actions(member, words)),
    ]
    if words:
        groups = [
            _accounts(member, words),
            _people(member, words),
            _written(member, text),
            _questions(member, text),
            *groups,
        ]
    return [group for group in groups if group.hits]


def _matching(fields: tuple[str, ...], words: list[str]) -> Q:
    """Every word is somewhere in one of the fields."""
    condition = Q()
    for word in words:
        somewhere = Q()
        for name in fields:
            somewhere |= Q(**{f"{name}__icontains": word})
        condition &= somewhere
    return condition


def _rank(fields: tuple[str, ...], words: list[str]) -> Case:
    """0 where a field begins with what was typed, 1 elsewhere."""
    begins = Q()
    for name in fields:
        begins |= Q(**{f"{name}__istartswith": " ".join(words)})
    return Case(When(begins, then=Value(0)), default=Value(1), output_field=IntegerField())


def accounts(member: Member, words: list[str]) -> QuerySet[Account]:
    """Accounts by both names, id and domain: beginnings first, then paying ones by revenue."""
    paying = Case(When(status="active", then=Value(0)), default=Value(1), output_field=IntegerField())
    found = access.accounts(member).filter(_matching(ACCOUNT_FIELDS, words))
    return found.order_by(_rank(ACCOUNT_FIELDS, words), paying, "-mrr", "name")


def people(member: Member, words: list[str]) -> QuerySet[Person]:
    """Known people by name and email: beginnings first."""
    fields = tuple(Mask(member).searchable(*PERSON_FIELDS))
    if not fields:
        return Person.objects.none()
    rank = _rank(fields, words)
    found = access.people(member).filter(_matching(fields, words), is_anonymous=False)
    return found.annotate(rank=rank).order_by("rank", "name", "email")


def _accounts(member: Member, words: list[str]) -> Group:
    slug, language = member.workspace.slug, get_language() or "en"
    found = list(accounts(member, words)[: PER_GROUP + 1])
    hits = [
        Hit(
            "building",
            account.called(language),
            navigation.address("customers:account", slug, number=account.number),
            " · ".join(filter(None, [_other(account, language), account.get_status_display(), account.domain])),
        )
        for account in found[:PER_GROUP]
    ]
    list_url = navigation.address("customers:accounts", slug) if len(found) > PER_GROUP else ""
    return Group(gettext("Accounts"), hits, list_url and f"{list_url}?{commands.query(q=' '.join(words))}")


def _other(account: Account, language: str) -> str:
    shown = account.called(language)
    return next((name for name in (account.name, account.other_name) if name and name != shown), "")


def _people(member: Member, words: list[str]) -> Group:
    slug, language = member.workspace.slug, get_language() or "en"
    found, mask = list(people(member, words)[:PER_GROUP]), Mask(member)
    seen = access.visible(member, "account__")
    places = Affiliation.objects.filter(seen, person__in=found, ended_on=None).select_related("account")
    at = {place.person_id: place.account.called(language) for place in places}
    hits = [
        Hit(
            "user",
            mask.called(person),
            navigation.address("customers:person", slug, number=person.number),
            " · ".join(
                filter(None, [person.title, at.get(person.pk, ""), mask.value(person, "email") if person.name else ""])
            ),
        )
        for person in found
    ]
    return Group(gettext("People"), hits)


def _written(member: Member, text: str) -> Group:
    """What was written about customers, by its words."""
    text = text[:LONGEST]
    found = list(written.found(member, text).exclude(kind__in=("account", "person"))[: PER_GROUP + 1])
    shown = [
        Hit(
            hit.source.icon,
            hit.plain,
            hit.url,
            " · ".join(filter(None, [str(hit.source.label), hit.account])),
        )
        for hit in written.hits(member, found[:PER_GROUP], text)
    ]
    page = navigation.address("customers:search", member.workspace.slug)
    more = f"{page}?{commands.query(q=text)}" if len(found) > PER_GROUP else ""
    return Group(gettext("Written"), shown, more)


def _questions(member: Member, text: str) -> Group:
    """Saved questions by name, description and folder: starred ones first."""
    slug, language = member.workspace.slug, get_language() or "en"
    found = sorted(questions.searched(member, text[:LONGEST]), key=lambda each: bilingual.pick(each.name, language))
    stars, kinds = questions.starred(member, found), {kind.key: kind for kind in KINDS}
    hits = [
        Hit(
            kinds[saved.kind].icon if saved.kind in kinds else "bookmark",
            bilingual.pick(saved.name, language),
            navigation.address("insight:question", slug, number=saved.number),
            " · ".join(filter(None, [str(kinds[saved.kind].label) if saved.kind in kinds else "", saved.folder])),
        )
        for saved in sorted(found, key=lambda each: each.pk not in stars)[:PER_GROUP]
    ]
    list_url = navigation.address("insight:questions", slug) if len(found) > PER_GROUP else ""
    return Group(gettext("Questions"), hits, list_url and f"{list_url}?{commands.query(q=text[:LONGEST])}")


def _says(texts: list[Text], words: list[str]) -> bool:
    """Whether the texts, in any of our languages, hold every word."""
    told = ""
    for code, _name in settings.LANGUAGES:
        with override(code):
            told += " ".join(str(text) for text in texts).lower() + " "
    return all(word.lower() in told for word in words)


def _pages(member: Member, words: list[str]) -> Iterator[Hit]:
    for section in navigation.sections(member, ""):
        for item in section.items:
            if _says([section.label, item.label], words):
                label, room = str(item.label), str(section.label)
                yield Hit(section.icon, label, item.url, room if room != label else "")


def _actions(member: Member, words: list[str]) -> list[Hit]:
    return [
        Hit(one.icon, str(one.label), url, is_post=one.is_post)
        for one, url in commands.offered(member)
        if _says([one.label, one.also], words)
    ]
