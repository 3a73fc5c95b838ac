"""Two powers and a shift: as an optimiser finds them, weighted, and never against the ranking."""

from __future__ import annotations

import numpy as np
import pytest

from riskkit.risk.beta import compute_beta_margin, fit_powers


def make_rows(a: float, b: float, c: float, n_rows: int = 2000, seed: int = 0) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    p = rng.beta(1.5, 3.0, n_rows).clip(1e-6, 1 - 1e-6)
    q = 1 / (1 + np.exp(-(a * np.log(p) - b * np.log1p(-p) + c)))
    return p, (rng.random(n_rows) < q).astype(float), rng.uniform(0.2, 3.0, n_rows)


def minimise(p: np.ndarray, y: np.ndarray, w: np.ndarray) -> np.ndarray:
    """The weighted likelihood of a, b, c under a, b >= 0, by a general optimiser."""
    from scipy.optimize import minimize

    def loss(x: np.ndarray) -> float:
        margin = x[0] * np.log(p) - x[1] * np.log1p(-p) + x[2]
        return float((w * (np.logaddexp(0, margin) - y * margin)).sum() / w.sum())

    bounds = [(0, None), (0, None), (None, None)]
    return np.asarray(minimize(loss, [1, 1, 0], bounds=bounds, options={"ftol": 1e-15, "gtol": 1e-10}).x)


@pytest.mark.parametrize("truth", [(0.6, 1.7, 0.3), (2.0, 0.4, -0.5), (1.0, -0.8, 0.0), (-0.5, 1.5, 0.0)])
def test_powers_and_shift_are_those_of_a_general_optimiser(truth: tuple[float, float, float]) -> None:
    p, y, w = make_rows(*truth)
    (a, b), c = fit_powers(p, y, w)
    np.testing.assert_allclose([a, b, c], minimise(p, y, w), atol=2e-4)
    assert min(a, b) >= 0


def test_a_weight_of_two_is_two_rows() -> None:
    p, y, _ = make_rows(0.7, 1.2, 0.1, n_rows=400)
    twice = np.arange(400) < 150
    once = fit_powers(p, y, np.where(twice, 2.0, 1.0))
    again = fit_powers(np.append(p, p[twice]), np.append(y, y[twice]), np.ones(550))
    np.testing.assert_allclose([*once[0], once[1]], [*again[0], again[1]], rtol=1e-8)


def test_a_ranking_that_is_turned_round_is_shifted_and_not_followed() -> None:
    p, y, w = make_rows(-1.0, -1.0, 0.0)
    (a, b), shift = fit_powers(p, y, w)
    assert (a, b) == (1.0, 1.0)
    q = 1 / (1 + np.exp(-(compute_beta_margin(p, a, b) + shift)))
    np.testing.assert_allclose(w @ q, w @ y, rtol=1e-9)


def test_separated_rows_do_not_make_an_endless_power() -> None:
    powers, shift = fit_powers(np.array([0.1, 0.2, 0.8, 0.9]), np.array([0.0, 0.0, 1.0, 1.0]), np.ones(4))
    assert max(powers) <= 10
    assert np.isfinite(shift)
