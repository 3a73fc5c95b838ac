"""Calibration: the map is chosen among its candidates by held-out loss, on rows that the booster never saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from riskkit.errors import DataContractError
from riskkit.risk.beta import fit_powers
from riskkit.risk.calibrator import Calibrator
from riskkit.risk.deciles import fit_decile_knots
from riskkit.risk.isotonic import fit_knots
from riskkit.risk.line import fit_line, solve_shift
from riskkit.risk.links import SMALLEST, Kind, compute_logit
from riskkit.risk.matrix import assign_folds
from riskkit.risk.venn_abers import fit_interval_knots

if TYPE_CHECKING:
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]

FREE = ("isotonic", "venn_abers")
"""Maps that follow the data wherever they go, and so need many events."""

N_FOLDS = 5
LEAST_EVENTS = 10
"""Fewer persons with an event (or without) cannot rank the methods: the first one listed is taken."""


def fit_calibrator(
    predicted: npt.ArrayLike,
    observed: npt.ArrayLike,
    weight: npt.ArrayLike | None = None,
    *,
    kind: Kind,
    methods: Sequence[str],
    groups: Sequence[str] | pd.Series[str] | None = None,
    events_for_isotonic: int = 500,
) -> Calibrator:
    """Fit every method and keep the one with the least cross-validated loss.

    The loss is the weighted log loss of a probability and the weighted Tweedie deviance (power 1.5) of an amount.
    Whole persons are left out together. A tie goes to the method listed first. Every method but `identity` makes the
    weighted sum of the calibrated predictions that of the observations.

    Parameters
    ----------
    predicted : array-like of shape (n_rows,)
        Predictions for rows that the booster never saw.
    observed : array-like of shape (n_rows,)
        0 or 1, or an amount per year.
    weight : array-like of shape (n_rows,), optional
        Weights; 1 where absent.
    kind : {'binary', 'cost'}
        What is predicted.
    methods : sequence of str
        Candidates, the simplest first.
    groups : sequence of shape (n_rows,), optional
        Person of each row.
    events_for_isotonic : int, default 500
        Fewest events (members with cost) for `isotonic` and `venn_abers` to be tried.

    Returns
    -------
    Calibrator
        The chosen map, fitted on all rows.

    Raises
    ------
    DataContractError
        If there are no rows, no event, or nothing but events.

    Examples
    --------
    >>> fit_calibrator([0.05, 0.1, 0.2, 0.4], [0.15] * 4, kind="binary", methods=["intercept"]).intercept.__round__(3)
    -0.301
    """
    rows = _make_rows(predicted, observed, weight, kind)
    names = np.arange(len(rows.kept)).astype(str) if groups is None else np.asarray(groups)[rows.kept]
    events = int((rows.observed > 0).sum())
    tried = [method for method in methods if method not in FREE or events >= events_for_isotonic] or [methods[0]]
    if len(tried) == 1 or _count_rarer(rows, names) < LEAST_EVENTS:
        return _fit(tried[0], rows)
    folds = assign_folds(names, n_folds=N_FOLDS, seed=0)
    losses = {method: _cross_validate(method, rows, folds) for method in tried}
    return replace(_fit(min(tried, key=losses.__getitem__), rows), losses=losses)


@dataclass(frozen=True)
class _Rows:
    """Rows of positive weight, the kind of what they hold, and their places in what was given."""

    predicted: FloatArray
    observed: FloatArray
    weight: FloatArray
    kept: npt.NDArray[np.int64]
    kind: Kind

    def take(self, keep: npt.NDArray[np.bool_]) -> _Rows:
        """Keep some rows."""
        return _Rows(self.predicted[keep], self.observed[keep], self.weight[keep], self.kept[keep], self.kind)


def _make_rows(predicted: npt.ArrayLike, observed: npt.ArrayLike, weight: npt.ArrayLike | None, kind: Kind) -> _Rows:
    """Lay out the rows and refuse what no map can be fitted to."""
    value, target = np.asarray(predicted, dtype=np.float64), np.asarray(observed, dtype=np.float64)
    mass = np.ones_like(value) if weight is None else np.asarray(weight, dtype=np.float64)
    kept = np.flatnonzero(mass > 0)
    total, most = float((mass * target).sum()), float(mass.sum())
    if not total > 0 or (kind == "binary" and not total < most):
        message = (
            f"calibration rows: {len(kept)} rows of positive weight with a weighted sum of {total:g}, "
            "expected some events and some members without. Calibrate on a larger year."
        )
        raise DataContractError(message)
    return _Rows(value[kept], target[kept], mass[kept], kept, kind)


def _count_rarer(rows: _Rows, names: npt.NDArray[Any]) -> int:
    """Count the persons with an event or, where they are fewer, the persons without."""
    event = rows.observed > 0
    found = len(np.unique(names[event]))
    return min(found, len(np.unique(names[~event]))) if rows.kind == "binary" else found


def _fit(method: str, rows: _Rows) -> Calibrator:
    """Fit one method."""
    shaped = _fit_shape(Calibrator(rows.kind, method), rows)
    if method in {"identity", "beta"}:
        return shaped
    margin = shaped.compute_margin(rows.predicted)
    if method in {"sigmoid", "loglinear"}:
        intercept, slope = fit_line(margin, rows.observed, rows.weight, kind=rows.kind)
    else:
        intercept, slope = solve_shift(margin, rows.observed, rows.weight, kind=rows.kind), 1.0
    return replace(shaped, intercept=intercept, slope=slope)


def _fit_shape(calibrator: Calibrator, rows: _Rows) -> Calibrator:
    """Fit what comes before the line: powers, knots, or nothing."""
    given = rows.predicted, rows.observed, rows.weight
    if calibrator.method == "beta":
        powers, shift = fit_powers(*given)
        return replace(calibrator, powers=powers, intercept=shift)
    if calibrator.method == "venn_abers":
        knots = fit_interval_knots(*given)
        x, y, low, high = (tuple(knot.tolist()) for knot in knots)
        return replace(calibrator, x=x, y=y, low=low, high=high)
    if calibrator.method == "isotonic":
        x_and_y = fit_knots(*given, upper=1.0 if rows.kind == "binary" else np.inf)
    elif calibrator.method == "deciles":
        x_and_y = fit_decile_knots(*given)
    else:
        return calibrator
    x, y = (tuple(knot.tolist()) for knot in x_and_y)
    return replace(calibrator, x=x, y=y)


def _cross_validate(method: str, rows: _Rows, folds: npt.NDArray[np.int64]) -> float:
    """Compute the weighted mean loss on rows left out."""
    total = 0.0
    for fold in np.unique(folds):
        out = rows.take(folds == fold)
        calibrated = _fit(method, rows.take(folds != fold)).apply(out.predicted)
        total += float((out.weight * compute_loss(out.observed, calibrated, kind=rows.kind)).sum())
    return total / float(rows.weight.sum())


def compute_loss(observed: FloatArray, predicted: FloatArray, *, kind: Kind) -> FloatArray:
    """Compute each row's loss.

    Parameters
    ----------
    observed, predicted : numpy.ndarray of shape (n_rows,)
        What happened and what was said.
    kind : {'binary', 'cost'}
        Log loss, or Tweedie deviance of power 1.5; negative costs count as none.

    Returns
    -------
    numpy.ndarray of shape (n_rows,)
        Losses.

    Examples
    --------
    An amount of 4 said to be 1: 4 (sqrt(1) + 4 / sqrt(1) - 2 sqrt(4)) = 4.

    >>> compute_loss(np.array([4.0]), np.array([1.0]), kind="cost")
    array([4.])
    """
    if kind == "binary":
        margin = compute_logit(predicted)
        return np.asarray(np.logaddexp(0.0, margin) - observed * margin)
    root, cost = np.sqrt(np.maximum(predicted, SMALLEST)), np.maximum(observed, 0.0)
    return np.asarray(4 * (root + cost / root - 2 * np.sqrt(cost)))
