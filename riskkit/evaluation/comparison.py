"""The model beside its comparators: every figure of each, and their differences in the same bootstrap replicates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy.typing as npt
import pandas as pd

from riskkit.evaluation.intervals import compute_percentiles, draw_statistics
from riskkit.evaluation.metrics import METRICS
from riskkit.evaluation.sample import FloatArray, Kind, make_sample

HIGHER_IS_BETTER: dict[Kind, dict[str, bool]] = {
    "binary": {"auroc": True, "average_precision": True, "brier_score": False, "log_loss": False},
    "cost": {"r2": True, "cpm": True, "mae": False, "gini": True},
}
"""Metrics that may be subtracted: of the others neither side of the ideal is better."""


@dataclass(frozen=True)
class Comparison:
    """Figures of several predictions of the same rows.

    Parameters
    ----------
    metrics : dict of str to pandas.DataFrame
        Metrics table of each prediction, as `compute_metrics` gives it.
    differences : pandas.DataFrame
        `comparator`, `metric`, `value`, `low`, `high` (model minus comparator) and `better`: ``"model"`` or
        ``"comparator"`` where the interval excludes 0, else ``"neither"``.
    """

    metrics: dict[str, pd.DataFrame]
    differences: pd.DataFrame


def compute_comparison(
    observed: npt.ArrayLike,
    predictions: Mapping[str, npt.ArrayLike],
    weight: npt.ArrayLike | None = None,
    groups: npt.ArrayLike | None = None,
    *,
    kind: Kind,
    n_bootstrap: int = 500,
    seed: int = 0,
) -> Comparison:
    """Compute the metrics of several predictions and the paired differences of the first from each other one.

    Parameters
    ----------
    observed, weight, groups : array-like of shape (n_rows,)
        As in `compute_metrics`.
    predictions : mapping of str to array-like of shape (n_rows,)
        The model first, then its comparators.
    kind : {"binary", "cost"}
        Which set of metrics.
    n_bootstrap, seed : int
        Replicates of the person-cluster bootstrap and its seed; all predictions see the same persons in each.

    Returns
    -------
    Comparison
        Metrics and differences. A paired difference has a far narrower interval than the two figures apart, because
        hard and easy members weigh on both models alike.

    Raises
    ------
    DataContractError
        If the values are not usable, see `make_sample`.

    Examples
    --------
    >>> predictions = {"predicted": [1.0, 2.0, 3.0], "mean": [2.0, 2.0, 2.0]}
    >>> found = compute_comparison([1, 2, 3], predictions, kind="cost", n_bootstrap=0).differences
    >>> found.loc[found["metric"] == "r2", "value"].item()
    1.0
    """
    figures: dict[str, tuple[FloatArray, FloatArray]] = {}
    for name, predicted in predictions.items():
        sample = make_sample(observed, predicted, weight, groups, kind=kind)
        figures[name] = draw_statistics(sample, METRICS[kind], n_bootstrap=n_bootstrap, seed=seed)
    model, *comparators = figures
    tables = {name: _tabulate(*drawn, kind) for name, drawn in figures.items()}
    differences = [
        _subtract(figures[model], figures[name], kind).assign(comparator=name).set_index("comparator").reset_index()
        for name in comparators
    ]
    return Comparison(tables, pd.concat(differences, ignore_index=True) if differences else _nothing())


def _tabulate(value: FloatArray, replicates: FloatArray, kind: Kind) -> pd.DataFrame:
    low, high = compute_percentiles(replicates)
    return pd.DataFrame({"metric": list(METRICS[kind]), "value": value, "low": low, "high": high})


def _subtract(model: tuple[FloatArray, FloatArray], other: tuple[FloatArray, FloatArray], kind: Kind) -> pd.DataFrame:
    table = _tabulate(model[0] - other[0], model[1] - other[1], kind)
    return judge_differences(table[table["metric"].isin(HIGHER_IS_BETTER[kind])].reset_index(drop=True), kind)


def judge_differences(table: pd.DataFrame, kind: Kind) -> pd.DataFrame:
    """Say for each difference which side is better.

    Parameters
    ----------
    table : pandas.DataFrame
        `metric` (those of `HIGHER_IS_BETTER`), `low` and `high` of the model less the comparator.
    kind : {"binary", "cost"}
        Which set of metrics.

    Returns
    -------
    pandas.DataFrame
        The same with `better`: ``"model"`` or ``"comparator"`` where the interval excludes 0, else ``"neither"``.

    Examples
    --------
    >>> table = pd.DataFrame({"metric": ["auroc", "brier_score"], "low": [0.01, 0.01], "high": [0.02, 0.02]})
    >>> judge_differences(table, "binary")["better"].tolist()
    ['model', 'comparator']
    """
    up = table["metric"].map(HIGHER_IS_BETTER[kind]).astype(bool)
    above, below = table["low"] > 0, table["high"] < 0
    better = pd.Series("neither", index=table.index)
    better = better.mask((above & up) | (below & ~up), "model").mask((below & up) | (above & ~up), "comparator")
    return table.assign(better=better)


def _nothing() -> pd.DataFrame:
    return pd.DataFrame(columns=["comparator", "metric", "value", "low", "high", "better"])
