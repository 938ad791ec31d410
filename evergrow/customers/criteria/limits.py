"""How large criteria may be."""

MOST_DEPTH = 8
MOST_CONDITIONS = 60
MOST_PARTS = 40
MOST_VALUES = 500
MOST_WHERE = 10
MOST_STEPS = 8
LONGEST_TEXT = 500
LONGEST_PATTERN = 200
MOST_OF = {"hours": 24 * 366, "days": 3660, "working_days": 2600, "weeks": 520, "months": 120}
MOST_TIMES = 1_000_000_000
