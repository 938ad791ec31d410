"""A definition in sentences, for its reader."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evergrow.customers import criteria
from evergrow.customers.models import Lifecycle, StagedKind, TeamRole
from evergrow.customers.stages.definition import Criteria, Definition, Stage, criteria_kind
from evergrow.customers.stages.forms import KIND_WORDS
from evergrow.workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class Said:
    """A stage in words."""

    stage: Stage
    kind: Any
    entry: str
    exit: str
    owner: Any
    next: str


def stages(lifecycle: Lifecycle, definition: Definition) -> list[Said]:
    """Every stage in words."""
    return [
        Said(
            stage,
            KIND_WORDS[stage.kind],
            _entry(lifecycle, stage),
            criteria_words(lifecycle, stage.exit, stage.least) if stage.exit else "",
            dict(TeamRole.choices).get(stage.owner, ""),
            _(", ").join(definition.name(key) for key in stage.next),
        )
        for stage in definition.stages
    ]


def _entry(lifecycle: Lifecycle, stage: Stage) -> str:
    if stage.entry is not None:
        return criteria_words(lifecycle, stage.entry, stage.least)
    if stage.kind == "start" and stage.order == 0:
        return _("everybody who takes part and meets no later stage")
    return _("no criteria: only people put somebody here")


def criteria_words(lifecycle: Lifecycle, given: Criteria | None, least: int = 1) -> str:
    """Criteria of a lifecycle in a sentence."""
    said = sentence(lifecycle.workspace, criteria_kind(lifecycle.kind), given or {})
    if lifecycle.kind != StagedKind.PRODUCT:
        return said
    before = ngettext(
        "at least %(count)d account that uses it: %(rule)s",
        "at least %(count)d accounts that use it: %(rule)s",
        least,
    )
    return before % {"count": least, "rule": said}


def sentence(workspace: Workspace, kind: str, given: Mapping[str, Any]) -> str:
    """Criteria in a sentence, or why they cannot be used any more."""
    of: Any = kind
    try:
        return criteria.sentence(criteria.parse(dict(given), of, workspace), workspace)
    except criteria.CriteriaError as error:
        return _("This rule cannot be used any more: %(why)s") % {"why": error}
