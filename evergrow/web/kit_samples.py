"""Values for the kit page: one example of each part, none of them anybody's data."""

from datetime import timedelta
from typing import Any

from evergrow.lib import clock

BANDS = [("healthy", 88, 4), ("watch", 61, -17), ("risk", 38, -9), ("insufficient", None, None)]
TOKENS = ["healthy", "watch", "risk", "insufficient", "accent"]
ROWS = [
    ("Vista Logic", "watch", 64, 4, 0.92, 23000, 56),
    ("溪桥教育", "watch", 61, -17, 0.85, 54605, 46),
    ("Kite Works", "risk", 38, -9, 0.88, 13000, 14),
    ("白榆软件", "insufficient", None, None, 0.48, 10000, 76),
]


NAMES = {
    "strategic": "strategic",
    "vip": "VIP",
    "owner": "林悦",
    "file": "accounts.csv",
    "input": "使用量下滑挽回",
    "filters": ["short_money", "money · number", "percent · points", "weekday_day · moment · ago · in_days · due"],
}


WEEKS = [96, 102, 99, 110, 118, 121, 119, 127, 125, 118, 112, 104, 97, 88, 31]
WATERFALL = [
    {"label": {"zh": "2月23日", "en": "23 Feb"}, "value": 78.0, "band": "healthy"},
    {"label": {"zh": "活跃席位", "en": "Active seats"}, "detail": "71% → 54%", "points": -7.2},
    {"label": {"zh": "关键操作", "en": "Key actions"}, "detail": "6.8 → 4.9", "points": -5.0},
    {"label": {"zh": "紧急工单", "en": "Urgent ticket"}, "detail": "0 → 6", "points": -4.5},
    {"label": {"zh": "满意度过期", "en": "CSAT expired"}, "detail": "3.0 → —", "points": 1.9, "ours": True},
    {"label": {"zh": "今天", "en": "Today"}, "value": 63.2, "band": "watch"},
]
MOVES = {
    ("healthy", "healthy"): 78,
    ("healthy", "watch"): 5,
    ("watch", "watch"): 22,
    ("watch", "risk"): 4,
    ("watch", "healthy"): 2,
    ("risk", "risk"): 10,
    ("risk", "watch"): 2,
    ("insufficient", "insufficient"): 4,
    ("insufficient", "watch"): 1,
}


def usage_chart() -> dict[str, Any]:
    weeks = [f"W{week}" for week in range(1, len(WEEKS) + 1)]
    full: list[Any] = [*WEEKS[:-1], None]
    running = [None] * (len(WEEKS) - 1) + [{"value": WEEKS[-1], "hatched": True}]
    return {
        "xAxis": {"type": "category", "data": weeks},
        "yAxis": {"type": "value"},
        "series": [
            {"type": "line", "name": "Seats", "data": full, "areaStyle": {}, "endLabel": {"show": True}},
            {"type": "bar", "name": "Running", "data": running},
        ],
    }


def renewals_chart() -> dict[str, Any]:
    def stack(name: str, band: str, data: list[float], **extra: Any) -> dict[str, Any]:
        colour = {"itemStyle": {"color": f"--{band}-fill"}}
        return {"type": "bar", "stack": "all", "name": name, "data": data, **colour, **extra}

    return {
        "unit": "CNY",
        "legend": {},
        "xAxis": {"type": "category", "data": ["4/6", "4/13", "4/20", "4/27"]},
        "yAxis": {"type": "value"},
        "series": [
            stack("Risk", "risk", [13000, 0, 4000, 22000], dotted=True),
            stack("Insufficient", "insufficient", [0, 6000, 0, 0], hatched=True),
            stack("Watch", "watch", [12000, 24000, 0, 20000]),
            stack("Healthy", "healthy", [26000, 49000, 18000, 54000]),
        ],
    }


def everything() -> dict[str, Any]:
    now = clock.now()
    return {
        "bands": BANDS,
        "names": NAMES,
        "weeks": WEEKS,
        "waterfall": WATERFALL,
        "moves": MOVES,
        "usage": usage_chart(),
        "renewals": renewals_chart(),
        "tokens": TOKENS,
        "rows": [(*row[:-1], (now + timedelta(days=row[-1])).date()) for row in ROWS],
        "yesterday": now - timedelta(days=1),
        "in_two_weeks": now + timedelta(days=14),
    }
