"""Figures by cluster sums equal the row-wise ones, and their intervals the row-wise bootstrap."""

from __future__ import annotations

import time

import numpy as np
import pytest

from riskkit.evaluation.cluster_sums import compute_clustered_metrics
from riskkit.evaluation.metrics import compute_metrics

RNG = np.random.default_rng(2)
N = 6000
P = np.round(RNG.beta(1, 6, N), 3)  # rounded, so that there are ties
Y = (RNG.random(N) < P).astype(float)
W = RNG.uniform(0.5, 1.5, N)
COST = RNG.gamma(1.0, 1e4 * (P + 0.01))
PERSON = RNG.integers(0, 3000, N)


@pytest.mark.parametrize(("kind", "observed", "predicted"), [("binary", Y, P), ("cost", COST, 1e4 * P)])
def test_values_are_those_of_the_rows(kind: str, observed: np.ndarray, predicted: np.ndarray) -> None:
    ours = compute_clustered_metrics(observed, predicted, W, PERSON, kind=kind, n_bootstrap=0)
    rows = compute_metrics(observed, predicted, W, PERSON, kind=kind, n_bootstrap=0).set_index("metric")["value"]
    np.testing.assert_allclose(ours["value"], rows[ours["metric"]], rtol=1e-8)


@pytest.mark.parametrize(("kind", "observed", "predicted"), [("binary", Y, P), ("cost", COST, 1e4 * P)])
def test_intervals_are_those_of_the_row_wise_bootstrap(kind: str, observed: np.ndarray, predicted: np.ndarray) -> None:
    # The same seed draws the same persons. Ratios of sums agree exactly; AUROC and logistic slope are linearised.
    options = {"kind": kind, "n_bootstrap": 200, "seed": 4}
    ours = compute_clustered_metrics(observed, predicted, W, PERSON, **options).set_index("metric")
    rows = compute_metrics(observed, predicted, W, PERSON, **options).set_index("metric").loc[ours.index]
    width = rows["high"] - rows["low"]
    assert ((ours["low"] - rows["low"]).abs() < 0.05 * width).all()
    assert ((ours["high"] - rows["high"]).abs() < 0.05 * width).all()


def test_teams_whose_members_share_a_fate_have_wider_intervals() -> None:
    team = np.repeat(np.arange(60), 100)
    shared = np.clip(P * np.exp(RNG.normal(0, 0.6, 60))[team], 0, 1)
    event = (RNG.random(N) < shared).astype(float)
    by_row, by_team = (
        compute_clustered_metrics(event, P, None, clusters, kind="binary", n_bootstrap=300).set_index("metric")
        for clusters in (None, team)
    )
    assert np.diff(by_team.loc["oe_ratio", ["low", "high"]]) > 1.5 * np.diff(by_row.loc["oe_ratio", ["low", "high"]])


def test_a_single_class_has_no_auroc_and_no_slope() -> None:
    table = compute_clustered_metrics([0, 0, 0], [0.1, 0.2, 0.3], kind="binary", n_bootstrap=10).set_index("metric")
    assert table.loc[["auroc", "calibration_slope"], "value"].isna().all()
    assert table.loc["oe_ratio", "value"] == 0


def test_five_hundred_replicates_of_sixty_thousand_rows_take_seconds() -> None:
    p = RNG.beta(1, 6, 60_000)
    y = (RNG.random(60_000) < p).astype(float)
    began = time.process_time()
    compute_clustered_metrics(y, p, None, RNG.integers(0, 25_000, 60_000), kind="binary", n_bootstrap=500)
    assert time.process_time() - began < 5
