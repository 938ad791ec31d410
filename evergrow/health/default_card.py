"""The scorecard every workspace begins with: depth, breadth, trend, support and commerce."""

from typing import Any

from evergrow.health.sources import SOURCES


def _measure(
    key: str, source: str, weight: float, direction: str, scoring: dict[str, Any], **more: Any
) -> dict[str, Any]:
    return {
        "key": key,
        "source": source,
        "name": dict(SOURCES[source].name),
        "weight": weight,
        "direction": direction,
        "scoring": scoring,
        "null_policy": None,
        "validity_days": None,
        "expire_days": None,
        **more,
    }


def _line(*knots: tuple[float, float]) -> dict[str, Any]:
    return {"kind": "linear", "knots": [list(knot) for knot in knots]}


def _steps(*steps: tuple[float, float]) -> dict[str, Any]:
    return {"kind": "bands", "steps": [list(step) for step in steps]}


def _group(key: str, english: str, chinese: str, weight: float, *measures: dict[str, Any]) -> dict[str, Any]:
    return {"key": key, "name": {"en": english, "zh": chinese}, "weight": weight, "measures": list(measures)}


NAME = {"en": "Standard", "zh": "标准"}


def definition() -> dict[str, Any]:
    """A fresh copy of the default definition (see ``card.py`` for the form)."""
    return {
        "null_policy": "within-group",
        "min_coverage": 0.5,
        "trend_days": 30,
        "trend_epsilon": 5,
        "bands": [{"key": "risk", "from": 0}, {"key": "watch", "from": 50}, {"key": "healthy", "from": 75}],
        "groups": [
            _group(
                "depth",
                "Depth",
                "深度",
                30,
                _measure("active_days", "active_days_28", 45, "higher", _line((0, 0), (4, 40), (14, 100))),
                _measure("actions", "events_per_person_week", 20, "higher", _line((0, 0), (0.5, 40), (2, 100))),
                _measure(
                    "recency",
                    "days_since_use",
                    35,
                    "lower",
                    _steps((0, 100), (8, 70), (15, 30), (29, 0)),
                ),
            ),
            _group(
                "breadth",
                "Breadth",
                "广度",
                20,
                _measure("features", "features_28", 60, "higher", _line((0, 0), (2, 30), (5, 100))),
                _measure("people", "people_share_28", 40, "higher", _line((0, 0), (0.5, 50), (1, 100))),
            ),
            _group(
                "trend",
                "Trend",
                "趋势",
                20,
                _measure(
                    "usage_trend", "usage_change_28", 60, "higher", _line((-0.8, 0), (-0.4, 35), (0, 75), (0.4, 100))
                ),
                _measure("habit", "active_weeks_8", 40, "higher", _line((3, 0), (6, 60), (8, 100))),
            ),
            _group(
                "support",
                "Support",
                "服务",
                15,
                _measure("urgent", "open_urgent_tickets", 35, "lower", {"kind": "points", "start": 100, "each": -40}),
                _measure(
                    "csat",
                    "csat_180",
                    40,
                    "higher",
                    _line((2, 0), (3.5, 50), (4.5, 100)),
                    validity_days=90,
                    expire_days=180,
                ),
                _measure("solving", "resolution_hours_180", 25, "lower", _line((8, 100), (24, 60), (72, 0))),
            ),
            _group(
                "commerce",
                "Commerce",
                "商务",
                15,
                _measure("overdue", "days_overdue", 45, "lower", _steps((0, 100), (1, 60), (16, 30), (31, 0))),
                _measure("tenure", "tenure_months", 25, "higher", _line((0, 30), (6, 60), (18, 100))),
                _measure(
                    "renewal", "renewal_without_contact", 30, "lower", {"kind": "lookup", "table": [[0, 100], [1, 20]]}
                ),
            ),
        ],
    }
