"""What a message teaches about a person or an account, from the operators that formats have for it."""

from collections.abc import Mapping
from typing import Any

from evergrow.intake.capture.formats.format import Refusal

# Every spelling of an operator, and the step of a profile it becomes. Where in a list a value goes is not kept.
STEPS = {
    "$set": "set",
    "$set_once": "once",
    "$setOnce": "once",
    "$add": "add",
    "$increment": "add",
    "$append": "append",
    "$union": "append",
    "$prepend": "append",
    "$preInsert": "append",
    "$postInsert": "append",
    "$unset": "unset",
}


def profile(operations: Mapping[str, Any]) -> dict[str, Any]:
    """The profile of operators; what stands without one is set. Raises Refusal where nothing can be followed."""
    found: dict[str, Any] = {}
    for name, value in operations.items():
        step = STEPS.get(name)
        if step == "unset":
            names = value if isinstance(value, list | dict) else [value]
            found.setdefault("unset", []).extend(each for each in names if isinstance(each, str))
        elif step and isinstance(value, dict):
            found[step] = found.get(step, {}) | value
        elif not name.startswith("$"):
            found["set"] = found.get("set", {}) | {name: value}
    found = {step: values for step, values in found.items() if values}
    if operations and not found:
        raise Refusal("not_followed", ", ".join(operations)[:300])
    return found


def account_traits(operations: Mapping[str, Any]) -> dict[str, Any]:
    """Traits of an account: what is set, and None for what is unset. Raises Refusal where nothing can be followed."""
    taught = profile(operations)
    if not {"set", "unset"} & taught.keys():
        raise Refusal("not_followed", ", ".join(operations)[:300])
    return {**dict.fromkeys(taught.get("unset", ())), **taught.get("set", {})}
