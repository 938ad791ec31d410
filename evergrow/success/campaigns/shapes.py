"""What the API takes and gives of campaigns."""

from datetime import date, datetime
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from evergrow.success.campaigns import reading
from evergrow.success.campaigns.models import Came, CampaignKind, CampaignState, PartHow
from evergrow.workspaces.api import Amount, Day, Input, Line, Money, Number, RowId, Text, Window

Words = dict[str, str]


class CampaignOut(Schema):
    """``audience`` counts everybody in it now, also whom the token may not see; in a draft it is 0."""

    number: int = Field(alias="campaign.number")
    name: Words = Field(alias="campaign.name")
    purpose: Words = Field(alias="campaign.purpose")
    kind: CampaignKind = Field(alias="campaign.kind")
    state: CampaignState = Field(alias="campaign.state")
    starts_on: date = Field(alias="campaign.starts_on")
    ends_on: date = Field(alias="campaign.ends_on")
    starts_by_itself: bool = Field(alias="campaign.starts_by_itself")
    owner: int | None = Field(alias="campaign.owner_id")
    concerned: list[int]
    segment: str | None
    audience_kind: Literal["person", "account"] = Field(alias="campaign.audience_kind")
    takes_newcomers: bool = Field(alias="campaign.takes_newcomers")
    taking_part: dict[str, Any] = Field(alias="campaign.taking_part")
    problem: str = Field(alias="campaign.problem", description="Why the rule for who took part cannot be used.")
    size_at_start: int | None = Field(alias="campaign.size_at_start")
    audience: int = Field(alias="counts.now")
    newcomers: int = Field(alias="counts.newcomers")
    added_by_hand: int = Field(alias="counts.by_hand")
    taken_out: int = Field(alias="counts.out")
    took_part: int = Field(alias="counts.took_part")
    budget: Money | None = Field(alias="campaign.budget")
    spent: Money = Field(alias="spent.amount")
    started_at: datetime | None = Field(alias="campaign.started_at")
    ended_at: datetime | None = Field(alias="campaign.ended_at")
    end_note: str = Field(alias="campaign.end_note")

    @staticmethod
    def resolve_concerned(row: reading.Row) -> list[int]:
        return [each.pk for each in row.campaign.concerned.all()]

    @staticmethod
    def resolve_segment(row: reading.Row) -> str | None:
        return row.campaign.segment.key if row.campaign.segment else None


class CampaignNameIn(Input):
    """In one language at least."""

    zh: Line = ""
    en: Line = ""


class CampaignPurposeIn(Input):
    zh: Text = ""
    en: Text = ""


class CampaignIn(Input):
    """A campaign as it should be. ``owner`` left out: whoever made the token; ``segment`` is a key."""

    name: CampaignNameIn
    kind: CampaignKind
    starts_on: Day
    ends_on: Day
    purpose: CampaignPurposeIn = CampaignPurposeIn()
    starts_by_itself: bool = True
    budget: Amount | None = None
    segment: Line | None = None
    takes_newcomers: bool = False
    owner: RowId | None = None
    concerned: list[RowId] = Field([], max_length=50)


class CampaignMoveIn(Input):
    """``cancel`` needs a note."""

    move: Literal["start", "end", "cancel"]
    note: Line = ""


class CampaignWindow(Window):
    state: CampaignState | None = None


class AudienceWindow(Window):
    show: Literal["in", "part", "not", "out"] = Field(
        "in", description="In the audience; of these who took part, or did not; or who was taken out."
    )


class AudienceOut(Schema):
    """An account or a person by number; ``name`` as far as the token sees it."""

    number: int
    name: str
    came: Came
    came_at: datetime
    took_part_at: datetime | None
    took_part_how: PartHow | Literal[""]
    taken_out_at: datetime | None
    reason: str


class AudienceIn(Input):
    """Numbers of accounts or of people, as the audience is."""

    numbers: list[Number] = Field(min_length=1, max_length=100_000)


class AudienceOutIn(AudienceIn):
    reason: Line


class ParticipantsIn(AudienceIn):
    took_part: bool = True


class AudienceChangedOut(Schema):
    changed: int


class TakingPartIn(Input):
    """Criteria over the audience's kind without times of their own; null: only who is marked by hand."""

    criteria: Any = None


class CampaignCostIn(Input):
    day: Day
    amount: Amount
    what_for: Line


class CampaignCostOut(Schema):
    """``corrects``: it is the counter entry of that one."""

    id: int
    day: date
    amount: Money
    what_for: str
    corrects: int | None = Field(alias="corrects_id")
    by: int | None = Field(alias="by_id")
    at: datetime
