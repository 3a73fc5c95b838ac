"""Calibrators recover a known distortion, within what sampling allows."""

from __future__ import annotations

import numpy as np

from riskkit.risk.recalibration import fit_calibrator

N = 40_000


def make_margin(seed: int) -> tuple[np.random.Generator, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng, rng.normal(-2.0, 1.0, N)


def test_sigmoid_recovers_intercept_and_slope() -> None:
    # standard errors from the information matrix of the true model, sum w q (1 - q) x x'
    rng, margin = make_margin(1)
    true = 1 / (1 + np.exp(-(0.4 + 0.7 * margin)))
    y = (rng.random(N) < true).astype(float)
    found = fit_calibrator(1 / (1 + np.exp(-margin)), y, kind="binary", methods=["sigmoid"])
    design = np.column_stack([np.ones(N), margin])
    se = np.sqrt(np.diag(np.linalg.inv(design.T @ ((true * (1 - true))[:, None] * design))))
    assert abs(found.intercept - 0.4) < 4 * se[0]
    assert abs(found.slope - 0.7) < 4 * se[1]


def test_an_intercept_recovers_a_shift_of_the_year() -> None:
    rng, margin = make_margin(2)
    true = 1 / (1 + np.exp(-(margin - 0.5)))
    y = (rng.random(N) < true).astype(float)
    found = fit_calibrator(1 / (1 + np.exp(-margin)), y, kind="binary", methods=["intercept"])
    assert abs(found.intercept + 0.5) < 4 / np.sqrt((true * (1 - true)).sum())


def test_isotonic_recovers_a_curve_that_no_line_follows() -> None:
    # the truth has a kink: flat below 0.2, steep above
    rng = np.random.default_rng(3)
    p = rng.beta(1.5, 4.0, N)
    true = np.where(p < 0.2, 0.1 + 0.05 * p, 0.11 + 1.05 * (p - 0.2))
    y = (rng.random(N) < true).astype(float)
    found = fit_calibrator(p, y, kind="binary", methods=["identity", "sigmoid", "isotonic"])
    assert found.method == "isotonic"
    # ten equal groups of 4,000: the mean of the map is the mean truth within 4 standard errors of an observed share
    for group in np.array_split(np.argsort(p), 10):
        se = np.sqrt(true[group].mean() * (1 - true[group].mean()) / len(group))
        assert abs(found.apply(p[group]).mean() - true[group].mean()) < 4 * se


def test_inverse_censoring_weights_recover_the_risk_that_dropping_members_hides() -> None:
    # members with events are seen always, others half of the time with weight 2: the weighted map is the true one
    rng, margin = make_margin(4)
    p = 1 / (1 + np.exp(-margin))
    y = (rng.random(N) < p).astype(float)
    weight = np.where(y == 1, 1.0, np.where(rng.random(N) < 0.5, 2.0, 0.0))
    found = fit_calibrator(p, y, weight, kind="binary", methods=["sigmoid"])
    # twice the information-matrix error of the full sample is generous for half of the non-events
    design = np.column_stack([np.ones(N), margin])
    se = 2 * np.sqrt(np.diag(np.linalg.inv(design.T @ ((p * (1 - p))[:, None] * design))))
    assert abs(found.intercept) < 4 * se[0]
    assert abs(found.slope - 1.0) < 4 * se[1]


def test_loglinear_recovers_level_and_elasticity_of_cost() -> None:
    # y has mean 3 f^0.8 and coefficient of variation 1: sandwich errors of the quasi-Poisson equations
    rng = np.random.default_rng(5)
    f = rng.lognormal(8.0, 0.7, N)
    mean = 3 * f**0.8
    y = mean * rng.exponential(1.0, N)
    found = fit_calibrator(f, y, kind="cost", methods=["loglinear"])
    design = np.column_stack([np.ones(N), np.log(f)])
    bread = np.linalg.inv(design.T @ (mean[:, None] * design))
    se = np.sqrt(np.diag(bread @ (design.T @ ((mean**2)[:, None] * design)) @ bread))
    assert abs(found.slope - 0.8) < 4 * se[1]
    assert abs(found.intercept - np.log(3.0)) < 4 * se[0]


def test_a_calibrated_booster_is_calibrated_on_members_it_never_saw() -> None:
    # a booster that says the square of the odds is mended; O/E on fresh members within 4 standard errors of 1
    rng, margin = make_margin(6)
    said = 1 / (1 + np.exp(-2 * margin))
    y = (rng.random(N) < 1 / (1 + np.exp(-margin))).astype(float)
    half = N // 2
    found = fit_calibrator(said[:half], y[:half], kind="binary", methods=["identity", "sigmoid", "isotonic"])
    expected = found.apply(said[half:])
    # both the calibration half and the fresh half vary
    se = np.sqrt(2 * (expected * (1 - expected)).sum()) / expected.sum()
    assert found.method != "identity"
    assert abs(y[half:].sum() / expected.sum() - 1) < 4 * se
