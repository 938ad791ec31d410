"""Scorecards as files: a card a file, named by its key. Criteria name segments, measures saved questions by name."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from evergrow.customers.models import Product
from evergrow.customers.segments import portable
from evergrow.health.actions import cards as actions
from evergrow.health.card import BadDefinition
from evergrow.health.models import Scorecard, VersionState
from evergrow.insight.saved import as_text as questions
from evergrow.workspaces import configuration
from evergrow.workspaces.configuration import BadObject, Data, Which, in_order, pick, shapes
from evergrow.workspaces.models import Member, Workspace

ABOUT = ("name", "product")
ACCOUNTS = [("criteria",), ("exceptions", "*", "criteria")]


def export(workspace: Workspace, which: Which) -> dict[str, Data]:
    rows = Scorecard.objects.filter(workspace=workspace, archived_at=None)
    rows = rows.select_related("product").prefetch_related("versions")
    names = questions.stems(workspace)
    found = {}
    for card in rows:
        shown = pick({version.state: version for version in card.versions.all()}, which)
        if shown is not None:
            line = {"product": card.product.code} if card.product else {}
            found[card.key] = {"name": _names(card), **line, **_portable(workspace, shown.definition, names)}
    return found


def _names(card: Scorecard) -> dict[str, str]:
    return {code: str(card.name.get(code, "")) for code in ("en", "zh")}


def _portable(workspace: Workspace, definition: Any, names: dict[int, str]) -> Data:
    found = portable.out(definition, ACCOUNTS, "account", workspace)

    def ask(asked: dict[str, Any], path: portable.Path) -> dict[str, Any]:
        if "criteria" in asked:
            kind = "person" if asked.get("counts") == "people" else "account"
            return {**asked, "criteria": portable.portable(asked["criteria"], kind, workspace)}
        if "question" in asked:
            return {**asked, "question": names.get(asked["question"], asked["question"])}
        return asked

    told: Data = in_order(_asks(found, ask))
    return told


def read(workspace: Workspace, name: str, data: Data) -> Data:
    about: Data = {"name": shapes.words(data.get("name"), ("name",), most=120, is_needed=True)}
    if data.get("product"):
        about["product"] = _product(workspace, data["product"]).code
    given = {key: value for key, value in data.items() if key not in ABOUT}
    found = portable.take_in(given, ACCOUNTS, "account", workspace)
    numbers = {stem: number for number, stem in questions.stems(workspace).items()}

    def ask(asked: dict[str, Any], path: portable.Path) -> dict[str, Any]:
        if "criteria" in asked:
            kind = "person" if asked.get("counts") == "people" else "account"
            return {**asked, "criteria": portable.read(asked["criteria"], kind, workspace, (*path, "criteria"))}
        if "question" in asked and asked["question"] not in numbers:
            sentence = _("There is no saved question “%(name)s”. Its file name without .yaml is meant.")
            raise BadObject((*path, "question"), sentence % {"name": asked["question"]})
        return asked

    found = in_order(_asks(found, ask))
    _checked(_numbered(found, numbers))
    return {**about, **found}


def write(workspace: Workspace, name: str, data: Data, by: Member | None) -> None:
    numbers = {stem: number for number, stem in questions.stems(workspace).items()}
    definition = _numbered({key: value for key, value in data.items() if key not in ABOUT}, numbers)
    actions.ensure_scorecard(workspace=workspace)
    card = Scorecard.objects.filter(workspace=workspace, key=name, archived_at=None).first()
    try:
        if card is None:
            product = _product(workspace, data["product"]) if data.get("product") else None
            made = actions.add_card(workspace=workspace, name=data["name"], by=by, key=name, product=product)
            card = made.scorecard
        elif (card.product.code if card.product else None) != data.get("product"):
            raise BadObject(("product",), _("A scorecard stays with its product line. Use another file name."))
        elif _names(card) != data["name"]:
            actions.rename_card(card=card, name=data["name"], by=by)
        if export(workspace, "newest").get(name) != data:
            actions.start_draft(workspace=workspace, by=by, key=name)
            actions.save_draft(workspace=workspace, definition=definition, by=by, key=name)
    except BadDefinition as bad:
        raise BadObject((), str(bad)) from bad
    except (actions.NoDraft, Scorecard.DoesNotExist) as gone:
        raise BadObject((), _("There is a scorecard with this key that was put away. Use another file name.")) from gone


def _product(workspace: Workspace, code: Any) -> Product:
    found = Product.objects.filter(workspace=workspace, code=str(code), retired_at=None).first()
    if found is None:
        raise BadObject(("product",), _("There is no product with the code “%(code)s”.") % {"code": code})
    return found


def publish(workspace: Workspace, name: str, by: Member | None) -> None:
    card = Scorecard.objects.get(workspace=workspace, key=name)
    if not card.versions.filter(state=VersionState.DRAFT).exists():
        return
    try:
        actions.publish_draft(workspace=workspace, by=by, key=name)
    except BadDefinition as bad:
        raise BadObject((), str(bad)) from bad


def _checked(definition: Data) -> None:
    try:
        actions.check(definition)
    except BadDefinition as bad:
        raise BadObject((), str(bad)) from bad
    except (KeyError, TypeError, AttributeError) as error:
        raise BadObject((), _("The scorecard cannot be read: %(why)s.") % {"why": error}) from error


def _numbered(definition: Data, numbers: dict[str, int]) -> Data:
    def ask(asked: dict[str, Any], path: portable.Path) -> dict[str, Any]:
        return {**asked, "question": numbers[asked["question"]]} if asked.get("question") in numbers else asked

    found: Data = _asks(definition, ask)
    return found


def _asks(definition: Any, change: Callable[[dict[str, Any], portable.Path], Any]) -> Any:
    return portable.each(definition, ("groups", "*", "measures", "*", "ask"), change)


configuration.register(
    configuration.Kind("scorecards", pgettext_lazy("configuration", "Scorecard"), 80, export, read, write, publish)
)
