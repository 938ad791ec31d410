"""Products with cards of their own, and who uses them."""

from typing import Any

from evergrow.customers.models import Account, Product, ProductUse
from evergrow.health import actions
from evergrow.workspaces.models import Workspace


def product(workspace: Workspace, code: str, *numbers: int) -> Product:
    """A product that these accounts use."""
    made = Product.objects.create(
        workspace=workspace,
        number=Product.objects.filter(workspace=workspace).count() + 1,
        code=code,
        name=code.capitalize(),
        name_zh=f"{code}产品",
    )
    ProductUse.objects.bulk_create(
        ProductUse(product=made, account=Account.objects.get(workspace=workspace, number=number), since="2026-01-01")
        for number in numbers
    )
    return made


def line_card(workspace: Workspace, of: Product, by: Any, *, events: list[str], publish: bool = True) -> str:
    """A card of a product with these events; its key."""
    draft = actions.add_card(workspace=workspace, name={"en": of.name, "zh": of.name_zh}, by=by, product=of)
    key: str = draft.scorecard.key
    actions.save_draft(workspace=workspace, definition=draft.definition | {"events": events}, by=by, key=key)
    if publish:
        actions.publish_draft(workspace=workspace, by=by, key=key)
    return key


def measure(key: str, ask: dict[str, Any]) -> dict[str, Any]:
    """A measure that reads scores of lines as they are."""
    return {
        "key": key,
        "source": "product",
        "ask": ask,
        "name": {"en": key, "zh": key},
        "weight": 10,
        "direction": "higher",
        "scoring": {"kind": "linear", "knots": [[0, 0], [100, 100]]},
        "null_policy": None,
        "validity_days": None,
        "expire_days": None,
    }
