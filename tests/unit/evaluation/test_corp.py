"""The isotonic reliability curve, its band, and the parts of a score."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.isotonic import IsotonicRegression

from riskkit.evaluation.corp import compute_corp, compute_score_parts

RNG = np.random.default_rng(3)
P = RNG.beta(1, 6, 4000)
Y = (RNG.random(4000) < P).astype(float)
W = RNG.uniform(0.5, 2, 4000)


def test_the_curve_is_the_weighted_isotonic_regression() -> None:
    table = compute_corp(Y, P, W, n_bootstrap=0)
    oracle = IsotonicRegression().fit(P, Y, sample_weight=W)
    np.testing.assert_allclose(table["observed"], oracle.predict(table["predicted"]), atol=1e-12)
    assert len(table) <= 200
    assert table["weight"].sum() == pytest.approx(W.sum())


def test_equal_predictions_share_one_point() -> None:
    # .2 holds outcomes 0 and 1, mean .5; .6 holds 1
    table = compute_corp([0, 1, 1], [0.2, 0.2, 0.6], n_bootstrap=0)
    assert table[["predicted", "observed"]].to_numpy().tolist() == [[0.2, 0.5], [0.6, 1.0]]


def test_the_band_of_a_calibrated_model_holds_the_diagonal() -> None:
    table = compute_corp(Y, P, n_bootstrap=100)
    inside = (table["low"] <= table["predicted"]) & (table["predicted"] <= table["high"])
    assert inside.mean() > 0.8
    assert (table["low"] <= table["high"]).all()


def test_a_biased_model_leaves_the_band() -> None:
    table = compute_corp(Y, np.clip(2 * P, 0, 1), n_bootstrap=100)
    upper = table[table["predicted"].between(0.3, 0.8)]
    assert (upper["high"] < upper["predicted"]).mean() > 0.8


def test_parts_of_four_scores_by_hand() -> None:
    # Squared errors 1, 1, 0, 1: .75. Pooled curve 0, .5, .5, 1: (0 + .25 + .25 + 0) / 4 = .125. Mean .5: .25.
    # Predictions outside [0, 1] are amounts.
    parts = compute_score_parts([0, 0, 1, 1], [-1, 1, 1, 2], kind="cost").iloc[0]
    assert parts.to_dict() == {"miscalibration": 0.625, "discrimination": 0.125, "uncertainty": 0.25, "score": 0.75}


@pytest.mark.parametrize("score", ["squared_error", "log_loss"])
def test_parts_sum_to_the_score_and_none_is_negative(score: str) -> None:
    parts = compute_score_parts(Y, P, W, score=score).iloc[0]
    total = parts["miscalibration"] - parts["discrimination"] + parts["uncertainty"]
    assert total == pytest.approx(parts["score"], abs=1e-12)
    assert (parts >= 0).all()


def test_parts_equal_those_of_model_diagnostics() -> None:
    reason = "model-diagnostics (the extra 'report') is not installed"
    scoring = pytest.importorskip("model_diagnostics.scoring", reason=reason)
    theirs = scoring.decompose(y_obs=Y, y_pred=P, weights=W, scoring_function=scoring.SquaredError())
    ours = compute_score_parts(Y, P, W).iloc[0]
    for name in ("miscalibration", "discrimination", "uncertainty", "score"):
        assert ours[name] == pytest.approx(theirs[name][0], abs=1e-9)
