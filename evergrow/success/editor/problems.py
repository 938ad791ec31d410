"""What is wrong with a draft, step by step: what keeps it from being published, and what one should know."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from evergrow.customers import criteria
from evergrow.success.editor import letters
from evergrow.success.editor.layout import LANE, lanes_of
from evergrow.success.engine import details as forms
from evergrow.success.engine.sub_runs import cycle
from evergrow.success.models import DueFrom, OwnerRule, Playbook, PlaybookVersion, Step, StepKind, VersionState
from evergrow.workspaces.models import Member, Workspace

LETTERS = (StepKind.MESSAGE, StepKind.SURVEY)
LANGUAGES = ("en", "zh")


@dataclass(frozen=True, slots=True)
class Problem:
    """A sentence about a step (``key``, "" for the whole draft); ``blocks`` when it cannot be published so."""

    key: str
    sentence: str
    blocks: bool = True


@dataclass(frozen=True, slots=True)
class _Draft:
    steps: list[Step]
    playbook: Playbook
    members: set[int]
    published: set[str]

    @property
    def workspace(self) -> Workspace:
        return self.playbook.workspace

    def earlier(self, step: Step) -> list[Step]:
        return [other for other in self.steps if other.position < step.position]


def problems(draft: PlaybookVersion) -> list[Problem]:
    """Everything that is wrong with a draft, what keeps it from being published first; empty when it is well."""
    look = _look(draft)
    found = [Problem("", _("It is not a draft any more."))] if draft.state != VersionState.DRAFT else []
    if not any(step.required for step in look.steps):
        found.append(Problem("", _("It has no required step, so a run would be complete at once. Add one.")))
    if way := cycle(draft):
        words = _("It would start itself again: %(way)s. Take one of these steps out.") % {"way": " → ".join(way)}
        found.append(Problem("", words))
    for step in look.steps:
        for check in CHECKS:
            for sentence, blocks in check(step, look):
                words = _("Step %(number)s: %(problem)s") % {"number": step.position, "problem": sentence}
                found.append(Problem(step.key, words, blocks))
    return sorted(found, key=lambda problem: not problem.blocks)


def _look(draft: PlaybookVersion) -> _Draft:
    workspace = draft.playbook.workspace
    members = Member.objects.filter(workspace=workspace, left_at=None).values_list("pk", flat=True)
    published = Playbook.objects.filter(workspace=workspace, retired_at=None, versions__state=VersionState.PUBLISHED)
    keys = set(published.values_list("key", flat=True))
    return _Draft(list(draft.steps.all()), draft.playbook, set(members), keys)


Found = Iterator[tuple[str, bool]]


def _names(step: Step, look: _Draft) -> Found:
    if not any(step.name.values()):
        yield _("it has no name."), True
    else:
        yield from _missing(step.name, _("the name"))
        if any(step.instructions.values()):
            yield from _missing(step.instructions, _("what to do"))


def _missing(text: dict[str, str], what: str) -> Found:
    """A translation that is missing is no obstacle: readers see the other language."""
    for language in LANGUAGES:
        if not (text.get(language) or "").strip():
            words = _("English") if language == "en" else _("Chinese")
            yield _("%(what)s is not translated: %(language)s is missing.") % {"what": what, "language": words}, False


def _due(step: Step, look: _Draft) -> Found:
    if step.due_from == DueFrom.ANCHOR and not (step.anchor or look.playbook.anchor):
        yield _("it counts from a date, but the playbook hangs on none."), True


def _owner(step: Step, look: _Draft) -> Found:
    named = [step.member_id] if step.owner_rule == OwnerRule.MEMBER else []
    named += [row.get("member") for row in step.fallbacks if row.get("rule") == OwnerRule.MEMBER]
    if any(member not in look.members for member in named):
        yield _("it names a colleague who is not here. Choose another."), True


def _order(step: Step, look: _Draft) -> Found:
    earlier = {other.key for other in look.earlier(step)}
    if not earlier.issuperset(step.after):
        yield _("it waits for a step that does not come before it. Together they would wait for ever."), True
    ways = {lane.key for other in look.earlier(step) for lane in lanes_of(other)}
    wanted = [f"{key}{LANE}{way}" for key, listed in step.on_branches.items() for way in listed]
    if not ways.issuperset(wanted):
        yield _("it hangs on a branch that is not there above it, so it would never be taken."), True
    parents = {other.key: other for other in look.earlier(step)}
    for key in step.on_branches:
        for outer, ways_of_outer in parents[key].on_branches.items() if key in parents else ():
            if outer in step.on_branches and not set(ways_of_outer) & set(step.on_branches[outer]):
                yield _("it hangs on two branches of which never both are taken."), True


def _condition(step: Step, look: _Draft) -> Found:
    if step.condition:
        yield from _readable(step.condition, look.workspace)


def _readable(given: Any, workspace: Workspace) -> Found:
    try:
        criteria.parse(given, "account", workspace)
    except criteria.CriteriaError as error:
        yield _("its condition cannot be read: %(why)s") % {"why": error.message}, True


def _decision(step: Step, look: _Draft) -> Found:
    if step.kind != StepKind.DECISION:
        return
    decision = forms.read(forms.Decision, step.details)
    if not decision.branches:
        yield _("a decision needs at least one branch besides the last one."), True
    always = False
    for branch in decision.branches:
        name = branch.name.get("en") or branch.name.get("zh") or branch.key
        if not any(branch.name.values()):
            yield _("the branch “%(name)s” has no name.") % {"name": branch.key}, True
        if always:
            yield _("the branch “%(name)s” is never taken: one before it holds for everybody.") % {"name": name}, True
        if branch.criteria is not None:
            yield from _readable(branch.criteria, look.workspace)
            always = always or branch.criteria in ({}, {"all": []})
    hung = {f"{key}{LANE}{way}" for other in look.steps for key, ways in other.on_branches.items() for way in ways}
    lanes = lanes_of(step)
    if decision.branches and not any(lane.key in hung for lane in lanes):
        yield _("nothing hangs on its branches, so the decision changes nothing."), False


def _letter(step: Step, look: _Draft) -> Found:
    channel = step.details.get("channel") or ""
    if step.kind not in LETTERS or channel in ("", "task"):
        return
    for field, what in (("subject", _("the subject")), ("body", _("the message"))):
        text = step.details.get(field) or {}
        if not any((text.get(language) or "").strip() for language in LANGUAGES):
            if field == "body" or channel == "mail":
                yield _("it has nothing to send: %(what)s is empty.") % {"what": what}, True
            continue
        yield from _missing(text, what)
        for language in LANGUAGES:
            for wrong in letters.wrong(text.get(language) or "", is_survey=step.kind == StepKind.SURVEY):
                yield f"{what}: {wrong}", True


def _outside(step: Step, look: _Draft) -> Found:
    if step.kind == StepKind.WEBHOOK and not step.details.get("url"):
        yield _("a webhook needs an address."), True
    if step.kind == StepKind.SURVEY and not step.details.get("url"):
        yield _("a survey link needs the survey's address."), True
    if step.kind == StepKind.PLAYBOOK:
        key = step.details.get("playbook") or ""
        if key == look.playbook.key:
            yield _("it starts its own playbook, without end. Choose another."), True
        elif not key:
            yield _("it does not say which playbook it starts. Choose one."), True
        elif key not in look.published:
            yield _("it starts “%(key)s”, which is not there or not published.") % {"key": key}, True


def _approval(step: Step, look: _Draft) -> Found:
    if step.kind != StepKind.APPROVAL:
        return
    form = forms.read(forms.Approval, step.details)
    if any(member not in look.members for member in [*form.members, *form.escalate]):
        yield _("a colleague who should approve is not here. Choose another."), True
    if form.need == "quorum" and form.members and form.quorum > len(form.members):
        yield _("%(n)s have to approve, but only %(m)s are named.") % {"n": form.quorum, "m": len(form.members)}, True


Check = Callable[[Step, _Draft], Iterable[tuple[str, bool]]]
CHECKS: tuple[Check, ...] = (*(_names, _due, _owner, _order, _condition, _decision, _letter, _outside, _approval),)
