"""The closed test errs as often as it says, and finds what it says that it finds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from riskkit.risk.beta import fit_powers
from riskkit.risk.line import solve_shift
from riskkit.risk.updating import Update, choose_update

YEARS = 200


def draw_year(kind: Any, shift: float, seed: int) -> Update:
    """One year of 3,000 members, two rows each of the same frailty, under weights."""
    rng = np.random.default_rng(seed)
    persons = np.repeat(np.arange(3000), 2)
    margin = np.repeat(rng.normal(-1.5, 1.0, 3000), 2)
    weight = rng.uniform(0.5, 2.0, 6000)
    if kind == "binary":
        p, q = 1 / (1 + np.exp(-margin)), 1 / (1 + np.exp(-margin - shift))
        y = (np.repeat(rng.random(3000), 2) < q).astype(float)
    else:
        p = np.exp(8 + margin)
        y = p * np.exp(shift) * np.repeat(rng.gamma(0.5, 2.0, 3000), 2)
    return choose_update(p, y, weight, persons, kind=kind, significance=0.05)


@pytest.mark.parametrize("kind", ["binary", "cost"])
def test_a_map_that_holds_is_changed_in_about_one_year_of_twenty(kind: str) -> None:
    # 5%, give or take 4 standard errors of a share of 200: 4 sqrt(.05 * .95 / 200) = .062
    changed = sum(draw_year(kind, 0.0, seed).choice != "keep" for seed in range(YEARS))
    assert changed / YEARS < 0.05 + 0.062


def draw_few(events: int, seed: int) -> Update:
    """One year of 4,000 members, one row each under weights, in which so many events are expected."""
    rng = np.random.default_rng(seed)
    margin = rng.normal(0.0, 1.0, 4000)
    margin += solve_shift(margin, np.full(4000, events / 4000), np.ones(4000), kind="binary")
    p = 1 / (1 + np.exp(-margin))
    y = (rng.random(4000) < p).astype(float)
    return choose_update(p, y, rng.uniform(0.5, 2.0, 4000), np.arange(4000), kind="binary", significance=0.05)


@pytest.mark.parametrize("events", [20, 150, 300])
def test_a_map_that_holds_is_seldom_changed_on_few_events(events: int) -> None:
    # From 200 on a full curve is asked for.
    # 8%, less than two standard errors of a share of 800 above 6.5%: 2 sqrt(.065 * .935 / 800) = .017
    changed = sum(draw_few(events, seed).choice != "keep" for seed in range(800))
    assert changed / 800 <= 0.08


def draw_censored(events: int, seed: int, share: float) -> Update:
    """One year of 6,000 members of whom a share leaves at a uniform day, with weights against that."""
    rng = np.random.default_rng(seed)
    margin = rng.normal(0.0, 1.0, 6000)
    margin += solve_shift(margin, np.full(6000, events / 6000), np.ones(6000), kind="binary")
    p = 1 / (1 + np.exp(-margin))
    has, event_at, left_at = rng.random(6000) < p, rng.random(6000), rng.random(6000)
    leaves = rng.random(6000) < share
    end = np.where(has, event_at, 1.0)
    seen = ~leaves | (left_at >= end)
    weight = 1 / (1 - share * end)
    return choose_update(
        p[seen], has[seen].astype(float), weight[seen], np.arange(seen.sum()), kind="binary", significance=0.05
    )


def test_weights_against_censoring_leave_the_level_as_it_is() -> None:
    # 5%, give or take 4 standard errors of a share of 500: 4 sqrt(.05 * .95 / 500) = .039
    changed = sum(draw_censored(600, seed, 0.6).choice != "keep" for seed in range(500))
    assert abs(changed / 500 - 0.05) < 0.039


def test_the_power_is_what_the_update_says() -> None:
    # a shift of the size that years call detectable on average is found in 80% of years: 4 sqrt(.8 * .2 / 200) = .113
    shift = float(np.mean([draw_year("cost", 0.0, seed).detectable for seed in range(1000, 1010)]))
    found = sum(draw_year("cost", shift, seed).choice != "keep" for seed in range(YEARS))
    assert abs(found / YEARS - 0.8) < 0.113


def test_beta_recovers_both_powers() -> None:
    rng = np.random.default_rng(0)
    p = rng.beta(1.5, 3.0, 40_000)
    terms = np.column_stack([np.log(p), -np.log1p(-p), np.ones_like(p)])
    q = 1 / (1 + np.exp(-terms @ [0.6, 1.6, 0.2]))
    (a, b), c = fit_powers(p, (rng.random(40_000) < q).astype(float), np.ones(40_000))
    # standard errors from the information matrix of the truth
    se = np.sqrt(np.diag(np.linalg.inv(terms.T @ ((q * (1 - q))[:, None] * terms))))
    assert (np.abs(np.array([a, b, c]) - [0.6, 1.6, 0.2]) < 4 * se).all()
