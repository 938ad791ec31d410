"""A condition on dense numbers, however many: sent as one value, not as a place-holder each."""

import json
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

FEW = 500
ARRAYS = {"sqlite": "select value from json_each(%s)", "postgresql": "select unnest(%s::bigint[])"}


def among(numbers: np.ndarray[Any, Any], field: str = "number") -> Q:
    """Rows whose number is one of these."""
    listed = numbers.tolist()
    if len(listed) <= FEW:
        return Q(**{f"{field}__in": listed})
    value: Any = listed if connection.vendor == "postgresql" else json.dumps(listed)
    return Q(**{f"{field}__in": RawSQL(ARRAYS[connection.vendor], [value])})  # noqa: S611 (the numbers are bound)
