"""The criteria editor for any page: ``{% load criteria %}{% criteria_form kind="account" data=segment.criteria %}``."""

import json
from typing import Any

from django import template

from evergrow.customers.criteria import catalogue, form_words
from evergrow.customers.criteria.errors import CriteriaError
from evergrow.customers.criteria.text import data_to_yaml

register = template.Library()


@register.inclusion_tag("customers/criteria/_form.html", takes_context=True)
def criteria_form(
    context: template.Context,
    kind: str = "account",
    data: Any = None,
    name: str = "criteria",
    problem: Any = None,
) -> dict[str, Any]:
    """An editor that posts one JSON field ``name``; without JavaScript a text field ``<name>_text`` with YAML.

    ``problem`` is a CriteriaError to show at its part. Read what was posted with ``criteria.posted.read``.
    """
    request = context["request"]
    return {
        "workspace": request.workspace,
        "kind": kind,
        "name": name,
        "json": json.dumps(data or {}, ensure_ascii=False),
        "yaml": data_to_yaml(data) if data and data != {"all": []} else "",
        "problem": problem if isinstance(problem, CriteriaError) else None,
        "catalogue": catalogue.as_data(request.workspace),
        "words": form_words.words(),
    }
