"""Paired differences: the noise that two models share is not counted against either."""

from __future__ import annotations

import numpy as np

from riskkit.evaluation.comparison import compute_comparison
from riskkit.evaluation.metrics import compute_metrics

RNG = np.random.default_rng(5)
N = 3000
TRUE = RNG.beta(1, 6, N)
EVENT = (RNG.random(N) < TRUE).astype(float)
PERSON = RNG.integers(0, 1500, N)


def _row(differences, comparator: str, metric: str):
    chosen = differences[(differences["comparator"] == comparator) & (differences["metric"] == metric)]
    return chosen.iloc[0]


def test_metrics_are_those_of_each_prediction_alone() -> None:
    blurred = np.clip(TRUE + RNG.normal(0, 0.02, N), 0, 1)
    options = {"kind": "binary", "n_bootstrap": 30, "seed": 1}
    found = compute_comparison(EVENT, {"predicted": TRUE, "blurred": blurred}, None, PERSON, **options)
    for name, values in (("predicted", TRUE), ("blurred", blurred)):
        alone = compute_metrics(EVENT, values, None, PERSON, **options)
        np.testing.assert_allclose(found.metrics[name]["low"], alone["low"], rtol=1e-12)


def test_a_model_against_itself_differs_by_exactly_nothing() -> None:
    found = compute_comparison(EVENT, {"predicted": TRUE, "twin": TRUE}, kind="binary", n_bootstrap=30).differences
    assert (found[["value", "low", "high"]] == 0).all(axis=None)
    assert set(found["better"]) == {"neither"}


def test_a_small_gain_is_seen_paired_where_the_intervals_overlap() -> None:
    blurred = np.clip(TRUE * np.exp(RNG.normal(0, 0.6, N)), 0, 1)
    found = compute_comparison(EVENT, {"predicted": TRUE, "blurred": blurred}, kind="binary", n_bootstrap=200)
    row = _row(found.differences, "blurred", "auroc")
    own = found.metrics["predicted"].set_index("metric").loc["auroc"]
    other = found.metrics["blurred"].set_index("metric").loc["auroc"]
    assert own["low"] < other["high"]  # apart, the two intervals overlap
    assert row["low"] > 0
    assert row["better"] == "model"


def test_lower_is_better_for_errors() -> None:
    cost = RNG.gamma(2.0, 500.0, N)
    found = compute_comparison(cost, {"predicted": np.full(N, 3000.0), "near": cost + 1}, kind="cost", n_bootstrap=50)
    assert _row(found.differences, "near", "mae")["value"] > 0
    assert _row(found.differences, "near", "mae")["better"] == "comparator"
    assert _row(found.differences, "near", "r2")["better"] == "comparator"


def test_figures_without_a_better_side_are_not_subtracted() -> None:
    found = compute_comparison(EVENT, {"predicted": TRUE, "twin": TRUE}, kind="binary", n_bootstrap=0).differences
    assert set(found["metric"]) == {"auroc", "average_precision", "brier_score", "log_loss"}
    assert compute_comparison(EVENT, {"predicted": TRUE}, kind="binary", n_bootstrap=0).differences.empty
