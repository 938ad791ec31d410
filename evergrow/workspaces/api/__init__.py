"""The JSON API: one instance, a token per workspace, problems as RFC 9457, opaque cursors, a rate limit.

Rooms write their operations in ``evergrow/<room>/api.py`` on a ``ninja.Router`` called ``router``; ``evergrow/urls.py``
puts them together. An operation declares what it asks of the token's role: ``auth=token("work")``. Its request is an
``ApiRequest``, which knows ``workspace`` and ``member`` as a page's request does.
"""

from evergrow.workspaces.api.instance import Api
from evergrow.workspaces.api.pages import Page, Window, page
from evergrow.workspaces.api.problems import refusal
from evergrow.workspaces.api.tokens import ApiRequest, token
from evergrow.workspaces.api.types import Amount, Count, Day, Input, Line, Moment, Money, Number, RowId, Text

__all__ = [
    "Amount",
    "Api",
    "ApiRequest",
    "Count",
    "Day",
    "Input",
    "Line",
    "Moment",
    "Money",
    "Number",
    "Page",
    "RowId",
    "Text",
    "Window",
    "page",
    "refusal",
    "token",
]
