"""A scheme with its entitlements as YAML, to be kept beside the code or carried to another workspace."""

from typing import Any

import yaml
from django.utils.translation import gettext as _

from evergrow.customers.tiers.scheme import BadScheme

MOST_CHARACTERS = 200_000


def write(definition: dict[str, Any], kind: str) -> str:
    """The text of a definition; ``kind`` says what it is (``tiers``, ``icp``)."""
    document = {"evergrow": kind, "version": 1, **definition}
    return str(yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=100))


def read(text: str, kind: str) -> dict[str, Any]:
    """The definition in a text, to be checked by whoever asked. Raises BadScheme where it is no such document."""
    if len(text) > MOST_CHARACTERS:
        raise BadScheme(_("The file is too large."))
    try:
        found = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise BadScheme(_("The file is no readable YAML: %(why)s") % {"why": str(error)[:200]}) from None
    if not isinstance(found, dict) or found.get("evergrow") != kind:
        raise BadScheme(_("The file is no such export. It begins with “evergrow: %(kind)s”.") % {"kind": kind})
    return {key: value for key, value in found.items() if key not in ("evergrow", "version")}
