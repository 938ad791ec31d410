"""Changes of a definition, part by part; pure: the given definition stays as it is."""

from copy import deepcopy
from typing import Any

from django.utils.text import slugify

Definition = dict[str, Any]


def put_measure(definition: Definition, group: str, measure: dict[str, Any], old: str = "") -> Definition:
    """With the measure in a group: in the place of the one with the key ``old``, or at the group's end."""
    changed = deepcopy(definition)
    here = next(each for each in changed["groups"] if each["key"] == group)
    keys = [each["key"] for each in here["measures"]]
    if old in keys:
        here["measures"][keys.index(old)] = measure
        return changed
    changed = drop_measure(changed, old) if old else changed
    here = next(each for each in changed["groups"] if each["key"] == group)
    here["measures"].append(measure)
    return changed


def drop_measure(definition: Definition, key: str) -> Definition:
    """Without the measure; a group that loses its last one goes too, and with it the exceptions about it."""
    changed = deepcopy(definition)
    for group in changed["groups"]:
        group["measures"] = [each for each in group["measures"] if each["key"] != key]
    changed["groups"] = [group for group in changed["groups"] if group["measures"]]
    known = {"", *(group["key"] for group in changed["groups"])}
    changed["exceptions"] = [each for each in changed.get("exceptions", []) if each.get("target", "") in known]
    return changed


def put_group(definition: Definition, name: dict[str, str], weight: float) -> tuple[Definition, str]:
    """With an empty group at the end, and its key."""
    changed = deepcopy(definition)
    key = free_key(name["en"] or "group", {each["key"] for each in changed["groups"]})
    changed["groups"].append({"key": key, "name": name, "weight": weight, "measures": []})
    return changed, key


def put_exception(definition: Definition, rule: dict[str, Any], old: str = "") -> Definition:
    """With the exception in the place of the one with the key ``old``, or at the end."""
    changed = deepcopy(definition)
    rules = changed.setdefault("exceptions", [])
    keys = [each["key"] for each in rules]
    if old in keys:
        rules[keys.index(old)] = rule
    else:
        rules.append(rule)
    return changed


def drop_exception(definition: Definition, key: str) -> Definition:
    """Without the exception."""
    changed = deepcopy(definition)
    changed["exceptions"] = [each for each in changed.get("exceptions", []) if each["key"] != key]
    return changed


def raise_exception(definition: Definition, key: str) -> Definition:
    """With the exception one place further up, so that it is tried earlier."""
    changed = deepcopy(definition)
    rules = changed.get("exceptions", [])
    place = next((place for place, each in enumerate(rules) if each["key"] == key), 0)
    if place:
        rules[place - 1], rules[place] = rules[place], rules[place - 1]
    return changed


def measure_of(definition: Definition, key: str) -> tuple[dict[str, Any], str] | None:
    """The measure with this key, and its group's key."""
    for group in definition["groups"]:
        for measure in group["measures"]:
            if measure["key"] == key:
                return measure, group["key"]
    return None


def exception_of(definition: Definition, key: str) -> dict[str, Any] | None:
    """The exception with this key."""
    found = (each for each in definition.get("exceptions", []) if each["key"] == key)
    return next(found, None)


def measure_keys(definition: Definition) -> set[str]:
    """The keys of all measures."""
    return {measure["key"] for group in definition["groups"] for measure in group["measures"]}


def free_key(wanted: str, taken: set[str]) -> str:
    """A short key made of a name, that is not taken: ``renewal_risk``, ``renewal_risk_2``."""
    base = slugify(wanted).replace("-", "_")[:40] or "part"
    key, number = base, 2
    while key in taken:
        key, number = f"{base}_{number}", number + 1
    return key
