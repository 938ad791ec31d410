"""Triggers of playbooks for programs: made, tried, put in force, and what came of them."""

from datetime import datetime
from typing import Any

from ninja import Query, Router, Schema, Status
from pydantic import Field

from evergrow.success import access
from evergrow.success.models import StartRules, VersionState
from evergrow.success.models.triggers import FiringReason, FiringState, Trigger, TriggerKind, TriggerVersion
from evergrow.success.triggers import actions, definition, reading, start_rules
from evergrow.success.triggers import outcome as outcomes
from evergrow.success.triggers.preview import Preview, preview
from evergrow.workspaces.api import ApiRequest, Input, Line, Page, RowId, Window, page, refusal, token

refusal(definition.NotReadable, 422)
router = Router(tags=["triggers"])
Words = dict[str, str]


class TriggerRule(Input):
    """A rule. What its kind does not use is left out; ``docs/triggers.md`` says what each field means."""

    kind: TriggerKind = TriggerKind.ENTER
    about: Line = Field("account", description="``account`` or ``contact``: whom the criteria are of.")
    who: dict[str, Any] = Field(
        description="One of ``criteria``, ``segment`` (a key), ``stage`` (keys) with ``lifecycle``, ``band`` (keys)."
    )
    existing: bool | None = Field(None, description="Whether accounts that meet it already fire; needed to publish.")
    most: int | None = Field(1, description="At most so often for an account; null is as often as it comes true.")
    days: int | None = Field(90, description="Within so many days; null is ever.")
    is_calendar: bool = False
    reentry_days: int = 0
    priority: int = Field(2, description="3 high, 2 normal, 1 low.")
    every_days: int = Field(30, description="Of kind ``while``.")
    trait: Line = Field("renews_on", description="Of kind ``date``: the date it counts from.")
    offset: int = Field(-60, description="Of kind ``date``: so many ``unit`` after the date, before it when negative.")
    unit: Line = Field("days", description="``days`` or ``workdays``.")
    event: Line = Field("", description="Of kind ``event``: its name.")
    where: list[dict[str, Any]] = Field([], description="Of kind ``event``: conditions on its properties.")


class TriggerIn(Input):
    name: Words = Field(description="In ``zh``, ``en`` or both.")
    rule: TriggerRule


class TriggerDraftIn(Input):
    name: Words | None = None
    rule: TriggerRule


class TriggerVersionOut(Schema):
    """One edition of the rule. ``problem`` is why the last look could not be taken."""

    number: int
    state: VersionState
    rule: dict[str, Any] = Field(alias="definition")
    says: Words
    published_at: datetime | None
    looked_at: datetime | None
    members: int | None = Field(description="Accounts that met it at the last look, as far as the token sees them.")
    unknown: int | None
    problem: str

    @staticmethod
    def resolve_members(version: TriggerVersion, context: Any) -> int | None:
        return reading.looked(context["request"].member, version)[0]

    @staticmethod
    def resolve_unknown(version: TriggerVersion, context: Any) -> int | None:
        return reading.looked(context["request"].member, version)[1]

    @staticmethod
    def resolve_says(version: TriggerVersion) -> Words:
        return reading.sentences(version)


class TriggerOut(Schema):
    """A trigger; firings are counted by state and, of suppressed ones, by reason, of accounts that the token sees."""

    id: int
    key: str = Field(description="What it goes by in files of the configuration.")
    playbook: str
    name: Words
    is_paused: bool
    published: TriggerVersionOut | None
    draft: TriggerVersionOut | None
    firings: dict[str, int]
    suppressed: dict[str, int]


class FiringOut(Schema):
    id: int
    account: int = Field(alias="account.number")
    version: int = Field(alias="version.number")
    occurrence: str
    state: FiringState
    reason: FiringReason | str
    at: datetime
    run: int | None = Field(alias="run_id")
    score_then: float | None
    band_then: str


class FiringWindow(Window):
    state: FiringState | None = None
    reason: FiringReason | None = None


class TriggerAccount(Schema):
    account: int
    state: FiringState
    reason: str


class TriggerPreviewOut(Schema):
    """What a rule would do if it were published now. ``days``: so long its starts take at the playbook's starts a day.

    ``capacity``: these starts a day; with 0 nothing starts, null is without limit. ``dates_ahead``: of kind ``date``,
    how many fall due in the 30 days after today.
    """

    members: int
    unknown: int
    fires: int
    states: dict[str, int]
    reasons: dict[str, int]
    days: int
    capacity: int | None
    dates_ahead: int | None
    sample: list[TriggerAccount]


class TriggerEffectOut(Schema):
    """``score``: points of health won since. ``kept``: the share that still pays. Null gap: too few to say."""

    key: str
    fired: float | None
    held_out: float | None
    fired_count: int
    held_out_count: int
    gap: float | None
    low: float | None
    high: float | None


class TriggerOutcomeOut(Schema):
    """Accounts that fired against those held out, so many ``days`` after; null ``since``: nobody was held out."""

    days: int
    since: datetime | None
    fired: int
    started: int
    held_out: int
    early: int
    effects: list[TriggerEffectOut]


class OutcomeDays(Schema):
    days: int = Field(30, ge=1, le=365)


class StartRulesOut(Schema):
    held_out_percent: float
    capacity: int | None
    when_full: StartRules.WhenFull
    keep_days: int


class StartRulesIn(Input):
    held_out_percent: float = Field(0, ge=0, le=start_rules.MOST_HELD_OUT)
    capacity: int | None = Field(20, description="Starts a day; null is without limit.")
    when_full: StartRules.WhenFull = StartRules.WhenFull.WAIT
    keep_days: int = 7


def _told(request: ApiRequest, trigger: Trigger) -> dict[str, Any]:
    return _of(reading.standing(request.member, trigger))


def _of(standing: reading.TriggerStanding) -> dict[str, Any]:
    return {
        "id": standing.trigger.pk,
        "key": standing.trigger.key,
        "playbook": standing.trigger.playbook.key,
        "name": standing.trigger.name,
        "is_paused": standing.is_paused,
        "published": standing.published,
        "draft": standing.draft,
        "firings": dict(standing.states),
        "suppressed": dict(standing.reasons),
    }


@router.get(
    "/playbooks/{key}/triggers", auth=token("view"), response=list[TriggerOut], summary="Triggers of a playbook"
)
def triggers(request: ApiRequest, key: Line) -> list[dict[str, Any]]:
    return [_of(each) for each in reading.of_playbook(request.member, access.playbook_or_404(request.member, key))]


@router.post("/playbooks/{key}/triggers", auth=token("manage"), response={201: TriggerOut}, summary="Make a trigger")
def make_trigger(request: ApiRequest, key: Line, wish: TriggerIn) -> Status[dict[str, Any]]:
    """It is a draft until it is published."""
    book = access.playbook_or_404(request.member, key)
    made = actions.create_trigger(playbook=book, name=wish.name, data=wish.rule.model_dump(), by=request.member)
    return Status(201, _told(request, made))


@router.post(
    "/playbooks/{key}/triggers/preview", auth=token("manage"), response=TriggerPreviewOut, summary="Try a trigger"
)
def try_trigger(request: ApiRequest, key: Line, rule: TriggerRule) -> dict[str, Any]:
    """Whom a new trigger with this rule would fire for now; nothing is kept."""
    found = preview(request.member, access.playbook_or_404(request.member, key), definition.read(rule.model_dump()))
    return _previewed(found)


@router.get("/playbooks/{key}/start-rules", auth=token("view"), response=StartRulesOut, summary="Start rules")
def rules(request: ApiRequest, key: Line) -> StartRules:
    """How the triggers of a playbook are held in check."""
    return start_rules.current(access.playbook_or_404(request.member, key))


@router.put("/playbooks/{key}/start-rules", auth=token("manage"), response=StartRulesOut, summary="Change start rules")
def change_rules(request: ApiRequest, key: Line, wish: StartRulesIn) -> StartRules:
    """A larger share held out keeps everybody who is held out by now."""
    book = access.playbook_or_404(request.member, key)
    return start_rules.save(playbook=book, by=request.member, **wish.model_dump())


@router.get("/triggers/{id}", auth=token("view"), response=TriggerOut, summary="A trigger")
def trigger(request: ApiRequest, id: RowId) -> dict[str, Any]:
    return _told(request, reading.trigger_or_404(request.member, id))


@router.get("/triggers/{id}/versions", auth=token("view"), response=list[TriggerVersionOut], summary="Its versions")
def versions(request: ApiRequest, id: RowId) -> list[TriggerVersion]:
    """The newest first."""
    row = reading.trigger_or_404(request.member, id)
    return list(row.versions.select_related("trigger__workspace").order_by("-number"))


@router.put("/triggers/{id}/draft", auth=token("manage"), response=TriggerOut, summary="Write the draft of a trigger")
def write_draft(request: ApiRequest, id: RowId, wish: TriggerDraftIn) -> dict[str, Any]:
    """The published version goes on as it is."""
    row = reading.trigger_or_404(request.member, id)
    actions.save_draft(trigger=row, data=wish.rule.model_dump(), by=request.member, name=wish.name)
    return _told(request, row)


@router.delete("/triggers/{id}/draft", auth=token("manage"), response={204: None}, summary="Discard the draft")
def discard_draft(request: ApiRequest, id: RowId) -> Status[None]:
    """A trigger that never was anything else goes with it."""
    actions.discard_draft(trigger=reading.trigger_or_404(request.member, id), by=request.member)
    return Status(204, None)


@router.get("/triggers/{id}/draft/preview", auth=token("manage"), response=TriggerPreviewOut, summary="Try the draft")
def try_draft(request: ApiRequest, id: RowId) -> dict[str, Any]:
    """Whom the draft would fire for if it were published now."""
    row = reading.trigger_or_404(request.member, id)
    draft = reading.standing(request.member, row).draft
    if draft is None:
        raise actions.NoTriggerDraft(trigger=row)
    return _previewed(preview(request.member, row.playbook, definition.read(draft.definition), row))


@router.put("/triggers/{id}/publication", auth=token("manage"), response=TriggerOut, summary="Publish a trigger")
def publish(request: ApiRequest, id: RowId) -> dict[str, Any]:
    """Put its draft in force; everybody is looked at soon."""
    row = reading.trigger_or_404(request.member, id)
    actions.publish(trigger=row, by=request.member)
    return _told(request, row)


@router.put("/triggers/{id}/pause", auth=token("manage"), response=TriggerOut, summary="Pause a trigger")
def pause(request: ApiRequest, id: RowId) -> dict[str, Any]:
    """Nothing starts by it any more; what waits is suppressed."""
    actions.retire(trigger=reading.trigger_or_404(request.member, id), by=request.member)
    return trigger(request, id)


@router.delete("/triggers/{id}/pause", auth=token("manage"), response=TriggerOut, summary="Resume a trigger")
def resume(request: ApiRequest, id: RowId) -> dict[str, Any]:
    """It goes on as a new version for what is new from now on."""
    actions.restore(trigger=reading.trigger_or_404(request.member, id), by=request.member)
    return trigger(request, id)


@router.get("/triggers/{id}/firings", auth=token("view"), response=Page[FiringOut], summary="Firings of a trigger")
def firings(request: ApiRequest, id: RowId, window: Query[FiringWindow]) -> dict[str, Any]:
    """The newest first, each with what became of it."""
    row = reading.trigger_or_404(request.member, id)
    rows: Any = reading.behind(request.member, row, window.state or "", window.reason or "")
    return page(rows, window, by="-pk")


@router.get("/triggers/{id}/outcome", auth=token("view"), response=TriggerOutcomeOut, summary="What came of a trigger")
def outcome(request: ApiRequest, id: RowId, window: Query[OutcomeDays]) -> outcomes.Outcome:
    """What became of accounts that it fired for, against those held out, with 95% intervals."""
    return outcomes.outcome(request.member, reading.trigger_or_404(request.member, id), window.days)


def _previewed(found: Preview) -> dict[str, Any]:
    return {
        "members": found.members,
        "unknown": found.unknown,
        "fires": found.fires,
        "states": dict(found.states),
        "reasons": dict(found.reasons),
        "days": found.days,
        "capacity": found.capacity,
        "dates_ahead": found.ahead,
        "sample": [
            {"account": each.account.number, "state": each.state, "reason": each.reason} for each in found.sample
        ],
    }
