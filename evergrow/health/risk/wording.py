"""Values and reasons in words, in both languages."""

from typing import Any

from django.utils.translation import get_language

from evergrow.health.risk.catalogue import FEATURES, Feature
from evergrow.lib import bilingual, numerals

LANGUAGES = {"en": "en", "zh": "zh-hans"}
SUFFIX = {"days": (" 天", " days"), "hours": (" 小时", " h")}
DECIMALS = {"ratio": 2, "points": 1, "count": 0, "days": 0, "money": 0, "hours": 0, "level": 0}
WHOLE = {"csat_180": 1}


def language() -> str:
    return get_language() or "en"


def value(feature: Feature, number: float | None, tongue: str) -> str:
    """A feature's value with its unit; “not known” where there is none."""
    chinese = numerals.is_chinese(tongue)
    if number is None or not numerals.is_known(number):
        return "未知" if chinese else "not known"
    if feature.unit == "ratio" and feature.key != "features_change":
        return _change(number, tongue)
    rounded = round(number, DECIMALS[feature.unit])
    if feature.unit == "days" and not chinese and rounded == 1:
        return "1 day"
    return numerals.number(rounded, tongue) + SUFFIX.get(feature.unit, ("", ""))[not chinese]


def _change(log_ratio: float, tongue: str) -> str:
    """A log ratio as a change in percent: −0.69 is −50%."""
    share = 100 * (2.718281828459045**log_ratio - 1)
    return numerals.signed(round(min(share, 999)), tongue) + "%"


def reason(key: str, number: float | None, usual: float | None, effect: float) -> dict[str, Any]:
    """“Days since last use: 41 days, usually 6 days”, with its effect on the log-odds."""
    feature = FEATURES[key]
    words = {short: _sentence(feature, number, usual, tongue) for short, tongue in LANGUAGES.items()}
    return {**words, "key": key, "value": number, "usual": usual, "effect": round(effect, 4)}


def _sentence(feature: Feature, number: float | None, usual: float | None, tongue: str) -> str:
    chinese = numerals.is_chinese(tongue)
    name = bilingual.pick(feature.name, tongue)
    name = name.removesuffix("（对数比）").removesuffix(" (log ratio)")
    shown, normal = value(feature, number, tongue), value(feature, usual, tongue)
    if chinese:
        return f"{name}：{shown}（通常 {normal}）"
    return f"{name}: {shown} (usually {normal})"


def name(key: str) -> str:
    """A feature's name for the reader; a key that is not in the catalogue any more as it is."""
    return bilingual.pick(FEATURES[key].name, language()) if key in FEATURES else key
