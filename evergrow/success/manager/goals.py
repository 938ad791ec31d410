"""The goals that playbooks have of their own: the plans about them, or about one of their versions."""

from collections import defaultdict
from collections.abc import Collection

from django.db.models import Q

from evergrow.success.plans import access, subjects
from evergrow.success.plans.models import PlanState
from evergrow.success.plans.reading import Row, rows
from evergrow.workspaces.models import Member


def goals(member: Member, playbooks: Collection[str]) -> dict[str, list[Row]]:
    """By the playbook's key, the plans that the member may see and that were begun."""
    about = Q(subject_kind="playbook", subject_key__in=playbooks) | Q(subject_kind="version")
    begun = access.plans(member).filter(about).exclude(state__in=[PlanState.DRAFT, PlanState.CANCELLED])
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows(begun, member.workspace) if playbooks else ():
        key = subjects.playbook_of(row.plan.subject_key)
        if key in playbooks:
            found[key].append(row)
    return dict(found)
