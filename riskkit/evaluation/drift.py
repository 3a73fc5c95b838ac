"""Has the population moved since training: the population stability index by feature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.errors import DataContractError
from riskkit.evaluation.sample import FloatArray

PSI_WATCH = 0.1
PSI_ACT = 0.25
KEYS = ("person_id", "index_date", "as_of_date")
N_DRAWS = 200


@dataclass(frozen=True)
class Stability:
    """A stability index with what sampling alone adds to it.

    Parameters
    ----------
    psi : float
        Population stability index as it is.
    noise : float
        What two samples of one population would show on average: (bins - 1) (1 / n + 1 / m).
    shift : float
        `psi` less `noise`, at least 0: the size of the shift, whatever the number of members.
    low, high : float
        95% interval of `shift` from a bootstrap of the cells.
    """

    psi: float
    noise: float
    shift: float
    low: float
    high: float

    @property
    def verdict(self) -> Literal["stable", "watch", "act"]:
        """What `shift` asks for."""
        return name_shift(self.shift)


def name_shift(shift: float, *, watch: float = PSI_WATCH, act: float = PSI_ACT) -> Literal["stable", "watch", "act"]:
    """Name the size of a shift.

    Parameters
    ----------
    shift : float
        A stability index, less its noise.
    watch, act : float
        Above `watch` it is worth a look, above `act` it needs an answer.

    Returns
    -------
    {"stable", "watch", "act"}
        The name.

    Examples
    --------
    >>> name_shift(0.046), name_shift(0.2), name_shift(0.3)
    ('stable', 'watch', 'act')
    """
    return "act" if shift > act else "watch" if shift > watch else "stable"


def compute_psi(
    reference: npt.ArrayLike,
    current: npt.ArrayLike,
    bins: int | npt.ArrayLike = 10,
    *,
    reference_weight: npt.ArrayLike | None = None,
    current_weight: npt.ArrayLike | None = None,
) -> float:
    """Compute the population stability index, sum of (b - a) ln(b / a) over shares a (reference) and b (current).

    Parameters
    ----------
    reference, current : array-like of shape (n_reference,) and (n_current,)
        A feature, score or tier code in both populations; missing values are a bin of their own.
    bins : int or array-like, default 10
        Number of quantile bins of the reference, or the inner edges themselves (a value on an edge goes above it).
    reference_weight, current_weight : array-like, optional
        Row weights.

    Returns
    -------
    float
        0 for equal shares; an empty bin counts as half a row.

    Raises
    ------
    DataContractError
        If either side has no row.

    References
    ----------
    .. [1] Yurdakul B. (2018). Statistical Properties of Population Stability Index. Western Michigan University.

    Examples
    --------
    Shares .5, .3, .2 become .4, .33, .27:

    >>> reference, current = np.repeat([1, 2, 3], [50, 30, 20]), np.repeat([1, 2, 3], [40, 33, 27])
    >>> round(compute_psi(reference, current, bins=[2, 3]), 3)
    0.046
    """
    before, after = (np.asarray(values, dtype=np.float64).ravel() for values in (reference, current))
    if not before.size or not after.size:
        message = (
            f"drift: {before.size} reference and {after.size} current rows; expected some of both. "
            "Pass the training year and the year to compare."
        )
        raise DataContractError(message)
    edges = _find_edges(before, bins) if isinstance(bins, int) else np.asarray(bins, dtype=np.float64)
    a = _share(before, edges, reference_weight)
    b = _share(after, edges, current_weight)
    lived = (a > 0) | (b > 0)
    return float(_sum_cells(a[lived], b[lived], before.size, after.size))


def compute_stability(
    reference: npt.ArrayLike,
    current: npt.ArrayLike,
    *,
    bins: int = 10,
    n_reference: int | None = None,
    n_current: int | None = None,
    seed: int = 0,
) -> Stability:
    """Compute the size of a shift, free of what the number of members adds to a stability index.

    Parameters
    ----------
    reference, current : array-like of shape (n_reference,) and (n_current,)
        A feature or score in both populations; missing values are a bin of their own.
    bins : int, default 10
        Quantile bins of the reference.
    n_reference, n_current : int, optional
        Independent members on each side, where a member has several rows; the rows where absent.
    seed : int
        Seed of the interval.

    Returns
    -------
    Stability
        Index, noise, shift and interval.

    Raises
    ------
    DataContractError
        If either side has no row.

    References
    ----------
    .. [1] Yurdakul B. (2018). Statistical Properties of Population Stability Index. Western Michigan University.

    Examples
    --------
    The same shares from ever more members are ever the same shift:

    >>> few, many = (np.repeat([1, 2, 3], np.array([50, 30, 20]) * n) for n in (1, 100))
    >>> later, much_later = (np.repeat([1, 2, 3], np.array([40, 33, 27]) * n) for n in (1, 100))
    >>> compute_stability(few, later).verdict, compute_stability(many, much_later).verdict
    ('stable', 'stable')
    """
    before, after = (np.asarray(values, dtype=np.float64).ravel() for values in (reference, current))
    psi = compute_psi(before, after, bins)
    edges = _find_edges(before, bins)
    a, b = _share(before, edges, None), _share(after, edges, None)
    lived = (a > 0) | (b > 0)
    a, b = a[lived] / a[lived].sum(), b[lived] / b[lived].sum()
    n, m = min(n_reference or before.size, before.size), min(n_current or after.size, after.size)
    noise = (a.size - 1) * (1 / n + 1 / m)
    rng = np.random.default_rng(seed)
    draws = _sum_cells(rng.multinomial(n, a, N_DRAWS) / n, rng.multinomial(m, b, N_DRAWS) / m, n, m)
    # A replicate carries the noise twice: that of the sample it is drawn from, and its own.
    low, high = np.maximum(np.quantile(draws, (0.025, 0.975)) - 2 * noise, 0.0)
    return Stability(psi, noise, max(psi - noise, 0.0), float(low), float(high))


def _sum_cells(a: FloatArray, b: FloatArray, n: int, m: int) -> FloatArray:
    a, b = np.maximum(a, 0.5 / n), np.maximum(b, 0.5 / m)
    total: FloatArray = ((b - a) * np.log(b / a)).sum(axis=-1)
    return total


def _find_edges(values: FloatArray, n_bins: int) -> FloatArray:
    present = values[~np.isnan(values)]
    if not present.size:
        return np.empty(0)
    edges: FloatArray = np.unique(np.quantile(present, np.arange(1, n_bins) / n_bins, method="inverted_cdf"))
    return edges


def _share(values: FloatArray, edges: FloatArray, weight: npt.ArrayLike | None) -> FloatArray:
    cells = np.searchsorted(edges, values, side="right")
    cells[np.isnan(values)] = edges.size + 1
    w = None if weight is None else np.asarray(weight, dtype=np.float64).ravel()
    counts = np.bincount(cells, w, minlength=edges.size + 2).astype(np.float64)
    shares: FloatArray = counts / counts.sum()
    return shares


def compute_feature_drift(
    reference: pd.DataFrame,
    current: pd.DataFrame,
    *,
    bins: int = 10,
    watch: float = PSI_WATCH,
    act: float = PSI_ACT,
) -> pd.DataFrame:
    """Compute the population stability index of every feature, judged by the size of the shift alone.

    Parameters
    ----------
    reference, current : pandas.DataFrame of shape (n_rows, n_features)
        Feature frames of the training year and of the year to compare; key columns are left out.
    bins : int, default 10
        Quantile bins of the reference.
    watch, act : float
        Above `watch` a feature is worth a look, above `act` it needs an answer.

    Returns
    -------
    pandas.DataFrame of shape (n_features, 6)
        `feature`, `psi`, `shift` (`psi` less what sampling adds) with its 95% interval `low`, `high`, and `verdict` on
        the shift ("stable", "watch" or "act"), the largest index first.

    Raises
    ------
    DataContractError
        If a feature is absent from `current` or either frame is empty.

    Examples
    --------
    >>> before = pd.DataFrame({"age": np.arange(100.0), "flag": np.repeat([0.0, 1.0], 50)})
    >>> compute_feature_drift(before, before.assign(flag=1.0))["verdict"].tolist()
    ['act', 'stable']
    """
    names = [name for name in reference if name not in KEYS]
    absent = [str(name) for name in names if name not in current]
    if absent:
        message = f"drift: the current features lack {', '.join(absent)}. Build them with the same catalogue."
        raise DataContractError(message)
    sizes = {"n_reference": _count_persons(reference), "n_current": _count_persons(current)}
    found = [compute_stability(reference[name], current[name], bins=bins, **sizes) for name in names]
    table = pd.DataFrame(
        {
            "feature": names,
            "psi": [one.psi for one in found],
            "shift": [one.shift for one in found],
            "low": [one.low for one in found],
            "high": [one.high for one in found],
            "verdict": [name_shift(one.shift, watch=watch, act=act) for one in found],
        }
    )
    return table.sort_values(["psi", "feature"], ascending=[False, True], ignore_index=True)


def _count_persons(frame: pd.DataFrame) -> int:
    return int(frame["person_id"].nunique()) if "person_id" in frame else len(frame)
