"""The ninety days of the made-up events; asked for from the second on, so that no period is cut."""

from datetime import date, timedelta

DAYS = 90
BEGIN = date(2026, 1, 1)
FIRST, LAST = BEGIN + timedelta(days=1), BEGIN + timedelta(days=DAYS - 1)
RANGE = {"from": FIRST.isoformat(), "to": LAST.isoformat()}
NOW = BEGIN + timedelta(days=DAYS + 1)
