"""Numbers as JSON can hold them."""

import math
from typing import Any


def jsonable(found: Any) -> Any:
    """The same in plain lists and dicts, with None for numbers that are none (NaN, inf)."""
    if isinstance(found, dict):
        return {str(key): jsonable(value) for key, value in found.items()}
    if isinstance(found, list | tuple):
        return [jsonable(value) for value in found]
    if isinstance(found, float) and not math.isfinite(found):
        return None
    return found
