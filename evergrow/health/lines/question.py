"""What a measure asks of an account's product lines, read from its ``ask``, and said in words.

``{"product": "docs"}``: the score of that line; ``{"lines": "worst"}`` or ``{"lines": "mean"}``: of all lines whose
data suffice, the lowest score or the mean, each line alike. Lines with too little data do not count.
"""

from collections.abc import Mapping
from typing import Any

from evergrow.health.card import BadDefinition
from evergrow.lib.bilingual import Name

WAYS = ("worst", "mean")
_FORMULAS: dict[str, Name] = {
    "worst": {"en": "the lowest score of the product lines the account uses", "zh": "该客户所用产品线得分中的最低值"},
    "mean": {"en": "the mean score of the product lines the account uses", "zh": "该客户所用产品线得分的平均值"},
}


def check(key: str, ask: Mapping[str, Any]) -> None:
    """Raises BadDefinition with a sentence."""
    has_product = isinstance(ask.get("product"), str) and bool(ask["product"])
    if has_product == (ask.get("lines") in WAYS):
        raise BadDefinition(f"{key}: name a “product” by its code, or “lines” as one of {', '.join(WAYS)}.")


def formula(ask: Mapping[str, Any]) -> Name:
    """How the value comes about, in both languages."""
    if ask.get("lines"):
        return _FORMULAS[ask["lines"]]
    says = ask.get("says", {})
    names = {language: says.get(language) or says.get("en") or ask["product"] for language in ("en", "zh")}
    return {"en": f"the score of the product line “{names['en']}”", "zh": f"产品线“{names['zh']}”的得分"}
