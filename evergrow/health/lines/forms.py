"""The parts of the editor that are about product lines: which one a measure reads, and which events are a line's."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext, gettext_lazy

from evergrow import warehouse
from evergrow.customers.criteria import catalogue
from evergrow.customers.forms import Tabler
from evergrow.customers.models import Product
from evergrow.health.card import MOST_EVENTS
from evergrow.health.models import Scorecard
from evergrow.workspaces.models import Workspace

EVERY = "*"


def with_card(workspace: Workspace) -> Any:
    """The keys of the products that have a card of their own."""
    rows = Scorecard.objects.filter(workspace=workspace, archived_at=None, product__isnull=False)
    return rows.values("product")


def line_choices(workspace: Workspace) -> list[tuple[str, str]]:
    """All lines together, or the line of one product that has a card."""
    language = get_language() or "en"
    rows = Product.objects.filter(workspace=workspace, retired_at=None, pk__in=with_card(workspace)).order_by("number")
    return [
        (f"{EVERY}worst", gettext("All it uses: the lowest score")),
        (f"{EVERY}mean", gettext("All it uses: the mean")),
        *((each.code, each.called(language)) for each in rows),
    ]


def ask_of_line(chosen: str, workspace: Workspace) -> dict[str, Any]:
    """The measure's ``ask`` for a choice."""
    if chosen.startswith(EVERY):
        return {"lines": chosen.removeprefix(EVERY)}
    product = Product.objects.get(workspace=workspace, code=chosen)
    return {"product": chosen, "says": product.names}


def shown_line(ask: Mapping[str, Any]) -> str:
    """The choice behind a measure's ``ask``; "" for one of another source."""
    return f"{EVERY}{ask['lines']}" if ask.get("lines") else str(ask.get("product") or "")


class LineForm(Tabler, forms.Form):
    """The events of a product line, one a row."""

    events = forms.CharField(
        label=gettext_lazy("Events of this product, one a line"),
        widget=forms.Textarea(attrs={"rows": 8}),
        required=False,
        help_text=gettext_lazy("What its accounts do counts only with these events. Left empty: with all."),
    )

    def __init__(self, workspace: Workspace, definition: Mapping[str, Any], data: Any = None) -> None:
        super().__init__(data, initial={"events": "\n".join(definition.get("events") or ())})
        try:
            self.captured = [key for key, _label in catalogue.events(workspace)][:MOST_EVENTS]
        except warehouse.StoreUnavailable:
            self.captured = []
        self.dress()

    def clean_events(self) -> list[str]:
        typed = [line.strip() for line in self.cleaned_data["events"].splitlines() if line.strip()]
        if len(typed) > MOST_EVENTS:
            raise forms.ValidationError(gettext("Name at most %(most)s events.") % {"most": MOST_EVENTS})
        return list(dict.fromkeys(typed))

    def made(self, definition: dict[str, Any]) -> dict[str, Any]:
        """The definition with what was typed."""
        return definition | {"events": self.cleaned_data["events"]}
