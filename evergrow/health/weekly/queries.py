"""Weekly readings for reading: of each version that is watched, with what they are held against."""

from dataclasses import dataclass
from datetime import timedelta

from evergrow.health.models import ScorecardVersion
from evergrow.health.risk.models import RiskModel
from evergrow.health.weekly.actions import in_force
from evergrow.health.weekly.models import Reading, Watched
from evergrow.workspaces.models import Workspace

WEEKS = 52


@dataclass(frozen=True, slots=True)
class Watch:
    """What is watched, the version that counts now, its reference, and the readings of a year, oldest first."""

    watched: str
    version: ScorecardVersion | RiskModel | None
    reference: Reading | None
    readings: list[Reading]

    @property
    def latest(self) -> Reading | None:
        """The newest reading of the version that counts now."""
        mine = [each for each in self.readings if self.version and each.version == self.version.number]
        return mine[-1] if mine else None


def watches(workspace: Workspace) -> list[Watch]:
    """The scorecard and both models; a model that was never read and is not in force is left out."""
    since = workspace.today() - timedelta(weeks=WEEKS)
    rows = list(Reading.objects.filter(workspace=workspace).order_by("week", "pk"))
    found = []
    for watched in Watched.values:
        mine = [each for each in rows if each.watched == watched]
        readings = [each for each in mine if not each.is_reference and each.week >= since]
        version = in_force(workspace, watched)
        references = [each for each in mine if each.is_reference and version and each.version == version.number]
        if version is not None or readings:
            found.append(Watch(watched, version, next(iter(references), None), readings))
    return found
