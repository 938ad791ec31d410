"""Operations on work: tasks, playbooks and their runs, signals."""

from evergrow.success.api.files import router as files
from evergrow.success.api.runs import router as runs
from evergrow.success.api.signals import router as signals
from evergrow.success.api.tasks import router as tasks
from evergrow.success.errors import Refused
from evergrow.workspaces.api import refusal

refusal(Refused)
routers = [tasks, runs, files, signals]
