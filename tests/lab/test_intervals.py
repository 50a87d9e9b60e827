"""Confidence intervals, against SciPy's."""

from __future__ import annotations

import math

import pytest
from scipy import stats

from jupyter_ollama.lab.intervals import mean_interval, rate_interval, t_quantile


@pytest.mark.parametrize(("successes", "trials"), [(0, 1), (1, 1), (0, 10), (3, 10), (10, 10), (57, 200), (999, 1000)])
@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.999])
def test_rates(successes: int, trials: int, confidence: float) -> None:
    expected = stats.binomtest(successes, trials).proportion_ci(confidence, method="wilson")
    assert rate_interval(successes, trials, confidence) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_without_trials_a_rate_may_be_anything() -> None:
    assert rate_interval(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize("freedom", [1, 2, 3, 10, 19, 200, 5000])
@pytest.mark.parametrize("probability", [0.5, 0.75, 0.975, 0.9995])
def test_quantiles_of_t(freedom: int, probability: float) -> None:
    assert t_quantile(probability, freedom) == pytest.approx(stats.t.ppf(probability, freedom), rel=1e-9, abs=1e-12)


def test_means() -> None:
    values = [1.0, 2.5, 2.5, 3.0, 9.0]
    expected = stats.t.interval(0.95, len(values) - 1, loc=sum(values) / len(values), scale=stats.sem(values))
    assert mean_interval(values) == pytest.approx(expected)
    assert mean_interval([4.0]) == (-math.inf, math.inf)
