"""Tags of stages."""

from typing import Any

from django import forms, template

from evergrow.customers.criteria import posted

register = template.Library()


@register.simple_tag
def criteria_posted(form: forms.Form, name: str, given: Any) -> Any:
    """What was posted under a name, right or wrong, or the criteria as they are."""
    return posted.raw(form.data, name) if form.is_bound else given
