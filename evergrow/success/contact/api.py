"""Contact rules for programs: read, tried, changed; what was held back; a person's budget."""

from datetime import datetime
from typing import Any

from ninja import Query, Router, Schema
from pydantic import Field

from evergrow.customers import access as customers
from evergrow.success.contact import changing, holders, policy, queries
from evergrow.success.contact.policy import Policy, PolicyUnreadable
from evergrow.success.contact.trial import Trial, trial
from evergrow.success.models.contact import ContactChannel, ContactPolicy, ContactReason, ContactState
from evergrow.workspaces.api import ApiRequest, Input, Line, Number, Page, Window, page, refusal, token

refusal(PolicyUnreadable, 422)
router = Router(tags=["contact"])


class ContactLimit(Input):
    channel: ContactChannel | Line = Field("", description="Empty: all channels together.")
    most: int
    days: int
    is_calendar: bool = Field(False, description="Calendar days of the workspace's zone, today included.")


class HoursOfDay(Input):
    """From ``from`` to ``to`` (``21:00``) on the weekdays on which it begins, 0 is Monday; it may end the next day."""

    days: list[int]
    begins: Line = Field(alias="from")
    ends: Line = Field(alias="to")


class ContactRules(Input):
    """``version`` of a change is the one that was read: refused when another is in force by now."""

    version: int | None = None
    is_on: bool = True
    limits: list[ContactLimit] = []
    quiet: list[HoursOfDay] = []
    quiet_channels: list[ContactChannel] = []
    when_quiet: ContactPolicy.WhenQuiet = ContactPolicy.WhenQuiet.DEFER
    sending: list[HoursOfDay] = []
    sending_on_workdays: bool = True
    same_hours: int = 24


class OwnHours(Input):
    hours: list[HoursOfDay] = []


class ContactTrial(Schema):
    """How many different contacts of the last days were held back, in all and by reason: in force, and by these."""

    days: int
    asked: int
    in_force: dict[str, int]
    tried: dict[str, int]


class ContactRefusalOut(Schema):
    """A contact that was held back. ``not_before``: when it is asked about again; null: it is not sent."""

    contact: int = Field(alias="contact_id")
    person: int | None = Field(None, alias="contact.person.number")
    account: int | None = Field(None, alias="contact.account.number")
    channel: ContactChannel = Field(alias="contact.channel")
    purpose: str = Field(alias="contact.purpose")
    subject: str = Field(alias="contact.subject")
    state: ContactState = Field(alias="contact.state")
    reason: ContactReason
    times: int
    first_at: datetime
    last_at: datetime
    not_before: datetime | None


class RefusalWindow(Window):
    days: int = Field(queries.SINCE_DAYS, ge=1, le=366)
    reason: ContactReason | None = None
    channel: ContactChannel | None = None


class LimitLeft(Schema):
    limit: ContactLimit
    used: int
    left: int
    frees: datetime | None = Field(description="When one more becomes free; null while nothing is used.")


class ContactBudget(Schema):
    limits: list[LimitLeft]
    quiet_until: datetime | None


def _told(rules: Policy) -> dict[str, Any]:
    return {**rules.as_data(), "version": rules.version}


def _data(rules: ContactRules) -> dict[str, Any]:
    return rules.model_dump(by_alias=True, exclude={"version"})


@router.get("/contact-rules", auth=token("view"), response=ContactRules, by_alias=True, summary="Contact rules")
def rules(request: ApiRequest) -> dict[str, Any]:
    """The rules in force; version 0 are those of a workspace that changed nothing."""
    return _told(policy.current(request.workspace))


@router.put(
    "/contact-rules", auth=token("manage"), response=ContactRules, by_alias=True, summary="Change the contact rules"
)
def change_rules(request: ApiRequest, wish: ContactRules) -> dict[str, Any]:
    """What was sent before counts by them at once, and what waits is asked about anew."""
    found = changing.change(workspace=request.workspace, data=_data(wish), by=request.member, version=wish.version)
    return _told(found)


@router.post("/contact-rules/trial", auth=token("manage"), response=ContactTrial, summary="Try contact rules")
def try_rules(request: ApiRequest, wish: ContactRules) -> dict[str, Any]:
    """What they would have held back in the last 30 days, of the contacts that the token sees; nothing is kept."""
    found: Trial = trial(request.member, _data(wish))
    return {"days": found.days, "asked": found.asked, "in_force": dict(found.now), "tried": dict(found.then)}


@router.get("/contact-rules/hours", auth=token("view"), response=OwnHours, by_alias=True, summary="Own sending hours")
def own_hours(request: ApiRequest) -> dict[str, Any]:
    """The hours in which what the token's maker sends goes out; none: those of the rules."""
    return {"hours": [each.as_data() for each in policy.hours_of(request.member)]}


@router.put(
    "/contact-rules/hours", auth=token("work"), response=OwnHours, by_alias=True, summary="Change own sending hours"
)
def change_own_hours(request: ApiRequest, wish: OwnHours) -> dict[str, Any]:
    data = [each.model_dump(by_alias=True) for each in wish.hours]
    policy.save_hours(member=request.member, data=data, by=request.member)
    return own_hours(request)


@router.get("/contact-refusals", auth=token("view"), response=Page[ContactRefusalOut], summary="Contacts held back")
def refusals(request: ApiRequest, window: Query[RefusalWindow]) -> dict[str, Any]:
    """What was not sent, or had to wait, and why; the newest first."""
    rows: Any = queries.refusals(request.member, window.days)
    if window.reason is not None:
        rows = rows.filter(reason=window.reason)
    if window.channel is not None:
        rows = rows.filter(contact__channel=window.channel)
    return page(rows, window, by="-pk")


@router.get(
    "/people/{number}/contact-budget", auth=token("view"), response=ContactBudget, summary="A person's contact budget"
)
def budget(request: ApiRequest, number: Number) -> dict[str, Any]:
    """What of each limit is left for a person now, over all records that are them."""
    person = customers.person_or_404(request.member, number)
    found = queries.standing(request.workspace, holders.of(request.workspace, person=person))
    left = [
        {"limit": each.limit.as_data(), "used": each.used, "left": each.left, "frees": each.frees}
        for each in found.left
    ]
    return {"limits": left, "quiet_until": found.quiet_until}
