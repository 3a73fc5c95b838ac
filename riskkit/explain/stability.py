"""Stability of explanations: whether other seeds and other samples of members rank the same features."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from riskkit.errors import DataContractError

FloatArray = npt.NDArray[np.float64]

TOP = 3


def compute_stability(reference: FloatArray, others: Sequence[FloatArray]) -> dict[str, Any]:
    """Compare the importance of features between one fit and others.

    Parameters
    ----------
    reference : numpy.ndarray of shape (n_features,)
        Mean size of each feature's contributions in one fit.
    others : sequence of numpy.ndarray of shape (n_features,)
        The same in fits on other seeds, years or samples.

    Returns
    -------
    dict
        `fits`; `spearman` and `top3_overlap`, each with `mean` and `lowest` over the other fits. Spearman's rank
        correlation is over features that either fit uses, ties at their mean rank; the overlap is the share of the
        three strongest features that both have. Two fits that use no feature have neither, and where no other fit
        has a figure, both are None.

    Raises
    ------
    DataContractError
        If there is no other fit, or the features differ.

    References
    ----------
    .. [1] METHODS 9: Spearman of mean size and top-3 overlap across seeds, years and bootstraps.

    Examples
    --------
    The two weakest change places: 1 - 6 (1 + 1) / (4 (16 - 1)) = .8; the three strongest share two.

    >>> found = compute_stability(np.array([4.0, 3.0, 2.0, 1.0]), [np.array([4.0, 3.0, 1.0, 2.0])])
    >>> round(found["spearman"]["mean"], 9), round(found["top3_overlap"]["mean"], 3)
    (0.8, 0.667)
    """
    if not others or any(other.shape != reference.shape for other in others):
        message = f"stability: {len(others)} other fits, expected one or more of the same {len(reference)} features."
        raise DataContractError(message)
    used = [other for other in others if (reference > 0).any() or (other > 0).any()]
    return {
        "fits": len(others),
        "spearman": _summarise([_correlate(reference, other) for other in used]),
        "top3_overlap": _summarise([_overlap(reference, other) for other in used]),
    }


def _summarise(figures: list[float]) -> dict[str, float | None]:
    if not figures:
        return {"mean": None, "lowest": None}
    return {"mean": float(np.mean(figures)), "lowest": float(np.min(figures))}


def _correlate(one: FloatArray, other: FloatArray) -> float:
    used = (one > 0) | (other > 0)
    first, second = _rank(one[used]), _rank(other[used])
    if first.std() == 0 or second.std() == 0:
        return float(np.array_equal(first, second))
    return float(np.corrcoef(first, second)[0, 1])


def _rank(values: FloatArray) -> FloatArray:
    """Rank from the weakest; equal ones get their mean rank."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(count)
    return np.asarray((ends - (count - 1) / 2.0)[place], dtype=np.float64)


def _overlap(one: FloatArray, other: FloatArray) -> float:
    size = min(TOP, len(one))
    tops = [set(np.argsort(-values, kind="stable")[:size].tolist()) for values in (one, other)]
    return len(tops[0] & tops[1]) / size if size else 1.0
