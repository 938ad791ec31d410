"""For the pages of every kind of question: ``{% load questions %}{% saved_bar "trend" question answer %}``."""

from typing import Any

from django import template

from evergrow.insight.saved import bar

register = template.Library()


@register.inclusion_tag("insight/saved/_bar.html", takes_context=True)
def saved_bar(context: template.Context, kind: str, question: Any, answer: Any = None) -> dict[str, Any]:
    """As of when the answer is, and what can be done with the question: save it, save over it, open what was saved.

    ``question`` is None while the form cannot be read. The page's form has the id ``question-form``, so that the bar
    can hand it the number of the saved question; htmx swaps the bar by itself.
    """
    request = context["request"]
    shown = bar.shown(request, kind, question, answer)
    return shown | {"request": request, "workspace": request.workspace, "csrf_token": context.get("csrf_token")}
