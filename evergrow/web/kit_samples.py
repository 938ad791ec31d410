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


def everything() -> dict[str, Any]:
    now = clock.now()
    return {
        "bands": BANDS,
        "names": NAMES,
        "tokens": TOKENS,
        "rows": [(*row[:-1], (now + timedelta(days=row[-1])).date()) for row in ROWS],
        "yesterday": now - timedelta(days=1),
        "in_two_weeks": now + timedelta(days=14),
    }
