"""The main door returns the named metrics with intervals, whatever the order of the rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from riskkit.evaluation.metrics import compute_metrics


def _draw(seed: int = 0, n: int = 300) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    p = rng.uniform(0.05, 0.8, n)
    return pd.DataFrame({"y": rng.random(n) < p, "p": p, "w": rng.uniform(0.5, 1, n), "id": rng.integers(0, 200, n)})


def test_the_metric_names_are_the_agreed_ones() -> None:
    rows = _draw()
    binary = compute_metrics(rows["y"], rows["p"], rows["w"], rows["id"], kind="binary", n_bootstrap=5)
    cost = compute_metrics(rows["y"], rows["p"], rows["w"], rows["id"], kind="cost", n_bootstrap=5)
    assert binary["metric"].tolist() == [
        "auroc",
        "average_precision",
        "brier_score",
        "brier_skill",
        "oe_ratio",
        "calibration_slope",
        "calibration_intercept",
        "ici",
        "log_loss",
    ]
    assert cost["metric"].tolist() == [
        "r2",
        "mae",
        "cpm",
        "oe_ratio",
        "calibration_slope",
        "gini",
        "predictive_ratio",
        "balance",
    ]
    assert list(binary) == ["metric", "value", "low", "high"]


@pytest.mark.parametrize("kind", ["binary", "cost"])
def test_row_order_never_matters(kind) -> None:
    rows = _draw()
    tables = [
        compute_metrics(part["y"], part["p"], part["w"], part["id"], kind=kind, n_bootstrap=20, seed=4)
        for part in (rows, rows.sample(frac=1, random_state=1))
    ]
    pd.testing.assert_frame_equal(*tables, rtol=1e-9)


def test_the_same_seed_gives_the_same_interval_and_another_does_not() -> None:
    rows = _draw()
    first, again, other = (
        compute_metrics(rows["y"], rows["p"], kind="binary", n_bootstrap=20, seed=seed) for seed in (1, 1, 2)
    )
    pd.testing.assert_frame_equal(first, again)
    assert not first["low"].equals(other["low"])


def test_inputs_are_left_as_they_were() -> None:
    rows = _draw()
    before = rows.copy()
    compute_metrics(rows["y"], rows["p"], rows["w"], rows["id"], kind="binary", n_bootstrap=3)
    pd.testing.assert_frame_equal(rows, before)


def test_a_sample_without_events_yields_missing_metrics_and_no_error() -> None:
    table = compute_metrics(np.zeros(20), np.linspace(0.1, 0.3, 20), kind="binary", n_bootstrap=5)
    figures = table.set_index("metric")["value"]
    assert np.isnan(figures["auroc"])
    assert np.isnan(figures["calibration_slope"])
    assert figures["oe_ratio"] == 0.0
