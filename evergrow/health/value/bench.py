"""``evergrow bench value``: the models of purchases on made-up customers, and beside the `lifetimes` package on CDNOW.

Needs the packages of development (`requirements/dev.txt`), among them `lifetimes`, whose example data are CDNOW's.
"""

import argparse
import warnings
from typing import Any

import numpy as np

from evergrow.health.value import bg_nbd, gamma_gamma
from evergrow.health.value.newton import Array
from evergrow.lib import bench
from evergrow.lib.bench import Result

SEED = 20_260_325
PACKAGE = "the lifetimes package on the same customers"
TRUTH = {"r": 0.6, "alpha": 20.0, "a": 0.8, "b": 2.5}


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Time both fits on CDNOW against `lifetimes`, then BG/NBD on ``options.customers`` customers; the bench's object.

    Raises AssertionError where our likelihood is the worse one or the made-up truth is not found again.
    """
    results = [*_cdnow(), *_many(options.customers)]
    return bench.report("value", "numpy and scipy", results)


def _cdnow() -> list[Result]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from lifetimes import BetaGeoFitter, GammaGammaFitter
        from lifetimes.datasets import load_cdnow_summary_data_with_monetary_value

        table = load_cdnow_summary_data_with_monetary_value()
        past = [table[name].to_numpy().copy() for name in ("frequency", "recency", "T")]
        again, spend = past[0] > 0, table["monetary_value"].to_numpy().copy()
        ours = bench.durations(lambda: bg_nbd.fit(bg_nbd.group(*past)), repeats=9)
        theirs = bench.durations(lambda: BetaGeoFitter().fit(*past), repeats=3)
        spending = bench.durations(lambda: gamma_gamma.fit(past[0], spend), repeats=9)
        package = bench.durations(lambda: GammaGammaFitter().fit(past[0][again], spend[again]), repeats=3)
        found, other = bg_nbd.fit(bg_nbd.group(*past)), BetaGeoFitter().fit(*past)
    height, beside = found.log_likelihood, _height(np.array(other.params_[list(TRUTH)]), past)
    if height < beside - 1e-6:
        raise AssertionError(f"Our log-likelihood {height} lies below {beside} of lifetimes.")
    quick, slow = bench.quantile(ours, 0.5), bench.quantile(theirs, 0.5)
    paid, other_paid = bench.quantile(spending, 0.5), bench.quantile(package, 0.5)
    return [
        Result("BG/NBD on CDNOW, 2,357 customers", round(quick, 5), "s", "lower", None, PACKAGE, round(slow, 5)),
        Result("log-likelihood on CDNOW", round(height, 4), "", "higher", -9582.43),
        Result("log-likelihood of lifetimes on CDNOW", round(beside, 4), "", "higher"),
        Result("Gamma-Gamma on CDNOW", round(paid, 5), "s", "lower", None, PACKAGE, round(other_paid, 5)),
    ]


def _height(parameters: Array, past: list[Array]) -> float:
    """The log-likelihood at given parameters, by our closed form."""
    return bg_nbd.log_likelihood(parameters, bg_nbd.group(*past))


def _many(customers: int) -> list[Result]:
    repeats, recency, age = made_up(customers)
    taken = bench.durations(lambda: bg_nbd.fit(bg_nbd.group(repeats, recency, age)), repeats=3)
    found = bg_nbd.fit(bg_nbd.group(repeats, recency, age))
    # Days are whole, the truth is continuous: a little is lost in the rounding
    if np.abs(np.log(found.parameters / np.array(list(TRUTH.values())))).max() > 0.1:
        raise AssertionError(f"The truth was not found again: {found.parameters}.")
    seconds = bench.quantile(taken, 0.5)
    return [
        Result("customers", customers, "customers", "higher"),
        Result("BG/NBD, grouping and fit, median", round(seconds, 3), "s", "lower", 3.0),
    ]


def made_up(size: int) -> tuple[Array, Array, Array]:
    """Customers who buy as the model says, seen for 30 to 730 whole days, the same every time."""
    draw = np.random.default_rng(SEED)
    rate = draw.gamma(TRUTH["r"], 1 / TRUTH["alpha"], size)
    leave, age = draw.beta(TRUTH["a"], TRUTH["b"], size), draw.integers(30, 730, size)
    repeats, last = np.zeros(size, np.int64), np.zeros(size)
    now, places = np.zeros(size), np.arange(size)
    while len(places):
        now[places] += draw.exponential(1 / np.maximum(rate[places], 1e-9))
        places = places[now[places] < age[places]]
        repeats[places] += 1
        last[places] = now[places]
        places = places[draw.random(len(places)) >= leave[places]]
    return repeats, np.ceil(last).astype(np.int64), age
