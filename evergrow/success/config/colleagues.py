"""Colleagues in files go by their email, which means the same after an export and a restore elsewhere."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from evergrow.workspaces.configuration import BadObject
from evergrow.workspaces.configuration.registry import Path
from evergrow.workspaces.models import Member, Workspace


@dataclass(frozen=True)
class Colleagues:
    """The members of a workspace, by id and by email; who left can still be named in what is exported."""

    emails: dict[int, str]
    here: dict[str, int]

    def email(self, member: int | None) -> str:
        """The email of a member; an empty text for nobody."""
        return self.emails.get(member or 0, "")

    def member(self, email: object, path: Path) -> int:
        """The id of a member who is still here. Raises BadObject."""
        found = self.here.get(email.lower()) if isinstance(email, str) else None
        if found is None:
            sentence = _("“%(email)s” is not the email of a member of this workspace. Invite them, or name another.")
            raise BadObject(path, sentence % {"email": email})
        return found


def of(workspace: Workspace) -> Colleagues:
    """The colleagues of a workspace."""
    rows = Member.objects.filter(workspace=workspace).values_list("pk", "user__email", "left_at")
    emails = {pk: email for pk, email, _left in rows}
    return Colleagues(emails, {email.lower(): pk for pk, email, left in rows if left is None})
