"""Has the population moved since training: the population stability index by feature."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.errors import DataContractError
from riskkit.evaluation.sample import FloatArray

PSI_WATCH = 0.1
PSI_ACT = 0.25
KEYS = ("person_id", "index_date", "as_of_date")


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
    a, b = np.maximum(a[lived], 0.5 / before.size), np.maximum(b[lived], 0.5 / after.size)
    return float(((b - a) * np.log(b / a)).sum())


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
    """Compute the population stability index of every feature.

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
    pandas.DataFrame of shape (n_features, 3)
        `feature`, `psi`, `verdict` ("stable", "watch" or "act"), the largest index first.

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
    psi = np.array([compute_psi(reference[name], current[name], bins) for name in names])
    verdict = np.select([psi > act, psi > watch], ["act", "watch"], "stable")
    table = pd.DataFrame({"feature": names, "psi": psi, "verdict": verdict})
    return table.sort_values(["psi", "feature"], ascending=[False, True], ignore_index=True)
