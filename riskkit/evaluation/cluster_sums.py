"""Figures that need no more than sums by cluster: all bootstrap replicates, of persons or teams, in one product."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.evaluation.intervals import bootstrap_sums, compute_percentiles, divide
from riskkit.evaluation.logistic import list_logistic_terms, solve_logistic, step_logistic
from riskkit.evaluation.sample import FloatArray, Kind, ScoredSample, make_sample


@dataclass(frozen=True)
class _Sums:
    """Terms of each row a unit of weight, and the figure that their weighted sums give."""

    terms: FloatArray
    combine: Callable[[FloatArray], FloatArray]


def compute_clustered_metrics(
    observed: npt.ArrayLike,
    predicted: npt.ArrayLike,
    weight: npt.ArrayLike | None = None,
    clusters: npt.ArrayLike | None = None,
    *,
    kind: Kind,
    n_bootstrap: int = 500,
    seed: int = 0,
) -> pd.DataFrame:
    """Compute the leading figures with 95% intervals from a bootstrap of clusters: persons, teams or villages.

    Parameters
    ----------
    observed, predicted, weight : array-like of shape (n_rows,)
        As in `compute_metrics`.
    clusters : array-like of shape (n_rows,), optional
        Cluster of each row, drawn with all its rows; every row its own where absent. With fewer than about 30
        clusters the interval is too narrow.
    kind : {"binary", "cost"}
        What is predicted.
    n_bootstrap, seed : int
        Replicates and the seed of the draw; 0 leaves the intervals missing.

    Returns
    -------
    pandas.DataFrame of shape (4, 4)
        `metric`, `value`, `low`, `high` for `auroc`, `oe_ratio`, `calibration_slope` and `brier_score`, or `r2`,
        `oe_ratio`, `calibration_slope` and `mae`. Ratios of sums are exact in every replicate; AUROC and logistic
        slope are linear in the replicate (the Hajek projection of the pairs, one Newton step), which is what their
        intervals rest on in large samples.

    Raises
    ------
    DataContractError
        If the values are not usable, see `make_sample`.

    References
    ----------
    .. [1] DeLong E. R., DeLong D. M., Clarke-Pearson D. L. (1988). Biometrics 44(3). doi:10.2307/2531595

    Examples
    --------
    >>> table = compute_clustered_metrics([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], kind="binary", n_bootstrap=0)
    >>> table.set_index("metric")["value"]["auroc"].item()
    0.75
    """
    sample = make_sample(observed, predicted, weight, clusters, kind=kind)
    parts = _list_binary(sample) if kind == "binary" else _list_cost(sample)
    ends = np.cumsum([part.terms.shape[1] for part in parts.values()])[:-1]
    columns = np.concatenate([part.terms for part in parts.values()], axis=1) * sample.weight[:, None]
    draws = bootstrap_sums(columns, sample.persons, sample.n_persons, n_bootstrap=n_bootstrap, seed=seed)
    sums = np.vstack([columns.sum(axis=0), draws])
    figures = np.column_stack(
        [part.combine(chosen) for part, chosen in zip(parts.values(), np.split(sums, ends, axis=1), strict=True)]
    )
    low, high = compute_percentiles(figures[1:])
    return pd.DataFrame({"metric": list(parts), "value": figures[0], "low": low, "high": high})


def _list_binary(sample: ScoredSample) -> dict[str, _Sums]:
    return {
        "auroc": _make_auroc(sample),
        "oe_ratio": _Sums(np.column_stack([sample.observed, sample.predicted]), _ratio),
        "calibration_slope": _make_logistic_slope(sample),
        "brier_score": _make_mean((sample.observed - sample.predicted) ** 2),
    }


def _list_cost(sample: ScoredSample) -> dict[str, _Sums]:
    y, f = (values - np.median(values) for values in (sample.observed, sample.predicted))
    ones = np.ones_like(y)
    fit = np.column_stack([ones, y, y**2, (sample.observed - sample.predicted) ** 2])
    return {
        "r2": _Sums(fit, lambda s: 1 - divide(s[:, 3], s[:, 2] - divide(s[:, 1] ** 2, s[:, 0]))),
        "oe_ratio": _Sums(np.column_stack([sample.observed, sample.predicted]), _ratio),
        "calibration_slope": _Sums(np.column_stack([ones, f, y, f**2, f * y]), _slope),
        "mae": _make_mean(np.abs(sample.observed - sample.predicted)),
    }


def _ratio(sums: FloatArray) -> FloatArray:
    return divide(sums[:, 0], sums[:, 1])


def _slope(sums: FloatArray) -> FloatArray:
    total, x, y, xx, xy = sums.T
    return divide(xy - divide(x * y, total), xx - divide(x**2, total))


def _make_mean(values: FloatArray) -> _Sums:
    return _Sums(np.column_stack([values, np.ones_like(values)]), _ratio)


def _make_auroc(sample: ScoredSample) -> _Sums:
    """Placement of each event among the non-events and of each non-event among the events, ties half."""
    event, other = sample.observed, 1 - sample.observed
    above, total = _weigh_above(sample, sample.weight * other)
    placed = divide(total - above, np.full_like(above, total))
    beneath, events = _weigh_above(sample, sample.weight * event)
    passed = divide(beneath, np.full_like(beneath, events))
    terms = np.column_stack([event * placed, event, other * passed, other])
    mass = sample.weight * event
    area = float(divide(np.array([mass @ placed]), np.array([mass.sum()]))[0]) if events > 0 else float("nan")
    return _Sums(terms, lambda s: divide(s[:, 0], s[:, 1]) + divide(s[:, 2], s[:, 3]) - area)


def _weigh_above(sample: ScoredSample, mass: FloatArray) -> tuple[FloatArray, float]:
    """Mass of the rows with a higher prediction and half of that with the same, for each row; and all mass."""
    running = np.cumsum(mass)[sample.tie_ends]
    middle = (running + np.append(0.0, running[:-1])) / 2
    return np.repeat(middle, np.diff(sample.tie_ends, prepend=-1)), float(running[-1])


def _make_logistic_slope(sample: ScoredSample) -> _Sums:
    slope = float(solve_logistic(sample)[0, 1])
    if not np.isfinite(slope):
        return _Sums(np.zeros((sample.observed.size, 1)), lambda s: np.full(len(s), np.nan))
    return _Sums(list_logistic_terms(sample), lambda s: slope + step_logistic(s)[:, 1])
