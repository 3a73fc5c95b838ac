"""Venn-Abers is two isotonic fits with the member added; here they are fitted again, slowly, for every score."""

from __future__ import annotations

import numpy as np
import pytest

from riskkit.risk.calibrator import Calibrator
from riskkit.risk.recalibration import fit_calibrator
from riskkit.risk.venn_abers import MOST_SCORES, compute_venn_abers, fit_interval_knots


def fit_again(p: np.ndarray, y: np.ndarray, w: np.ndarray, score: float, event: int) -> float:
    """The isotonic fit at a score after one more row there: scikit-learn's, from nothing, for this score alone."""
    from sklearn.isotonic import IsotonicRegression

    fitted = IsotonicRegression().fit(np.append(p, score), np.append(y, event), sample_weight=np.append(w, 1.0))
    return float(fitted.predict([score])[0])


def make_rows(n_rows: int, decimals: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    p = np.round(rng.beta(1.0, 4.0, n_rows), decimals).clip(0.001, 0.999)
    return p, (rng.random(n_rows) < p).astype(float)


@pytest.mark.parametrize(("n_rows", "decimals"), [(40, 1), (120, 2), (150, 6)])
def test_both_probabilities_are_those_of_refitting_with_the_member_added(n_rows: int, decimals: int) -> None:
    p, y = make_rows(n_rows, decimals)
    found = compute_venn_abers(p, y, np.ones(n_rows))
    np.testing.assert_array_equal(found.score, np.unique(p))
    for event, bound in ((0, found.low), (1, found.high)):
        slow = [fit_again(p, y, np.ones(n_rows), score, event) for score in found.score]
        np.testing.assert_allclose(bound, slow, atol=1e-12)


def test_weights_enter_as_effective_rows() -> None:
    p, y = make_rows(80, 2, seed=1)
    w = np.random.default_rng(2).uniform(0.5, 3.0, 80)
    found = compute_venn_abers(p, y, w)
    effective = w * w.sum() / (w**2).sum()  # sums to (sum w)^2 / sum w^2
    slow = [fit_again(p, y, effective, score, 1) for score in found.score]
    np.testing.assert_allclose(found.high, slow, atol=1e-12)
    np.testing.assert_allclose(compute_venn_abers(p, y, 7 * w).merged, found.merged, rtol=1e-9)


def test_what_is_made_of_both_lies_between_them_and_never_falls() -> None:
    found = compute_venn_abers(*make_rows(500, 6), np.ones(500))
    assert ((found.low < found.merged) & (found.merged < found.high)).all()
    np.testing.assert_allclose(found.merged, found.high / (1 - found.low + found.high))
    for values in (found.low, found.high, found.merged):
        assert (np.diff(values) >= 0).all()


def test_the_map_rises_strictly_on_a_grid_of_500_points() -> None:
    p, y = make_rows(2000, 6)
    x, value, low, high = (tuple(knot) for knot in fit_interval_knots(p, y, np.ones(2000)))
    calibrator = Calibrator("binary", "venn_abers", x=x, y=value, low=low, high=high)
    assert (np.diff(calibrator.apply(np.linspace(0.001, 0.999, 500))) > 0).all()


def test_more_members_make_a_narrower_interval() -> None:
    widths = []
    for n_rows in (200, 20_000):
        p, y = make_rows(n_rows, 6)
        low, high = fit_calibrator(p, y, kind="binary", methods=["venn_abers"], events_for_isotonic=1).compute_interval(
            p
        )
        widths.append(float(np.median(high - low)))
    assert widths[1] < widths[0] / 4


def test_very_many_scores_are_joined_and_lose_no_row() -> None:
    n_rows = 3 * MOST_SCORES
    p, y = make_rows(n_rows, 12)
    found = compute_venn_abers(p, y, np.ones(n_rows))
    assert len(found.score) <= MOST_SCORES
    np.testing.assert_allclose(found.mass.sum(), n_rows)
