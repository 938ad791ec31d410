"""Lifetime value by formulas, for when nothing is known of single customers."""


class NoChurn(ValueError):
    """Nobody leaves: the formula would divide by nothing and promise riches."""


def simple(arpa: float, margin: float, churn: float) -> float:
    """ARPA · gross margin / churn, all of a month: 100 · 0.8 / 0.02 = 4000. Raises NoChurn for churn <= 0."""
    if churn <= 0:
        raise NoChurn("The simple formula needs a churn above 0.")
    return arpa * margin / churn


def with_growth(first: float, growth: float, churn: float, discount: float) -> float:
    """The sum over months k = 0, 1, … of (first + growth · k) · K^k, with K = (1 - churn) · (1 - discount).

    ``first`` is the margin of the first month, ``growth`` what it grows by each month; ``churn`` and ``discount``
    are shares a month. In closed form first / (1 - K) + growth · K / (1 - K)². Raises NoChurn where K >= 1.
    """
    kept = (1 - churn) * (1 - discount)
    if not 0 <= kept < 1:
        raise NoChurn("The sum has an end only where churn or discount lie above 0.")
    return first / (1 - kept) + growth * kept / (1 - kept) ** 2
