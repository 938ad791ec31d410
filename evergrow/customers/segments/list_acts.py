"""What the account list does with its selection: it becomes a segment."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from evergrow.customers import registry
from evergrow.customers.registry import BulkAct
from evergrow.workspaces.models import Workspace


def _url(workspace: Workspace) -> str:
    return reverse("customers:segment_from_accounts", kwargs={"workspace": workspace.slug})


registry.add(BulkAct("segment", _("Save as segment"), "users-group", _url, position=60))
