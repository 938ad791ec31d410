"""What a workspace has one of, with editions, as a file: its tier scheme, its ideal customer profile."""

from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from evergrow.customers.models import EditionState, IdealProfile, TierScheme
from evergrow.customers.segments import portable
from evergrow.workspaces import configuration
from evergrow.workspaces.configuration import BadObject, Data, Which, pick
from evergrow.workspaces.models import Member, Workspace

Place = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Only:
    """How an only one is written: the ``name`` of its file, where criteria stand in it, and its own verbs.

    ``check(workspace, definition)`` raises ValidationError, or what reading a wrong shape raises; ``save`` begins a
    draft where there is none and writes it; ``publish`` lets it count.
    """

    model: type[TierScheme] | type[IdealProfile]
    name: str
    criteria: list[Place]
    check: Callable[[Workspace, Data], object]
    save: Callable[[Workspace, Data, Member | None], object]
    publish: Callable[[Workspace, Member | None], object]

    def register(self, key: str, label: str | Promise, position: int) -> None:
        """Have ``evergrow config`` write and read it as ``<key>/<name>.yaml``."""
        kind = configuration.Kind(key, label, position, self._out, self._read, self._write, self._publish)
        configuration.register(kind)

    def _out(self, workspace: Workspace, which: Which) -> dict[str, Data]:
        rows = self.model.objects.filter(workspace=workspace).exclude(state=EditionState.RETIRED)
        shown = pick({row.state: row for row in rows}, which)
        return {} if shown is None else {self.name: portable.out(shown.definition, self.criteria, "account", workspace)}

    def _read(self, workspace: Workspace, name: str, data: Data) -> Data:
        if name != self.name:
            words = _("A workspace has one of these. Call the file “%(name)s”.") % {"name": f"{self.name}.yaml"}
            raise BadObject((), words)
        found: Data = portable.take_in(data, self.criteria, "account", workspace)
        try:
            self.check(workspace, found)
        except ValidationError as error:
            raise BadObject((), " ".join(error.messages)) from error
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadObject((), _("It cannot be read: %(why)s.") % {"why": error}) from error
        return found

    def _write(self, workspace: Workspace, name: str, data: Data, by: Member | None) -> None:
        try:
            self.save(workspace, data, by)
        except ValidationError as error:
            raise BadObject((), " ".join(error.messages)) from error

    def _publish(self, workspace: Workspace, name: str, by: Member | None) -> None:
        if not self.model.objects.filter(workspace=workspace, state=EditionState.DRAFT).exists():
            return
        try:
            self.publish(workspace, by)
        except ValidationError as error:
            raise BadObject((), " ".join(error.messages)) from error
