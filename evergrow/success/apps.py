from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_save


class SuccessConfig(AppConfig):
    name = "evergrow.success"
    label = "success"

    def ready(self) -> None:
        from evergrow.success import (  # noqa: F401
            following,
            merging,
            notices,
            panels,
            personal,
            points_to_tasks,
            searching,
            tasks,
            tellings,
            told,
        )
        from evergrow.success.campaigns import registrations as campaigns
        from evergrow.success.config import (  # noqa: F401
            contact_rules,
            signal_limits,
            signal_rules,
            start_rules,
            triggers,
        )
        from evergrow.success.config import playbooks as configured_playbooks  # noqa: F401
        from evergrow.success.contact import panels as contact_panels  # noqa: F401
        from evergrow.success.day import kinds, morning
        from evergrow.success.evidence import files as evidence_files
        from evergrow.success.handover import registrations as hand_over
        from evergrow.success.manager import kinds as bulk_kinds
        from evergrow.success.manager import telling as bulk_telling
        from evergrow.success.plans import registrations as plans
        from evergrow.success.releases import registrations as releases
        from evergrow.success.signals import telling
        from evergrow.success.triggers import tasks as trigger_tasks  # noqa: F401
        from evergrow.workspaces.absences import acts as absences

        tellings.register()
        telling.register()
        notices.register()
        told.register()
        hand_over.register()
        bulk_kinds.register()
        bulk_telling.register()
        absences.WORK_PAGE[:] = ["success:absence_work"]
        kinds.register()
        morning.register()
        plans.register()
        campaigns.register()
        releases.register()
        evidence_files.register()
        post_save.connect(give_playbooks, sender="workspaces.Workspace", dispatch_uid="success.give_playbooks")


def give_playbooks(instance: Any, created: bool, raw: bool = False, **_: Any) -> None:
    """A new workspace begins with the built-in playbooks."""
    from evergrow.success.actions.built_in import ensure_built_in

    if created and not raw:
        ensure_built_in(workspace=instance)
