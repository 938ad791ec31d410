"""This room's own filters and views of the account list, and the words that describe a filter on a chip."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from evergrow.customers import access, last_contact, registry
from evergrow.customers.models import Account, AccountStatus, TeamRole, TeamSeat
from evergrow.customers.queries import hierarchy
from evergrow.customers.registry import Filter, View
from evergrow.customers.segments import chosen
from evergrow.customers.segments.from_filters import Part, between, days_ahead, one_of
from evergrow.customers.tiers import scheme as schemes
from evergrow.customers.vocabulary import said
from evergrow.lib.digits import row_id
from evergrow.lib.numerals import number
from evergrow.lib.ranges import Range
from evergrow.workspaces.models import Member, Workspace

Words = str | Promise
ME, NOBODY, NEVER = "me", "nobody", "never"


def _below(member: Member, values: list[str]) -> Q:
    """Accounts at any depth below one of those that are called so."""
    called = Q(pk__in=[])
    for text in filter(None, map(str.strip, values)):
        called |= Q(external_id=text) | Q(name__icontains=text) | Q(other_name__icontains=text)
    above = access.accounts(member).filter(called).values_list("pk", flat=True)
    return Q(pk__in=hierarchy.below(member, above))


def _one_of(field: str) -> Callable[[Member, list[str]], Q]:
    def condition(member: Member, values: list[str]) -> Q:
        return Q(**{f"{field}__in": values})

    return condition


def _between(field: str) -> Callable[[Member, list[str]], Q]:
    """Any of the ranges of numbers."""

    def condition(member: Member, values: list[str]) -> Q:
        found = Q()
        for low, high in map(Range.parse, values):
            part = Q() if low is None else Q(**{f"{field}__gte": low})
            found |= part if high is None else part & Q(**{f"{field}__lte": high})
        return found

    return condition


def _days_ahead(field: str) -> Callable[[Member, list[str]], Q]:
    """Any of the ranges of days from today on; negative ones are past."""

    def condition(member: Member, values: list[str]) -> Q:
        today, found = member.workspace.today(), Q()
        for low, high in map(Range.parse, values):
            part = Q(**{f"{field}__isnull": False})
            if low is not None:
                part &= Q(**{f"{field}__gte": today + timedelta(days=_days(low))})
            if high is not None:
                part &= Q(**{f"{field}__lte": today + timedelta(days=_days(high))})
            found |= part
        return found

    return condition


def _days_ago(field: str) -> Callable[[Member, list[str]], Q]:
    """Any of the ranges of days before today."""
    ahead = _days_ahead(field)

    def condition(member: Member, values: list[str]) -> Q:
        return ahead(member, [str(_turned(Range.parse(value))) for value in values])

    return condition


def _turned(days: Range) -> Range:
    return Range(*(None if end is None else -end for end in reversed(days)))


def _days(count: object) -> int:
    """A number of days that a calendar can count."""
    return max(-36_500, min(36_500, int(str(count).partition(".")[0])))


def _managed(member: Member, values: list[str]) -> Q:
    seats = TeamSeat.objects.filter(account=OuterRef("pk"), role=TeamRole.CSM, ended_on=None)
    found = Q(~Exists(seats)) if NOBODY in values else Q()
    holders = [member.pk if value == ME else _number_of_member(value) for value in values if value != NOBODY]
    return found | Q(Exists(seats.filter(member_id__in=holders))) if holders else found


def _managed_by(member: Member, values: list[str]) -> Part | None:
    """The same as criteria, by the colleague's address; “me” becomes whoever saves it."""
    holders = [member.pk if value == ME else _number_of_member(value) for value in values if value != NOBODY]
    emails = Member.objects.filter(workspace=member.workspace, pk__in=holders).values_list("user__email", flat=True)
    parts: list[Part] = [{"trait": "owner", "is": sorted(emails)}] if holders else []
    parts += [{"trait": "owner", "is_set": False}] if NOBODY in values else []
    return parts[0] if len(parts) == 1 else {"any": parts}


def _number_of_member(value: str) -> int:
    if not (found := row_id(value)):
        raise ValueError(_("The success manager “%(value)s” is unknown. Choose one from the list.") % {"value": value})
    return found


def _contacted(member: Member, values: list[str]) -> Q:
    """Days since the last contact: ``30..`` also takes accounts that were never contacted."""
    workspace, found = member.workspace, Q()
    today = workspace.today()
    for value in values:
        if value == NEVER:
            found |= ~last_contact.since(workspace, None)
            continue
        low, high = Range.parse(value)
        part = Q()
        if low is not None:
            part &= ~last_contact.since(workspace, today - timedelta(days=_days(low) - 1))
        if high is not None:
            part &= last_contact.since(workspace, today - timedelta(days=_days(high)))
        found |= part
    return found


def _values_of(field: str) -> Callable[[Workspace], list[tuple[str, Words]]]:
    """The values that the workspace's accounts really have."""

    def choices(workspace: Workspace) -> list[tuple[str, Words]]:
        found = Account.objects.filter(workspace=workspace).exclude(**{field: ""})
        return [(value, said(value)) for value in found.order_by(field).values_list(field, flat=True).distinct()[:300]]

    return choices


def _members(workspace: Workspace) -> list[tuple[str, Words]]:
    working = Member.objects.filter(workspace=workspace, left_at=None).select_related("user").order_by("user__name")
    return [(ME, _("me")), (NOBODY, _("nobody")), *((str(member.pk), str(member)) for member in working)]


def describe(part: Filter, workspace: Workspace, values: tuple[str, ...]) -> str:
    """What the chosen values of a filter say on its chip: “Strategic, VIP”, “≥ 10,000”, “within 90 d”."""
    if part.choices is not None:
        labels = dict(part.choices(workspace))
        return pgettext("between choices", ", ").join(str(labels.get(value, value)) for value in values)
    return pgettext("between choices", ", ").join(_range_words(part, value) for value in values)


def _range_words(part: Filter, value: str) -> str:
    if part.kind == "text" or value == NEVER:
        return _("never") if value == NEVER else value
    try:
        low, high = Range.parse(value)
    except ValueError:
        return value
    unit = f" {part.unit}" if part.unit else ""
    if low is None:
        return f"≤ {number(high)}{unit}"
    if high is None:
        return f"≥ {number(low)}{unit}"
    return f"{number(low)}–{number(high)}{unit}" if low != high else f"{number(low)}{unit}"


def _always(choices: Sequence[tuple[str, Words]]) -> Callable[[Workspace], list[tuple[str, Words]]]:
    def given(workspace: Workspace) -> list[tuple[str, Words]]:
        return list(choices)

    return given


def _choice(key: str, label: Words, position: int, **more: object) -> Filter:
    choices = more.get("choices") or _values_of(key)
    return Filter(key, label, _one_of(key), choices, position=position, criteria=one_of(key))  # type: ignore[arg-type]


days = gettext_lazy("days")
registry.add(
    Filter("csm", gettext_lazy("Success manager"), _managed, _members, position=5, criteria=_managed_by),
    Filter(
        "parent",
        gettext_lazy("Parent account"),
        _below,
        kind="text",
        hint=gettext_lazy("Its id in your systems, or words of its name; accounts at any depth below it are found."),
        position=8,
    ),
    _choice("tier", gettext_lazy("Tier"), 10, choices=lambda workspace: schemes.of(workspace).choices),
    _choice("status", gettext_lazy("Status"), 12, choices=_always(AccountStatus.choices)),
    _choice("plan", gettext_lazy("Plan"), 50),
    Filter("mrr", gettext_lazy("MRR"), _between("mrr"), kind="number", position=60, criteria=between("mrr")),
    Filter(
        "seats",
        gettext_lazy("Seats"),
        _between("seats"),
        kind="number",
        position=62,
        criteria=between("seats"),
    ),
    Filter(
        "renewal",
        gettext_lazy("Renewal"),
        _days_ahead("renews_on"),
        kind="days",
        unit=days,
        hint=gettext_lazy("Days from today; negative ones are overdue."),
        position=70,
        criteria=days_ahead("renews_on"),
    ),
    Filter(
        "contact",
        gettext_lazy("Last contact"),
        _contacted,
        kind="days",
        unit=days,
        hint=gettext_lazy(
            "Days since the last visit, call, meeting, message or note; a lower end alone also finds accounts never"
            " contacted."
        ),
        position=82,
    ),
    _choice("country", gettext_lazy("Country"), 110),
    _choice("industry", gettext_lazy("Industry"), 112),
    _choice("size", gettext_lazy("Company size"), 114),
    _choice("channel", gettext_lazy("First touch"), 116),
    Filter(
        "signed_up",
        gettext_lazy("Signed up"),
        _days_ago("signed_up_on"),
        kind="days",
        unit=days,
        hint=gettext_lazy("Days before today."),
        position=118,
        criteria=days_ahead("signed_up_on", is_past=True),
    ),
    Filter(
        "segment",
        gettext_lazy("Segment"),
        chosen.condition("account"),
        chosen.choices("account"),
        position=8,
        criteria=chosen.criteria,
    ),
    View("all", pgettext_lazy("view of accounts", "All"), "", position=0),
    View("customers", pgettext_lazy("view of accounts", "Customers"), "status=active", position=5),
    View("mine", gettext_lazy("Mine"), "csm=me&status=active", position=10),
    View("renewing", gettext_lazy("Renewing in 90 days"), "status=active&renewal=0..90&sort=renews_on", position=20),
    View("no_contact", gettext_lazy("No contact for 30 days"), "status=active&contact=30..&sort=-mrr", position=60),
    View("trials", gettext_lazy("In trial"), "status=trial&sort=-signed_up_on", position=90),
)
