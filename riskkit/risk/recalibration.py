"""Calibration: the increasing map from what a booster says to what happens, chosen on rows the booster never saw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from riskkit.errors import DataContractError, ModelStoreError
from riskkit.risk.isotonic import fit_knots, interpolate_knots
from riskkit.risk.line import fit_line, solve_shift
from riskkit.risk.links import SMALLEST, compute_expit, compute_logit
from riskkit.risk.matrix import assign_folds

if TYPE_CHECKING:
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]

Kind = Literal["binary", "cost"]

N_FOLDS = 5
LEAST_EVENTS = 10
"""Fewer persons with an event (or without) cannot rank the methods: the first one listed is taken."""

LEAST_CHANCE = 1e-12


@dataclass(frozen=True)
class Calibrator:
    """An increasing map of predictions: first the knots, if any, then a line on the link scale.

    Parameters
    ----------
    kind : {'binary', 'cost'}
        The link is the logit of a probability or the logarithm of an amount.
    method : str
        `identity`; `intercept` and `scale` (a line of slope 1); `sigmoid` and `loglinear` (a line); `isotonic` (knots,
        and a line of slope 1 that ties the sums).
    intercept, slope : float, default 0.0 and 1.0
        The line; the slope is positive.
    x, y : tuple of float, default ()
        Knots. Between them the map is linear; beyond the ends it keeps its distance on the link scale, so that it
        never ties two members whom the booster ranks apart.
    losses : mapping of str to float
        Cross-validated loss of each method that was tried.

    Examples
    --------
    >>> Calibrator("binary", "intercept", intercept=-0.301).apply(np.array([0.05, 0.1, 0.2, 0.4])).round(3)
    array([0.037, 0.076, 0.156, 0.33 ])
    """

    kind: Kind
    method: str
    intercept: float = 0.0
    slope: float = 1.0
    x: tuple[float, ...] = ()
    y: tuple[float, ...] = ()
    losses: Mapping[str, float] = field(default_factory=dict)

    def apply(self, predicted: npt.ArrayLike) -> FloatArray:
        """Calibrate predictions.

        Parameters
        ----------
        predicted : array-like of shape (n_rows,)
            Probabilities, or amounts per year.

        Returns
        -------
        numpy.ndarray of shape (n_rows,)
            Calibrated, in the same order as `predicted` (up to the last digits of a float).
        """
        value = np.asarray(predicted, dtype=np.float64)
        if self.method == "identity":
            return value.copy()
        margin = _link(self._bend(value) if self.x else value, self.kind)
        answer = _unlink(self.intercept + self.slope * margin, self.kind)
        # A line fitted to few, separated rows can be so steep that a float rounds to certainty, which nobody has.
        return np.clip(answer, LEAST_CHANCE, 1 - LEAST_CHANCE) if self.kind == "binary" else answer

    def _bend(self, value: FloatArray) -> FloatArray:
        """Follow the knots, and beyond them keep the distance of the nearest one on the link scale."""
        x, y = np.asarray(self.x), np.asarray(self.y)
        inside = np.clip(value, x[0], x[-1])
        curve = _link(interpolate_knots(inside, x, y), self.kind)
        return _unlink(curve + _link(value, self.kind) - _link(inside, self.kind), self.kind)

    def to_dict(self) -> dict[str, Any]:
        """Write the map as plain values.

        Returns
        -------
        dict
            Values that JSON carries without loss.
        """
        return {**asdict(self), "x": list(self.x), "y": list(self.y), "losses": dict(self.losses)}


def calibrator_from_dict(values: Mapping[str, Any]) -> Calibrator:
    """Read what `Calibrator.to_dict` wrote.

    Parameters
    ----------
    values : mapping
        The plain values.

    Returns
    -------
    Calibrator
        The map.

    Raises
    ------
    ModelStoreError
        If a key is unknown or missing, or the map would not be increasing.

    Examples
    --------
    >>> calibrator_from_dict(Calibrator("cost", "scale", intercept=0.5).to_dict()).intercept
    0.5
    """
    try:
        calibrator = Calibrator(**{**values, "x": tuple(values["x"]), "y": tuple(values["y"])})
        increasing = calibrator.slope > 0 and all((np.diff(knots) > 0).all() for knots in (calibrator.x, calibrator.y))
    except (KeyError, TypeError) as exc:
        message = f"calibrator: cannot be read ({exc}), expected what riskkit wrote. Store the model again."
        raise ModelStoreError(message) from exc
    if not increasing or len(calibrator.x) != len(calibrator.y):
        message = (
            "calibrator: the stored map does not increase, expected slope and knots that do. Store the model again."
        )
        raise ModelStoreError(message)
    return calibrator


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
        Fewest events (members with cost) for `isotonic` to be tried.

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
    tried = [method for method in methods if method != "isotonic" or events >= events_for_isotonic] or [methods[0]]
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
    calibrator = Calibrator(rows.kind, method)
    if method == "identity":
        return calibrator
    if method == "isotonic":
        upper = 1.0 if rows.kind == "binary" else np.inf
        x, y = fit_knots(rows.predicted, rows.observed, rows.weight, upper=upper)
        calibrator = replace(calibrator, x=tuple(x.tolist()), y=tuple(y.tolist()))
    margin = _link(calibrator.apply(rows.predicted), rows.kind)
    if method in {"sigmoid", "loglinear"}:
        intercept, slope = fit_line(margin, rows.observed, rows.weight, kind=rows.kind)
    else:
        intercept, slope = solve_shift(margin, rows.observed, rows.weight, kind=rows.kind), 1.0
    return replace(calibrator, intercept=intercept, slope=slope)


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


def _link(value: FloatArray, kind: Kind) -> FloatArray:
    """Take the logit of probabilities or the logarithm of amounts."""
    return compute_logit(value) if kind == "binary" else np.log(np.maximum(value, SMALLEST))


def _unlink(margin: FloatArray, kind: Kind) -> FloatArray:
    """Go back from the link scale."""
    return compute_expit(margin) if kind == "binary" else np.exp(margin)
