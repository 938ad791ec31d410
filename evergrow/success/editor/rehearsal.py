"""A dry run: what a start today would make of each step for one account, and why. Nothing is kept, nothing is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from evergrow import warehouse
from evergrow.customers import criteria
from evergrow.customers.criteria import Explained
from evergrow.customers.models import Account
from evergrow.lib import bilingual
from evergrow.success.editor.letters import Shown, shown
from evergrow.success.engine import details as forms
from evergrow.success.models import PlaybookVersion, SkipCode, Step, StepKind
from evergrow.success.queries.preview import PlannedStep, Preview, preview
from evergrow.workspaces.models import Member

TAKEN, LEFT_OUT, OPEN = "taken", "left out", "open"


@dataclass(slots=True)
class Rehearsed:
    """One step: ``state`` is taken, left out, or open (a person decides, or it cannot be known today).

    ``why`` says what was looked at; ``branch`` is the one that a decision would take, None while that is open.
    """

    planned: PlannedStep
    state: str = TAKEN
    why: list[str] = field(default_factory=list)
    branch: forms.Branch | None = None
    letters: list[Shown] = field(default_factory=list)

    @property
    def step(self) -> Step:
        return self.planned.step


@dataclass(slots=True)
class Rehearsal:
    """A dry run of a version for an account as things stand today."""

    plan: Preview
    steps: list[Rehearsed]

    @property
    def left_out(self) -> int:
        return sum(step.state == LEFT_OUT for step in self.steps)

    @property
    def ends_on(self) -> Any:
        """The last day of the steps that may be taken."""
        days = [s.planned.due_on for s in self.steps if s.state != LEFT_OUT and s.planned.due_on]
        return max(days, default=None)


def rehearse(version: PlaybookVersion, account: Account, *, starter: Member) -> Rehearsal:
    """Try a version, a draft too, on an account."""
    plan = preview(version, account, starter=starter)
    look, found = _Look(account), dict[str, Rehearsed]()
    for planned in plan.steps:
        step = Rehearsed(planned)
        _on_branches(step, found)
        _for_whom(step)
        if step.state != LEFT_OUT and planned.step.condition:
            _condition(step, look)
        if step.state != LEFT_OUT and planned.step.kind == StepKind.DECISION:
            _decision(step, look)
        if step.state != LEFT_OUT and (planned.step.details.get("channel") or "") in ("mail", "colleague"):
            owner = planned.owner or starter
            step.letters = shown(planned.step, planned.step.details, account, owner)
        found[planned.step.key] = step
    return Rehearsal(plan, list(found.values()))


def _on_branches(step: Rehearsed, found: Mapping[str, Rehearsed]) -> None:
    for key, ways in step.step.on_branches.items():
        decision = found.get(key)
        if decision is None or decision.state == LEFT_OUT:
            step.state = LEFT_OUT
            step.why.append(_("the decision it hangs on is left out"))
        elif decision.branch is None:
            step.state = OPEN if step.state != LEFT_OUT else LEFT_OUT
            step.why.append(_("hangs on “%(step)s”, which is decided later") % {"step": decision.step})
        elif decision.branch.key not in ways:
            step.state = LEFT_OUT
            words = {"step": decision.step, "branch": name_of(decision.branch)}
            step.why.append(_("“%(step)s” goes the way “%(branch)s”") % words)


def _for_whom(step: Rehearsed) -> None:
    if step.planned.skip_code in (SkipCode.PRODUCT, SkipCode.INDUSTRY):
        step.state = LEFT_OUT
        step.why.append(str(SkipCode(step.planned.skip_code).label))


def _condition(step: Rehearsed, look: "_Look") -> None:
    answer = look.at(step.step.condition)
    step.why += answer.lines
    if answer.holds is False:
        step.state = LEFT_OUT
    elif answer.holds is None:
        step.state = OPEN


def _decision(step: Rehearsed, look: "_Look") -> None:
    decision = forms.read(forms.Decision, step.step.details)
    by_hand = False
    for branch in decision.branches:
        if branch.criteria is None:
            by_hand = True
            continue
        answer = look.at(branch.criteria)
        step.why += [f"{name_of(branch)}: {line}" for line in answer.lines]
        if answer.holds:
            step.branch = branch
            return
        by_hand = by_hand or answer.holds is None
    step.branch = None if by_hand or not decision.branches else decision.otherwise
    if step.branch is None:
        step.why.append(_("a person decides"))


def name_of(branch: forms.Branch) -> str:
    """What a branch is called, in the reader's language."""
    return bilingual.pick(branch.name, get_language() or "en") or branch.key


@dataclass(frozen=True, slots=True)
class _Answer:
    holds: bool | None
    lines: list[str]


@dataclass(slots=True)
class _Look:
    """Criteria asked of one account, with what was found."""

    account: Account

    def at(self, given: Mapping[str, Any]) -> _Answer:
        workspace = self.account.workspace
        try:
            asked = criteria.parse(dict(given), "account", workspace)
            subject = criteria.subject(workspace, "account", self.account.number, criteria.needs(asked))
        except criteria.CriteriaError as error:
            return _Answer(None, [_("cannot be read: %(why)s") % {"why": error}])
        except warehouse.StoreUnavailable as down:
            return _Answer(None, [str(down)])
        told = criteria.explain(asked, subject)
        return _Answer(told.holds, [_line(part) for part in (told.parts or (told,))])


def _line(part: Explained) -> str:
    words = _("holds: %(sentence)s") if part.holds else _("does not hold: %(sentence)s")
    told = words % {"sentence": part.sentence}
    return _("%(told)s (found: %(found)s)") % {"told": told, "found": part.found} if part.found else told
