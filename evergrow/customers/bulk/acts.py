"""The bulk acts of the account list that this package adds."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from evergrow.customers import registry
from evergrow.workspaces.models import Workspace


def _delete(workspace: Workspace) -> str:
    return reverse("customers:accounts_delete", args=[workspace.slug])


registry.add(registry.BulkAct("delete", _("Delete"), "trash", _delete, "manage", position=900))
