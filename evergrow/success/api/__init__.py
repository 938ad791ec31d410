"""Operations on work: tasks, playbooks and their runs, signals."""

from evergrow.success.api.board import router as board
from evergrow.success.api.day import router as day
from evergrow.success.api.evidence import router as evidence
from evergrow.success.api.files import router as files
from evergrow.success.api.risks import router as risks
from evergrow.success.api.runs import router as runs
from evergrow.success.api.signal_limits import router as signal_limits
from evergrow.success.api.signal_rules import router as signal_rules
from evergrow.success.api.signals import router as signals
from evergrow.success.api.tasks import router as tasks
from evergrow.success.campaigns.api import router as campaigns
from evergrow.success.contact.api import router as contact
from evergrow.success.errors import Refused
from evergrow.success.handover.api import router as hand_over
from evergrow.success.manager.api import router as manager
from evergrow.success.plans.api import router as plans
from evergrow.success.plans.api_steps import router as plan_steps
from evergrow.success.releases.api import router as releases
from evergrow.success.standing_in.api import router as standing_in
from evergrow.success.triggers.api import router as triggers
from evergrow.workspaces.api import refusal

refusal(Refused)
routers = [
    tasks, evidence, day, board, runs, files, signals, signal_rules, signal_limits, risks, standing_in, hand_over,
    manager, plans, plan_steps, campaigns, releases, triggers, contact,
]  # fmt: skip
