"""The main door: all metrics of one outcome with their intervals."""

from __future__ import annotations

import numpy.typing as npt
import pandas as pd

from riskkit.evaluation.calibration import (
    weighted_brier_score,
    weighted_brier_skill,
    weighted_calibration_intercept,
    weighted_calibration_slope,
    weighted_log_loss,
    weighted_oe_ratio,
)
from riskkit.evaluation.cost import (
    weighted_balance,
    weighted_cpm,
    weighted_gini,
    weighted_linear_slope,
    weighted_mae,
    weighted_predictive_ratio,
    weighted_r2,
)
from riskkit.evaluation.discrimination import weighted_auroc, weighted_average_precision
from riskkit.evaluation.intervals import Statistic, bootstrap_statistics
from riskkit.evaluation.reliability import weighted_ici
from riskkit.evaluation.sample import Kind, make_sample

METRICS: dict[Kind, dict[str, Statistic]] = {
    "binary": {
        "auroc": weighted_auroc,
        "average_precision": weighted_average_precision,
        "brier_score": weighted_brier_score,
        "brier_skill": weighted_brier_skill,
        "oe_ratio": weighted_oe_ratio,
        "calibration_slope": weighted_calibration_slope,
        "calibration_intercept": weighted_calibration_intercept,
        "ici": weighted_ici,
        "log_loss": weighted_log_loss,
    },
    "cost": {
        "r2": weighted_r2,
        "mae": weighted_mae,
        "cpm": weighted_cpm,
        "oe_ratio": weighted_oe_ratio,
        "calibration_slope": weighted_linear_slope,
        "gini": weighted_gini,
        "predictive_ratio": weighted_predictive_ratio,
        "balance": weighted_balance,
    },
}


def compute_metrics(
    observed: npt.ArrayLike,
    predicted: npt.ArrayLike,
    weight: npt.ArrayLike | None = None,
    groups: npt.ArrayLike | None = None,
    *,
    kind: Kind,
    n_bootstrap: int = 500,
    seed: int = 0,
) -> pd.DataFrame:
    """Compute the metrics of a prediction with 95% intervals from a person-cluster bootstrap.

    Parameters
    ----------
    observed : array-like of shape (n_rows,)
        0/1, or annualised amounts (currency per member year).
    predicted : array-like of shape (n_rows,)
        Probabilities, or expected amounts in the same unit.
    weight : array-like of shape (n_rows,), optional
        Censoring weight (binary) or exposure in member years (cost); 1 where absent.
    groups : array-like of shape (n_rows,), optional
        `person_id` of each row; the bootstrap draws persons with all their rows.
    kind : {"binary", "cost"}
        Which set of metrics.
    n_bootstrap : int, default 500
        Replicates; 0 leaves the intervals missing.
    seed : int, default 0
        Seed of the draw.

    Returns
    -------
    pandas.DataFrame of shape (n_metrics, 4)
        `metric`, `value`, `low`, `high`. Binary: `auroc`, `average_precision`, `brier_score`, `brier_skill`,
        `oe_ratio` (observed / expected), `calibration_slope` and `calibration_intercept` (logistic), `ici`, `log_loss`.
        Cost: `r2`, `mae`, `cpm`, `oe_ratio`, `calibration_slope` (linear), `gini` (ordered Gini ratio),
        `predictive_ratio` (expected / observed), `balance` (expected less observed, currency per member year). A metric
        that is not defined on the sample is missing.

    Raises
    ------
    DataContractError
        If the values are not usable, see `make_sample`.

    Examples
    --------
    >>> table = compute_metrics([0, 2, 4], [0, 4, 4], kind="cost", n_bootstrap=0)
    >>> table.set_index("metric")["value"].round(4).to_dict()["r2"]
    0.5
    """
    sample = make_sample(observed, predicted, weight, groups, kind=kind)
    return bootstrap_statistics(sample, METRICS[kind], n_bootstrap=n_bootstrap, seed=seed)
