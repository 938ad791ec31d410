"""What each role may do, in words."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from evergrow.workspaces.models import Role


@dataclass(frozen=True, slots=True)
class RoleInWords:
    role: Role
    may: Promise


ROLES = [
    RoleInWords(Role.OWNER, _("everything, and decides who else is an owner and adds workspaces")),
    RoleInWords(Role.ADMIN, _("members, keys, workspace settings and the audit trail")),
    RoleInWords(Role.MANAGER, _("imports, scorecards, playbooks and other people's work")),
    RoleInWords(Role.OPERATOR, _("works with customers: notes, visits, tasks, signals, playbook runs")),
    RoleInWords(Role.VIEWER, _("reads, and changes nothing")),
]
