"""Where the rule behind a refusal is changed."""

from urllib.parse import urlencode

from django.urls import reverse

from evergrow.workspaces.models import Workspace

PREFIX = "plan_"


def rule_url(workspace: Workspace, code: str, event: str = "") -> str:
    """The page on which the rule is mended that refused a message; empty where the plan did not refuse it.

    ``code`` is the reason of the refusal. ``event`` is kept in the refusal's envelope (``reject.envelope["event"]``).
    """
    if not code.startswith(PREFIX):
        return ""
    if not event:
        return reverse("intake:plan_rules", kwargs={"workspace": workspace.slug})
    return event_url(workspace, event)


def event_url(workspace: Workspace, event: str, name: str = "plan_event") -> str:
    """The page of an event, or another one about it."""
    return f"{reverse(f'intake:{name}', kwargs={'workspace': workspace.slug})}?{urlencode({'event': event})}"
