"""Criteria out of a posted form: the JSON that the editor keeps, or the text of those who have no JavaScript."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from evergrow.customers.criteria.errors import CriteriaError
from evergrow.customers.criteria.parse import parse
from evergrow.customers.criteria.text import from_yaml, read_yaml
from evergrow.customers.criteria.tree import Criteria
from evergrow.workspaces.models import Workspace

LONGEST = 200_000


def read(post: Mapping[str, str], kind: str, workspace: Workspace, name: str = "criteria") -> Criteria:
    """The criteria in the fields ``<name>_text`` (YAML, where it is there) or ``<name>`` (JSON).

    Raises CriteriaError at the offending part.
    """
    if f"{name}_text" in post:
        return from_yaml(post[f"{name}_text"], kind, workspace)
    raw = post.get(name, "")
    if len(raw) > LONGEST:
        raise CriteriaError("", _("The text is too long."))
    try:
        data = json.loads(raw) if raw else None
    except (ValueError, RecursionError):
        raise CriteriaError("", _("The criteria did not arrive whole. Reload the page and try again.")) from None
    return parse(data, kind, workspace)


def raw(post: Mapping[str, str], name: str = "criteria") -> Any:
    """What was posted as data, right or wrong, to show it again; ``None`` where it cannot even be read."""
    try:
        found = read_yaml(post[f"{name}_text"]) if f"{name}_text" in post else json.loads(post.get(name) or "{}")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
