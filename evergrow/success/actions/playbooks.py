"""Playbooks and their editions: a draft is changed freely, a published version never again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from evergrow.lib import clock
from evergrow.success import errors
from evergrow.success.editor.layout import branches_of, end_of
from evergrow.success.editor.problems import problems
from evergrow.success.engine.writing import let_go_of_runs
from evergrow.success.models import Playbook, PlaybookVersion, Run, Step, Task, TaskState, VersionState
from evergrow.success.models.runs import OPEN_RUN_STATES
from evergrow.success.moves import MOVES
from evergrow.success.queries import editions
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member, Workspace

Names = Mapping[str, str]
RESERVED = {"new", "runs", "starts", "files", "triggers"}  # these stand in addresses where a key would


@transaction.atomic
def create_playbook(
    *,
    workspace: Workspace,
    name: Names,
    by: Member | None,
    purpose: Names | None = None,
    anchor: str = "",
    key: str = "",
) -> Playbook:
    """A new playbook with an empty draft; its key is made of its name, or given. Raises NameMissing, NameTaken."""
    require(by, "manage")
    kept = _names(name)
    key = key or slugify(kept["en"])[:50]
    if not key or key in RESERVED:
        key = f"playbook-{workspace.playbooks.count() + 1}"
    try:
        with transaction.atomic():
            playbook = Playbook.objects.create(
                workspace=workspace,
                key=key,
                name=kept,
                purpose=_texts(purpose or {}),
                anchor=anchor,
                created_by=by,
            )
    except IntegrityError:
        raise errors.NameTaken(name=kept.get("en") or kept.get("zh")) from None
    PlaybookVersion.objects.create(playbook=playbook, number=1, created_by=by)
    audit.record(workspace, "playbook.created", playbook, by=by)
    return playbook


@transaction.atomic
def describe_playbook(
    *, playbook: Playbook, by: Member | None, name: Names, purpose: Names, anchor: str, icon: str = ""
) -> Playbook:
    """Change the name, the purpose, the date it hangs on, and its icon if one is given. Open runs keep their date."""
    require(by, "manage")
    before = {"name": playbook.name, "purpose": playbook.purpose, "anchor": playbook.anchor}
    playbook.name, playbook.purpose, playbook.anchor = _names(name), _texts(purpose), anchor
    playbook.icon = icon or playbook.icon
    playbook.save(update_fields=["name", "purpose", "anchor", "icon"])
    audit.record(playbook.workspace, "playbook.described", playbook, by=by, data={"before": before})
    return playbook


@transaction.atomic
def open_draft(*, playbook: Playbook, by: Member | None) -> PlaybookVersion:
    """The playbook's draft: the open one, or a copy of what is published."""
    require(by, "manage")
    draft = playbook.versions.filter(state=VersionState.DRAFT).first()
    if draft is not None:
        return draft
    newest = playbook.versions.order_by("-number").first()
    source = playbook.versions.filter(state=VersionState.PUBLISHED).first() or newest
    draft = PlaybookVersion.objects.create(playbook=playbook, number=newest.number + 1 if newest else 1, created_by=by)
    for step in source.steps.all() if source else []:
        Step.objects.create(version=draft, key=step.key, position=step.position, **step.facts())
    audit.record(playbook.workspace, "playbook.draft_opened", playbook, by=by, data={"version": draft.number})
    return draft


@transaction.atomic
def discard_draft(*, draft: PlaybookVersion, by: Member) -> None:
    """Throw a draft away. The playbook keeps its published version; one without any goes with its draft."""
    require(by, "manage")
    _only_draft(draft)
    playbook, number = draft.playbook, draft.number
    audit.record(playbook.workspace, "playbook.draft_discarded", playbook, by=by, data={"version": number})
    draft.delete()
    if not playbook.versions.exists():
        playbook.delete()


@transaction.atomic
def add_step(*, draft: PlaybookVersion, by: Member, at: int | None = None, lane: str = "") -> Step:
    """An empty step at position ``at`` (from 1), or at the end. It waits for the one above it.

    In a ``lane`` (``decision/branch``) it hangs on that branch, and without ``at`` stands at its end.
    """
    require(by, "manage")
    _only_draft(draft)
    steps = list(draft.steps.all())
    if at is None and lane:
        at = end_of(lane, steps)
    at = len(steps) + 1 if at is None else max(1, min(at, len(steps) + 1))
    key = free_key({step.key for step in steps}, "step")
    for step in steps[at - 1 :]:
        step.position += 1
        step.save(update_fields=["position"])
    after = [steps[at - 2].key] if at > 1 else []
    branches = branches_of(lane, steps[: at - 1])
    step = Step.objects.create(
        version=draft, key=key, position=at, name={"zh": "", "en": ""}, after=after, on_branches=branches
    )
    _touch(draft, "step_added", step, by=by)
    return step


@transaction.atomic
def change_step(*, step: Step, by: Member, **facts: Any) -> Step:
    """Set facts of a draft's step (see ``Step.facts``). Raises DraftOnly, NameMissing."""
    require(by, "manage")
    _only_draft(step.version)
    if "name" in facts:
        facts["name"] = _names(facts["name"])
    if "instructions" in facts:
        facts["instructions"] = _texts(facts["instructions"])
    for name, value in facts.items():
        setattr(step, name, value)
    step.save(update_fields=list(facts))
    _touch(step.version, "step_changed", step, by=by)
    return step


@transaction.atomic
def remove_step(*, step: Step, by: Member) -> None:
    """Take a step out; those that waited for it wait for what it waited for."""
    require(by, "manage")
    _only_draft(step.version)
    for other in step.version.steps.exclude(pk=step.pk):
        if step.key in other.after or step.key in other.on_branches:
            other.after = list(dict.fromkeys(k for key in other.after for k in _instead(key, step)))
            other.on_branches = {key: ways for key, ways in other.on_branches.items() if key != step.key}
            other.save(update_fields=["after", "on_branches"])
    _touch(step.version, "step_removed", step, by=by)
    step.delete()
    _number(step.version, [other.key for other in step.version.steps.all()])


@transaction.atomic
def order_steps(*, draft: PlaybookVersion, by: Member, keys: list[str]) -> None:
    """Put the steps in the order of ``keys``; steps not named keep their order at the end.

    A step that would wait for a later one no longer waits for it.
    """
    require(by, "manage")
    _only_draft(draft)
    held = [step.key for step in draft.steps.all()]
    _number(draft, [key for key in dict.fromkeys(keys) if key in held] + [key for key in held if key not in keys])
    _touch(draft, "steps_ordered", draft.playbook, by=by)


@transaction.atomic
def replace_steps(*, draft: PlaybookVersion, by: Member | None, steps: Sequence[Mapping[str, Any]]) -> None:
    """Make these the draft's steps, in this order: each its ``key`` with its ``Step.facts``. Raises DraftOnly."""
    require(by, "manage")
    _only_draft(draft)
    draft.steps.all().delete()
    Step.objects.bulk_create(Step(version=draft, position=n, **step) for n, step in enumerate(steps, start=1))
    _touch(draft, "steps_replaced", draft.playbook, by=by)


@transaction.atomic
def publish(*, draft: PlaybookVersion, by: Member | None, note: str = "") -> PlaybookVersion:
    """Make the draft the version that new runs use, with a note on what changed and why. Open runs stay on theirs.

    Raises DraftOnly, DraftNotReady.
    """
    require(by, "manage")
    wrong = [problem for problem in problems(draft) if problem.blocks]
    if wrong:
        raise errors.DraftNotReady(problem=wrong[0].sentence)
    playbook = draft.playbook
    before = playbook.versions.filter(state=VersionState.PUBLISHED).first()
    changes = [change.as_data() for change in editions.diff(before, draft)]
    if before is not None:
        PlaybookVersion.objects.filter(pk=before.pk).update(state=VersionState.RETIRED)
    fields = {"state": VersionState.PUBLISHED, "published_at": clock.now(), "published_by": by, "changes": changes}
    fields["note"] = note.strip()[:300]
    if not PlaybookVersion.objects.filter(pk=draft.pk, state=VersionState.DRAFT).update(**fields):
        raise errors.DraftOnly()
    draft.refresh_from_db()
    audit.record(playbook.workspace, "playbook.published", playbook, by=by, data={"version": draft.number})
    return draft


@transaction.atomic
def retire_playbook(*, playbook: Playbook, by: Member, cancel_runs: bool = False) -> int:
    """No new starts. Open runs go on, or are cancelled when asked; how many were."""
    require(by, "manage")
    Playbook.objects.filter(pk=playbook.pk).update(retired_at=clock.now())
    playbook.refresh_from_db()
    cancelled = 0
    if cancel_runs:
        open_runs = Run.objects.filter(playbook=playbook, state__in=OPEN_RUN_STATES)
        # Runs before their tasks, as everybody else locks them.
        runs = list(open_runs.order_by("pk").select_for_update().values_list("pk", flat=True))
        ended = {"ended_at": clock.now()}
        left = Task.objects.filter(run_id__in=runs, state__in=MOVES["cancel"][0])
        left.update(state=TaskState.CANCELLED, ended_by=by, snoozed_until=None, **ended)
        cancelled = Run.objects.filter(pk__in=runs).update(state="cancelled", wakes_at=None, **ended)
        let_go_of_runs(runs)
    audit.record(playbook.workspace, "playbook.retired", playbook, by=by, data={"runs_cancelled": cancelled})
    return cancelled


@transaction.atomic
def restore_playbook(*, playbook: Playbook, by: Member) -> None:
    """Allow starts again."""
    require(by, "manage")
    Playbook.objects.filter(pk=playbook.pk).update(retired_at=None)
    playbook.refresh_from_db()
    audit.record(playbook.workspace, "playbook.restored", playbook, by=by)


@dataclass(slots=True)
class DraftSteps:
    """The steps of a draft in their order, to be put in another one and saved together."""

    draft: PlaybookVersion
    rows: list[Step]

    @classmethod
    def of(cls, draft: PlaybookVersion) -> "DraftSteps":
        """Raises DraftOnly."""
        _only_draft(draft)
        return cls(draft, list(draft.steps.all()))

    @property
    def by_key(self) -> dict[str, Step]:
        return {row.key: row for row in self.rows}

    def put_in_order(self, keys: Sequence[str]) -> None:
        """Number the steps anew; who would wait for a later step no longer does."""
        known = self.by_key
        self.rows = [known[key] for key in keys]
        for position, row in enumerate(self.rows, start=1):
            row.position = position
            row.after = [other for other in row.after if other in keys[: position - 1]]

    def save(self, *, by: Member | None, verb: str) -> None:
        Step.objects.bulk_update(self.rows, ["position", "after", "on_branches"])
        _touch(self.draft, verb, self.draft.playbook, by=by)


def free_key(taken: set[str], base: str) -> str:
    """A key for a new step: ``step-1``, ``step-2``, …"""
    return next(key for n in range(1, len(taken) + 2) if (key := f"{base[:50]}-{n}") not in taken)


def _only_draft(version: PlaybookVersion) -> None:
    if not PlaybookVersion.objects.filter(pk=version.pk, state=VersionState.DRAFT).exists():
        raise errors.DraftOnly()


def _touch(draft: PlaybookVersion, verb: str, target: Step | Playbook, *, by: Member | None) -> None:
    PlaybookVersion.objects.filter(pk=draft.pk).update(edited_at=clock.now())
    data = {"version": draft.number}
    audit.record(draft.playbook.workspace, f"playbook.{verb}", target, by=by, data=data)


def _instead(key: str, removed: Step) -> list[str]:
    return list(removed.after) if key == removed.key else [key]


def _number(draft: PlaybookVersion, keys: list[str]) -> None:
    steps = {step.key: step for step in draft.steps.all()}
    for position, key in enumerate(keys, start=1):
        step = steps[key]
        step.position = position
        step.after = [other for other in step.after if other in keys[: position - 1]]
    Step.objects.bulk_update(steps.values(), ["position", "after"])


def _names(name: Names) -> dict[str, str]:
    kept = _texts(name)
    if not any(kept.values()):
        raise errors.NameMissing()
    return kept


def _texts(name: Names) -> dict[str, str]:
    return {language: name.get(language, "").strip() for language in ("zh", "en")}
