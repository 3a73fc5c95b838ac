"""Stability is a rank correlation over the features in use, and the overlap of the three strongest."""

from __future__ import annotations

import numpy as np
import pytest

from riskkit.errors import DataContractError
from riskkit.explain.stability import compute_stability


def test_equal_rankings_are_wholly_stable() -> None:
    found = compute_stability(np.array([4.0, 3.0, 2.0, 0.0]), [np.array([8.0, 6.0, 1.0, 0.0])])
    assert found == {
        "fits": 1,
        "spearman": {"mean": pytest.approx(1.0), "lowest": pytest.approx(1.0)},
        "top3_overlap": {"mean": 1.0, "lowest": 1.0},
    }


def test_features_that_no_fit_uses_do_not_count() -> None:
    # Without the zeros 1 and 2 change places: Spearman is -1. With them it would be 1 - 6 * 2 / (5 * 24) = .9.
    found = compute_stability(np.array([2.0, 1.0, 0.0, 0.0, 0.0]), [np.array([1.0, 2.0, 0.0, 0.0, 0.0])])
    assert found["spearman"]["mean"] == pytest.approx(-1.0)


def test_ties_have_their_mean_rank() -> None:
    # Ranks 1, 2.5, 2.5, 4 and 1, 2, 3, 4: covariance 4.5 over sqrt(4.5 * 5) = .948683.
    found = compute_stability(np.array([1.0, 2.0, 2.0, 3.0]), [np.array([1.0, 2.0, 3.0, 4.0])])
    assert found["spearman"]["mean"] == pytest.approx(4.5 / np.sqrt(22.5))


def test_mean_and_lowest_are_over_the_other_fits() -> None:
    base = np.array([4.0, 3.0, 2.0, 1.0])
    found = compute_stability(base, [base, np.array([4.0, 3.0, 1.0, 2.0])])
    assert found["spearman"] == {"mean": pytest.approx(0.9), "lowest": pytest.approx(0.8)}
    assert found["top3_overlap"] == {"mean": pytest.approx(5 / 6), "lowest": pytest.approx(2 / 3)}


def test_one_feature_alone_is_stable_where_both_use_it() -> None:
    assert compute_stability(np.array([1.0]), [np.array([2.0])])["spearman"]["mean"] == 1.0


def test_fits_that_use_no_feature_have_no_figure_rather_than_a_number_that_json_lacks() -> None:
    nothing = np.zeros(3)
    found = compute_stability(nothing, [nothing, nothing])
    assert found == {
        "fits": 2,
        "spearman": {"mean": None, "lowest": None},
        "top3_overlap": {"mean": None, "lowest": None},
    }
    # Of two other fits one has something to compare: nothing against features in order is no agreement.
    assert compute_stability(nothing, [nothing, np.array([3.0, 2.0, 1.0])])["spearman"] == {"mean": 0.0, "lowest": 0.0}


def test_other_features_or_no_fit_are_refused() -> None:
    with pytest.raises(DataContractError, match="0 other fits"):
        compute_stability(np.ones(3), [])
    with pytest.raises(DataContractError, match="of the same 3 features"):
        compute_stability(np.ones(3), [np.ones(2)])
