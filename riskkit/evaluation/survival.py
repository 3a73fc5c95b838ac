"""Figures by a horizon where members leave early and die: time-dependent AUROC, Brier score, observed / expected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.errors import DataContractError
from riskkit.evaluation.follow_up import (
    FollowedSample,
    make_followed_sample,
    sum_by,
    weighted_censoring,
    weighted_incidence,
)
from riskkit.evaluation.intervals import CELLS_PER_BATCH, compute_percentiles, divide, draw_person_counts
from riskkit.evaluation.sample import FloatArray

Controls = Literal["event_free", "alive"]


def weighted_dynamic_auroc(
    sample: FollowedSample, predicted: FloatArray, weights: FloatArray, horizon: float, *, controls: Controls
) -> FloatArray:
    """Compute the cumulative/dynamic AUROC at a horizon for each row of weights.

    Parameters
    ----------
    sample : FollowedSample
        The rows.
    predicted : ndarray of shape (n_rows,)
        Any score, in the order of the sample; ties count one half.
    weights : ndarray of shape (n_replicates, n_rows)
        Censoring weights, from `weighted_censoring`.
    horizon : float
        Days.
    controls : {"event_free", "alive"}
        Who stands against the events: all without the event by the horizon, the dead among them, or the living alone.

    Returns
    -------
    ndarray of shape (n_replicates,)
        AUROC; NaN without an event or a control.

    References
    ----------
    .. [1] Blanche, Dartigues and Jacqmin-Gadda (2013), Estimating and comparing time-dependent areas under receiver
       operating characteristic curves for censored event times with competing risks, Statistics in Medicine 32,
       doi:10.1002/sim.5958.
    """
    event = (sample.cause == 1) & (sample.days < horizon)
    control = ~event if controls == "event_free" else sample.days >= horizon
    order = np.argsort(predicted, kind="stable")
    place = np.unique(predicted[order], return_inverse=True)[1]
    cases = sum_by((weights * event)[:, order], place)
    against = sum_by((weights * control)[:, order], place)
    below = np.cumsum(against, axis=1) - against / 2
    return divide(np.einsum("ij,ij->i", cases, below), cases.sum(axis=1) * against.sum(axis=1))


def compute_survival_metrics(
    cause: npt.ArrayLike,
    followed_days: npt.ArrayLike,
    predicted: Mapping[str, npt.ArrayLike],
    *,
    horizon: float,
    weight: npt.ArrayLike | None = None,
    groups: npt.ArrayLike | None = None,
    controls: Controls = "event_free",
    n_bootstrap: int = 500,
    seed: int = 0,
) -> pd.DataFrame:
    """Compute the figures of one or more predictions by a horizon, and what the first one has more than each other.

    Every replicate of the bootstrap draws persons and computes the chance of being followed anew; differences are
    paired. No row is dropped: who left before the horizon counts for the chance of being followed, and is stood for.

    Parameters
    ----------
    cause, followed_days, weight, groups : array-like of shape (n_rows,)
        As for `make_followed_sample`.
    predicted : mapping of str to array-like of shape (n_rows,)
        Predictions by name, the main one first: probabilities; of a score that is none, only the AUROC means anything.
    horizon : float
        Days; an event counts before it.
    controls : {"event_free", "alive"}, default "event_free"
        Whom the AUROC sets against the events.
    n_bootstrap, seed : int
        Replicates and seed; 0 leaves the intervals missing.

    Returns
    -------
    pandas.DataFrame
        `prediction`, `metric`, `value`, `low`, `high`. Metrics: `auroc` (time-dependent), `brier_score` (weighted by
        the inverse chance of being followed), `observed` (Aalen-Johansen), `expected`, `oe_ratio`; and
        `auroc_difference` and `brier_difference` of the first prediction less this one.

    Raises
    ------
    DataContractError
        If the values are not usable.
    """
    sample = make_followed_sample(cause, followed_days, weight, groups)
    scores = {name: np.asarray(values, dtype=np.float64)[sample.order] for name, values in predicted.items()}
    for name, values in scores.items():
        if not np.isfinite(values).all():
            message = f"predictions {name!r}: a value is missing, expected one for every row. Predict every member."
            raise DataContractError(message)

    def compute(weights: FloatArray) -> FloatArray:
        return _compute_figures(sample, scores, weights, horizon, controls)

    batch = max(1, CELLS_PER_BATCH // sample.days.size)
    parts = [np.empty((0, len(_name_figures(scores))))]
    for counts in draw_person_counts(sample.n_persons, n_bootstrap, seed=seed, batch=batch):
        parts.append(compute(counts[:, sample.persons] * sample.weight))
    low, high = compute_percentiles(np.concatenate(parts))
    table = pd.DataFrame(_name_figures(scores), columns=["prediction", "metric"])
    return table.assign(value=compute(sample.weight[None, :])[0], low=low, high=high)


def _name_figures(scores: Mapping[str, FloatArray]) -> list[tuple[str, str]]:
    """Name the figures in the order in which they are computed."""
    alone = [
        (name, metric) for name in scores for metric in ("auroc", "brier_score", "observed", "expected", "oe_ratio")
    ]
    return alone + [(name, f"{metric}_difference") for metric in ("auroc", "brier") for name in list(scores)[1:]]


def _compute_figures(
    sample: FollowedSample, scores: Mapping[str, FloatArray], weights: FloatArray, horizon: float, controls: Controls
) -> FloatArray:
    """Compute all figures for each row of weights."""
    followed = weighted_censoring(sample, weights, horizon)
    observed = weighted_incidence(sample, weights, horizon)
    event = (sample.cause == 1) & (sample.days < horizon)
    columns, areas, errors = [], [], []
    for values in scores.values():
        area = weighted_dynamic_auroc(sample, values, followed, horizon, controls=controls)
        brier = divide(followed @ (event - values) ** 2, followed.sum(axis=1))
        expected = divide(weights @ values, weights.sum(axis=1))
        columns += [area, brier, observed, expected, divide(observed, expected)]
        areas.append(area)
        errors.append(brier)
    apart = [one[0] - other for one in (areas, errors) for other in one[1:]]
    return np.column_stack([*columns, *apart])
