"""Figures under censoring and death: worked by hand, and equal to what loops over pairs and members say."""

from __future__ import annotations

import numpy as np
import pytest

from riskkit.errors import DataContractError
from riskkit.evaluation.follow_up import (
    compute_observed_incidence,
    make_followed_sample,
    weighted_censoring,
    weighted_incidence,
)
from riskkit.evaluation.survival import Controls, compute_survival_metrics


def draw(n: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Members with many ties among days and scores."""
    rng = np.random.default_rng(seed)
    return rng.choice([0, 1, 2], n, p=[0.5, 0.3, 0.2]), rng.integers(0, 30, n).astype(float), rng.integers(0, 9, n) / 10


def chance_of_staying(cause: np.ndarray, days: np.ndarray, until: float, *, before: bool) -> float:
    """Kaplan-Meier of leaving, one day at a time: events and deaths of a day come first."""
    chance = 1.0
    for day in np.unique(days):
        if day > until or (before and day == until):
            break
        at_risk = np.sum((days > day) | ((days == day) & (cause == 0)))
        gone = np.sum((days == day) & (cause == 0))
        chance *= 1 - gone / at_risk if at_risk else 1.0
    return chance


def weigh(cause: np.ndarray, days: np.ndarray, horizon: float) -> np.ndarray:
    out = np.zeros(len(days))
    for i, (code, day) in enumerate(zip(cause, days, strict=True)):
        if code and day < horizon:
            out[i] = 1 / chance_of_staying(cause, days, day, before=True)
        elif day >= horizon:
            out[i] = 1 / chance_of_staying(cause, days, horizon, before=True)
    return out


def pair_auroc(cause: np.ndarray, days: np.ndarray, score: np.ndarray, horizon: float, controls: Controls) -> float:
    weight, won, pairs = weigh(cause, days, horizon), 0.0, 0.0
    for i in range(len(days)):
        if not (cause[i] == 1 and days[i] < horizon):
            continue
        for j in range(len(days)):
            event = cause[j] == 1 and days[j] < horizon
            if event or (controls == "alive" and days[j] < horizon):
                continue
            mass = weight[i] * weight[j]
            pairs += mass
            won += mass * (1.0 if score[i] > score[j] else 0.5 if score[i] == score[j] else 0.0)
    return won / pairs


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("controls", ["event_free", "alive"])
def test_the_area_is_that_of_all_weighted_pairs(seed: int, controls: Controls) -> None:
    cause, days, score = draw(60, seed)
    table = compute_survival_metrics(cause, days, {"p": score}, horizon=20, controls=controls, n_bootstrap=0)
    found = table.set_index("metric")["value"]
    assert found["auroc"] == pytest.approx(pair_auroc(cause, days, score, 20, controls), abs=1e-12)
    weight = weigh(cause, days, 20)
    event = (cause == 1) & (days < 20)
    assert found["brier_score"] == pytest.approx(np.average((event - score) ** 2, weights=weight), abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_weights_are_those_of_a_loop_and_weigh_the_events_as_the_incidence_counts_them(seed: int) -> None:
    cause, days, _ = draw(80, seed)
    sample = make_followed_sample(cause, days)
    weight = weighted_censoring(sample, sample.weight[None, :], 20)[0]
    np.testing.assert_allclose(weight, weigh(cause, days, 20)[sample.order], atol=1e-12)
    # the two estimators are one: weighted events over all members (Satten and Datta 2001)
    event = (sample.cause == 1) & (sample.days < 20)
    assert (weight * event).sum() / 80 == pytest.approx(compute_observed_incidence(cause, days, 20), abs=1e-12)


def test_four_members_by_hand() -> None:
    # Horizon 10. a: event day 2 (score .9). b: leaves day 4. c: dies day 6 (.5). d: followed (.6).
    # G after day 4 is 1 - 1/3 (b, c, d are there): a weighs 1, c and d 1 / (2/3) = 1.5, b nothing.
    # Against all without the event a wins both pairs: 1. Brier: (.1^2 + 1.5 x .25 + 1.5 x .36) / 4 = .23125.
    # Incidence: 1/4. O/E: .25 / mean(.9, .1, .5, .6) = .25 / .525.
    cause, days, score = [1, 0, 2, 0], [2, 4, 6, 10], [0.9, 0.1, 0.5, 0.6]
    found = compute_survival_metrics(cause, days, {"p": score}, horizon=10, n_bootstrap=0).set_index("metric")["value"]
    assert found["auroc"] == 1.0
    assert found["brier_score"] == pytest.approx(0.23125)
    assert found["observed"] == pytest.approx(0.25)
    assert found["oe_ratio"] == pytest.approx(0.25 / 0.525)


def test_whole_weights_are_copies() -> None:
    cause, days, score = draw(40, 3)
    copies = np.random.default_rng(0).integers(1, 4, 40)
    once = compute_survival_metrics(cause, days, {"p": score}, horizon=20, weight=copies, n_bootstrap=0)
    twice = compute_survival_metrics(
        *(np.repeat(part, copies) for part in (cause, days)), {"p": np.repeat(score, copies)}, horizon=20, n_bootstrap=0
    )
    np.testing.assert_allclose(once["value"], twice["value"], atol=1e-12)


def test_differences_are_paired_and_the_first_prediction_leads() -> None:
    rng = np.random.default_rng(0)
    age = rng.normal(size=600)
    days = rng.exponential(10 * np.exp(-age))
    cause, followed = (days < 8).astype(int), np.minimum(days, 8)
    other = age + rng.normal(size=600)
    table = compute_survival_metrics(cause, followed, {"age": age, "noisy": other}, horizon=8, n_bootstrap=200)
    rows = table.set_index(["prediction", "metric"])
    gain = rows.loc[("noisy", "auroc_difference")]
    assert gain["value"] == pytest.approx(rows.loc[("age", "auroc"), "value"] - rows.loc[("noisy", "auroc"), "value"])
    assert 0 < gain["low"] < gain["value"] < gain["high"]
    # paired: narrower than the two intervals' widths would say together
    widths = [rows.loc[(name, "auroc")]["high"] - rows.loc[(name, "auroc")]["low"] for name in ("age", "noisy")]
    assert gain["high"] - gain["low"] < np.hypot(*widths)


def test_brier_scores_are_subtracted_pair_by_pair() -> None:
    # Four members followed to the end, one event: (.6^2 + 3 x .2^2) / 4 = .12 of the first, (.5^2 x 4) / 4 = .25 of the
    # other, and .12 - .25 = -.13; of the first itself there is no difference.
    predicted = {"model": [0.4, 0.2, 0.2, 0.2], "coin": [0.5] * 4}
    table = compute_survival_metrics([1, 0, 0, 0], [3, 10, 10, 10], predicted, horizon=10, n_bootstrap=0)
    found = table[table["metric"] == "brier_difference"].set_index("prediction")["value"]
    assert found.to_dict() == pytest.approx({"coin": -0.13})


def test_leaving_at_random_does_not_move_the_figures_beyond_chance() -> None:
    rng = np.random.default_rng(1)
    n = 20_000
    risk = rng.uniform(0.02, 0.4, n)
    event = np.where(rng.random(n) < risk, rng.uniform(0, 10, n), 99.0)
    death = np.where(rng.random(n) < 0.2, rng.uniform(0, 10, n), 99.0)
    first = np.minimum(event, death)
    cause = np.where(first < 10, np.where(event < death, 1, 2), 0)
    full = compute_survival_metrics(cause, np.minimum(first, 10), {"p": risk}, horizon=10, n_bootstrap=0)
    left = rng.uniform(0, 20, n)
    seen = compute_survival_metrics(
        np.where(left < first, 0, cause),
        np.minimum(np.minimum(first, left), 10),
        {"p": risk},
        horizon=10,
        n_bootstrap=0,
    )
    # standard errors of about .005 (area), .003 (incidence) with a third of the members gone
    tolerance = [0.015, 0.005, 0.009, 1e-9, 0.05]
    assert (np.abs(full["value"] - seen["value"]) < tolerance).all()


def test_nobody_followed_to_the_horizon_leaves_the_incidence_unknown() -> None:
    assert np.isnan(compute_observed_incidence([1, 0, 0], [1, 2, 3], 10))
    assert compute_observed_incidence([1, 1, 2], [1, 2, 3], 10) == pytest.approx(2 / 3)
    sample = make_followed_sample([1, 0, 0], [1, 2, 3])
    assert weighted_incidence(sample, np.ones((2, 3)), 2.5).tolist() == pytest.approx([1 / 3, 1 / 3])


@pytest.mark.parametrize(
    ("cause", "days", "said"), [([3], [1], "cause"), ([1], [-1], "negative"), ([1, 1], [1], "expected one each")]
)
def test_a_follow_up_that_cannot_be_is_refused(cause: list[int], days: list[float], said: str) -> None:
    with pytest.raises(DataContractError, match=said):
        compute_observed_incidence(cause, days, 10)
