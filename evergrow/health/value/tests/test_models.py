"""The models of value against published parameters, another implementation, and slow plain computations."""

import math
import random
import warnings

import numpy as np
import pytest

from evergrow.health.value import bg_nbd, gamma_gamma, purchases, simple
from evergrow.health.value.months import DAYS_PER_MONTH, months_to_come
from evergrow.lib.shares import Z95
from evergrow.lib.survival import curve

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def cdnow():
    """2,357 customers of CDNOW, 39 weeks, times in weeks."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from lifetimes.datasets import load_cdnow_summary_data_with_monetary_value

        return load_cdnow_summary_data_with_monetary_value()


def columns(cdnow):
    return tuple(cdnow[name].to_numpy().copy() for name in ("frequency", "recency", "T"))


def test_bg_nbd_finds_the_published_parameters_of_cdnow(cdnow):
    """Fader, Hardie and Lee (2005), table 1: r 0.243, α 4.414, a 0.793, b 2.426, log-likelihood -9582.4."""
    found = bg_nbd.fit(bg_nbd.group(*columns(cdnow)))
    assert found.parameters == pytest.approx([0.243, 4.414, 0.793, 2.426], abs=5e-4)
    assert found.log_likelihood == pytest.approx(-9582.4, abs=0.05)
    assert found.is_inside
    assert found.covariance is not None


def test_gamma_gamma_finds_the_published_parameters_of_cdnow(cdnow):
    """Fader and Hardie's note: p 6.25, q 3.74, v 15.44; mean spend about 35.2."""
    found = gamma_gamma.fit(cdnow["frequency"].to_numpy(), cdnow["monetary_value"].to_numpy())
    assert found.parameters == pytest.approx([6.25, 3.74, 15.44], abs=0.011)
    assert found.mean == pytest.approx(35.2, abs=0.05)


def test_the_unit_of_time_and_of_money_does_not_matter(cdnow):
    repeats, recency, age = columns(cdnow)
    weeks = bg_nbd.fit(bg_nbd.group(repeats, recency, age))
    days = bg_nbd.fit(bg_nbd.group(repeats, recency * 7, age * 7))
    assert days.alpha == pytest.approx(weeks.alpha * 7, rel=1e-5)
    assert days.log_likelihood == pytest.approx(weeks.log_likelihood - repeats.sum() * math.log(7), abs=1e-3)
    money = cdnow["monetary_value"].to_numpy()
    assert gamma_gamma.fit(repeats, money * 100).v == pytest.approx(100 * gamma_gamma.fit(repeats, money).v, rel=1e-5)


def test_expectations_are_those_of_another_implementation(cdnow):
    from lifetimes import BetaGeoFitter, GammaGammaFitter

    repeats, recency, age = columns(cdnow)
    found, other = bg_nbd.fit(bg_nbd.group(repeats, recency, age)), BetaGeoFitter()
    other.params_ = dict(zip(("r", "alpha", "a", "b"), found.parameters, strict=True))
    alive = other.conditional_probability_alive(repeats, recency, age)
    assert found.alive(repeats, recency, age) == pytest.approx(alive, rel=1e-9)
    ahead = other.conditional_expected_number_of_purchases_up_to_time(39, repeats, recency, age)
    assert found.expected(repeats, recency, age, 39) == pytest.approx(np.asarray(ahead), rel=1e-9)
    assert found.expected(repeats, recency, age, 39).sum() == pytest.approx(1653.4, abs=0.1)
    assert found.expected_of_new(39) == pytest.approx(1.19501, abs=1e-4)
    spend, again = GammaGammaFitter(), repeats > 0
    mine = gamma_gamma.fit(repeats, cdnow["monetary_value"].to_numpy())
    spend.params_ = dict(zip(("p", "q", "v"), mine.parameters, strict=True))
    theirs = spend.conditional_expected_average_profit(repeats[again], cdnow["monetary_value"].to_numpy()[again])
    assert mine.spend(repeats, cdnow["monetary_value"].to_numpy())[again] == pytest.approx(theirs, rel=1e-9)
    assert mine.spend(np.zeros(1), np.zeros(1))[0] == pytest.approx(mine.mean)


def plain_log_likelihood(parameters, pasts):
    """As the paper writes it, customer by customer."""
    r, alpha, a, b = parameters
    total = 0.0
    for x, recency, age in pasts:
        first = math.lgamma(r + x) - math.lgamma(r) + r * math.log(alpha)
        second = math.lgamma(a + b) + math.lgamma(b + x) - math.lgamma(b) - math.lgamma(a + b + x)
        third = (alpha + age) ** -(r + x)
        fourth = a / (b + x - 1) * (alpha + recency) ** -(r + x) if x else 0.0
        total += first + second + math.log(third + fourth)
    return total


def test_the_likelihood_of_groups_is_that_of_customers_one_by_one_and_its_derivatives_hold():
    draw = random.Random(7)
    pasts = []
    for _ in range(400):
        age, x = draw.randint(0, 60), draw.choice([0, 0, 0, 1, 1, 2, 3, 9])
        x = min(x, age)
        pasts.append((x, draw.randint(x, age) if x else 0, age))
    groups = bg_nbd.group(*(np.array(column) for column in zip(*pasts, strict=True)))
    assert groups.count.sum() == 400
    assert len(groups.count) < 400
    likelihood = bg_nbd._Likelihood(groups, 1.0)
    for _ in range(20):
        at = np.exp([draw.uniform(-1.5, 2) for _ in range(4)])
        height, slope, bend = likelihood(at)
        assert height == pytest.approx(plain_log_likelihood(at, pasts), rel=1e-9)
        for number in range(4):
            step = np.zeros(4)
            step[number] = 1e-5 * at[number]
            up, down = likelihood(at + step), likelihood(at - step)
            assert slope[number] == pytest.approx((up[0] - down[0]) / (2 * step[number]), rel=1e-4, abs=1e-3)
            assert bend[number] == pytest.approx((up[1] - down[1]) / (2 * step[number]), rel=1e-4, abs=1e-3)


def test_the_truth_lies_in_the_interval_of_made_up_customers():
    """Parameters are found again within three standard errors of their logarithms."""
    draw = np.random.default_rng(11)
    truth, size = np.array([0.6, 20.0, 0.8, 2.5]), 20_000
    rate, leave = draw.gamma(truth[0], 1 / truth[1], size), draw.beta(truth[2], truth[3], size)
    age = draw.integers(30, 720, size)
    x, last, now, here = np.zeros(size, int), np.zeros(size), np.zeros(size), np.ones(size, bool)
    while here.any():
        now = now + draw.exponential(1 / np.maximum(rate, 1e-9))
        here &= now < age
        x += here
        last = np.where(here, now, last)
        here &= draw.random(size) >= leave
    found = bg_nbd.fit(bg_nbd.group(x, last, age))
    errors = np.sqrt(np.diag(found.covariance))
    assert np.all(np.abs(np.log(found.parameters / truth)) < 3 * errors)


def test_where_nobody_is_ever_lost_the_parameters_are_said_to_be_unbounded():
    draw = np.random.default_rng(2)
    repeats = draw.poisson(draw.gamma(2, 1, 500))
    found = bg_nbd.fit(bg_nbd.group(repeats, np.where(repeats > 0, 99, 0), np.full(500, 100)))
    assert found.covariance is None
    with pytest.raises(ValueError, match="bought again"):
        bg_nbd.fit(bg_nbd.group(np.zeros(3), np.zeros(3), np.ones(3)))


def test_simple_forms_give_the_worked_values_and_refuse_no_churn():
    assert simple.simple(100, 0.8, 0.02) == pytest.approx(4000)
    assert simple.with_growth(100, 0, 0.02, 0.01) == pytest.approx(3355.70, abs=0.005)
    assert simple.with_growth(100, 2, 0.02, 0.01) == pytest.approx(5540.74, abs=0.005)
    series = sum((100 + 2 * k) * (0.98 * 0.99) ** k for k in range(5000))
    assert simple.with_growth(100, 2, 0.02, 0.01) == pytest.approx(series)
    for churn in (0, -0.01):
        with pytest.raises(simple.NoChurn):
            simple.simple(100, 0.8, churn)
    with pytest.raises(simple.NoChurn):
        simple.with_growth(100, 0, 0, 0)


def plain_survival(tenure, ended, day):
    """Kaplan–Meier at a day, and Greenwood's sum, as textbooks write it."""
    stays, spread = 1.0, 0.0
    for time in sorted({t for t, e in zip(tenure, ended, strict=True) if e and t <= day}):
        n = sum(t >= time for t in tenure)
        d = sum(t == time and e for t, e in zip(tenure, ended, strict=True))
        stays *= 1 - d / n
        spread += d / (n * (n - d)) if n > d else math.inf
    return stays, spread


def test_survival_and_months_to_come_agree_with_a_plain_computation():
    draw = random.Random(5)
    tenure = [draw.randint(1, 700) for _ in range(150)]
    ended = [draw.random() < 0.6 for _ in tenure]
    found = curve(zip(tenure, ended, strict=True))
    for day in (0, 1, 90, 365, 600):
        stays, spread = (float(part[0]) for part in found.at(np.array([float(day)])))
        assert (stays, spread) == pytest.approx(plain_survival(tenure, ended, day))
    ahead = months_to_come(found, np.array([100.0, 690.0]), 12, 0.1)
    now = plain_survival(tenure, ended, 100)
    terms = []
    for k in range(1, 13):
        at = plain_survival(tenure, ended, 100 + k * DAYS_PER_MONTH)
        terms.append((at[0] / now[0] / 1.1 ** (k / 12), at[1] - now[1]))
    variance = sum(a * b * min(v, w) for a, v in terms for b, w in terms)
    assert ahead.worth[0] == pytest.approx(sum(term for term, _ in terms))
    assert ahead.worth[0] - ahead.low[0] == pytest.approx(Z95 * math.sqrt(variance))
    assert (ahead.ahead[0], ahead.ahead[1]) == (12, 0)
    assert ahead.worth[1] == 0


def test_several_purchases_of_a_day_are_one_and_the_first_does_not_count():
    past = purchases.history(
        np.array([7, 3, 7, 7, 7]), np.array([100, 90, 100, 110, 130]), np.array([5.0, 9.0, 5.0, 20.0, 40.0]), 150
    )
    assert past.customer.tolist() == [3, 7]
    assert past.repeats.tolist() == [0, 2]
    assert past.recency.tolist() == [0, 30]
    assert past.age.tolist() == [60, 50]
    assert past.mean.tolist() == [9, 30]


def test_worth_is_the_discounted_sum_of_months_and_lies_in_its_interval(cdnow):
    repeats, recency, age = (
        np.rint(column * 7).astype(int) if place else column.astype(int) for place, column in enumerate(columns(cdnow))
    )
    past = purchases.History(np.arange(len(age)), repeats, recency, age, cdnow["monetary_value"].to_numpy())
    buying, spending = purchases.fit(past)
    found = purchases.worth(past, buying, spending, margin=0.3, horizon=6, discount=0.1)
    one = slice(0, 1)
    until = [float(buying.expected(repeats[one], recency[one], age[one], k * DAYS_PER_MONTH)[0]) for k in range(7)]
    months = sum((until[k] - until[k - 1]) / 1.1 ** (k / 12) for k in range(1, 7))
    assert found.value[0] == pytest.approx(0.3 * months * float(found.spend[0]))
    assert np.all((found.low < found.value) & (found.value < found.high))


def test_too_few_customers_are_refused_with_their_numbers():
    past = purchases.History(*(np.arange(10) for _ in range(4)), np.ones(10))
    with pytest.raises(purchases.TooFew) as refused:
        purchases.fit(past)
    assert (refused.value.customers, refused.value.repeaters) == (10, 9)
