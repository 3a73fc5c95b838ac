"""One horizon measured: every test row, those who left early among them, and an account of who was counted where."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from riskkit.evaluation.comparison import compute_comparison, judge_differences
from riskkit.evaluation.survival import compute_survival_metrics
from riskkit.workflow.summary import metrics_to_dict

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from riskkit.risk.hazard_frame import TimeFrame
    from riskkit.risk.hazard_model import HorizonModel
    from riskkit.risk.matrix import ModelFrame

KEYS = ["person_id", "index_date"]
FIGURES = ["value", "low", "high"]
UNDER_CENSORING = {"auroc_difference": "auroc", "brier_difference": "brier_score"}
"""Differences whose replicates compute the chance of being followed anew."""


@dataclass(frozen=True)
class HorizonRows:
    """Test rows of one horizon.

    Parameters
    ----------
    frame : TimeFrame
        Their follow-up, with the censoring weights that all of them give together.
    predicted : pandas.DataFrame
        `predicted` and one column per comparator, in the same order.
    age_years : numpy.ndarray of shape (n_rows,)
        Age, the rank that any model must beat.
    place : int
        Place of the horizon.
    model : HorizonModel
        The model that is kept, for its names.
    """

    frame: TimeFrame
    predicted: pd.DataFrame
    age_years: NDArray[np.float64]
    place: int
    model: HorizonModel

    @property
    def days(self) -> int:
        """The horizon."""
        return self.model.spec.horizon_days

    @cached_property
    def binary(self) -> ModelFrame:
        """The rows as those of a binary outcome; who left early weighs 0."""
        return self.frame.at(self.place, self.days)

    @property
    def columns(self) -> dict[str, NDArray[np.float64]]:
        """Predictions by name, the model's own first."""
        return {str(name): self.predicted[name].to_numpy() for name in self.predicted}

    @property
    def predictions(self) -> pd.DataFrame:
        """The predictions frame of this column: keys, outcome, what was observed, weight, and the predictions."""
        keys = self.binary.features[KEYS].reset_index(drop=True)
        rows = self.binary
        return keys.assign(outcome=self.model.spec.name, observed=rows.observed, weight=rows.weight, **self.columns)


@dataclass(frozen=True)
class MeasuredHorizon:
    """Figures of one horizon.

    Parameters
    ----------
    metrics : dict of str to pandas.DataFrame
        Metrics table of the model (``"predicted"``) and of each comparator, as of a binary outcome; AUROC, Brier score
        and O/E are those under censoring, with the chance of being followed computed anew in every replicate. The
        intervals of the others hold the weights of censoring as they are.
    differences : pandas.DataFrame
        Paired differences from the comparators, as `compute_comparison` gives them; AUROC and Brier score likewise.
    follow_up : dict
        Figures under censoring of the model, of age alone and of the paired differences, as ``{value, low, high}``.
    """

    metrics: dict[str, pd.DataFrame]
    differences: pd.DataFrame
    follow_up: dict[str, Any]


def measure_horizon(rows: HorizonRows, *, n_bootstrap: int, seed: int) -> MeasuredHorizon:
    """Measure one horizon.

    Parameters
    ----------
    rows : HorizonRows
        The test rows.
    n_bootstrap, seed : int
        Replicates of the person bootstrap and its seed.

    Returns
    -------
    MeasuredHorizon
        The figures of the model, of its comparators, and of age alone.
    """
    binary = rows.binary
    figures = compute_survival_metrics(
        rows.frame.rows.observed,
        rows.frame.followed_days,
        {**rows.columns, "age": rows.age_years},
        horizon=rows.days,
        weight=rows.frame.rows.weight,
        groups=binary.groups,
        n_bootstrap=n_bootstrap,
        seed=seed,
    )
    compared = compute_comparison(
        binary.observed,
        rows.columns,
        binary.weight,
        binary.groups,
        kind="binary",
        n_bootstrap=n_bootstrap,
        seed=seed,
    )
    own = {str(name): table.set_index("metric")[FIGURES] for name, table in figures.groupby("prediction")}
    metrics = {name: _put_in(table, own[name]) for name, table in compared.metrics.items()}
    found = {str(name): metrics_to_dict(table) for name, table in figures.groupby("prediction")}
    model = found.pop("predicted")
    shown = {name: model[name] for name in ("auroc", "brier_score", "observed", "expected", "oe_ratio")}
    gains = {f"auroc_gain_over_{name}": other["auroc_difference"] for name, other in found.items()}
    follow_up = {**shown, "auroc_age": found["age"]["auroc"], **gains}
    return MeasuredHorizon(metrics, _put_differences(compared.differences, own), follow_up)


def _put_in(table: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """Put figures under censoring in the place of those with fixed weights."""
    held = table.set_index("metric")
    shared = [metric for metric in held.index if metric in own.index]
    held.loc[shared, FIGURES] = own.loc[shared, FIGURES]
    return held.reset_index()


def _put_differences(differences: pd.DataFrame, own: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Put differences under censoring in the place of those with fixed weights, and judge them again."""
    parts = []
    for name, table in differences.groupby("comparator", sort=False):
        apart = own[str(name)].loc[list(UNDER_CENSORING)].rename(index=UNDER_CENSORING)
        parts.append(_put_in(table, apart))
    return judge_differences(pd.concat(parts, ignore_index=True), "binary") if parts else differences


def account_for_rows(
    rows: HorizonRows, *, rows_in: int, rows_for_tuning: int, rows_to_train: int, prevalent: int
) -> dict[str, Any]:
    """Account for every row that came in.

    Parameters
    ----------
    rows : HorizonRows
        The test rows.
    rows_in : int
        Rows of the risk set.
    rows_for_tuning, rows_to_train : int
        Rows that the split tests in no case.
    prevalent : int
        Rows outside the risk set: neither trained on nor tested, but scored.

    Returns
    -------
    dict
        These counts, and `rows_evaluated`, `persons_evaluated`, `left_before_horizon`, `events`, `deaths` (competing)
        and `dropped_for_censoring`: what came in and is nowhere to be found.
    """
    cause, followed = rows.frame.rows.observed, rows.frame.followed_days
    return {
        "horizon_days": rows.days,
        "rows_in": rows_in,
        "rows_evaluated": len(followed),
        "rows_for_tuning": rows_for_tuning,
        "rows_to_train": rows_to_train,
        "dropped_for_censoring": rows_in - len(followed) - rows_for_tuning - rows_to_train,
        "persons_evaluated": int(rows.binary.groups.nunique()),
        "left_before_horizon": int(((cause == 0) & (followed < rows.days)).sum()),
        "events": int(rows.frame.has_event(rows.days).sum()),
        "deaths": int(((cause == 2) & (followed < rows.days)).sum()),
        "prevalent": prevalent,
    }
