"""Contributions of one booster, from tables or from LightGBM, held to the raw score of every row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from riskkit.errors import AcceptanceError, ModelStoreError
from riskkit.explain.forest import read_forest
from riskkit.explain.tree_shap import can_tabulate, compute_tree_shap

if TYPE_CHECKING:
    from lightgbm import Booster

FloatArray = npt.NDArray[np.float64]

ADDITIVITY_TOLERANCE = 1e-6
CHECKED_ROWS, CHECK_TOLERANCE = 200, 2e-5
FEWEST_ROWS = 2_000
"""Rows from which tables of every leaf pay: they take about a second to build and then 30 times fewer seconds a row."""


def explain_matrix(
    booster: Booster, matrix: FloatArray, num_threads: int = 2, *, batch_rows: int = 50_000
) -> FloatArray:
    """Compute what `compute_contributions` does, from numbers to numbers.

    Parameters
    ----------
    booster : lightgbm.Booster
        A model with one output.
    matrix : numpy.ndarray of shape (n_rows, n_features)
        Features in the order of the booster; NaN is missing.
    num_threads : int, default 2
        Threads.
    batch_rows : int, default 50000
        Rows at a time where LightGBM explains.

    Returns
    -------
    numpy.ndarray of shape (n_rows, n_features + 1)
        Contributions, and the base value in the last column.

    Raises
    ------
    AcceptanceError
        If contributions and raw score differ by more than 1e-6, or tables and LightGBM by more than 2e-5.
    """
    values = _explain(booster, matrix, batch_rows, num_threads)
    _require_sum(booster, matrix, values, num_threads)
    return values


def _explain(booster: Booster, matrix: FloatArray, batch_rows: int, num_threads: int) -> FloatArray:
    if len(matrix) < FEWEST_ROWS:
        return _ask_lightgbm(booster, matrix, batch_rows, num_threads)
    try:
        forest = read_forest(booster.model_to_string())
    except ModelStoreError:
        return _ask_lightgbm(booster, matrix, batch_rows, num_threads)
    if not can_tabulate(forest):
        return _ask_lightgbm(booster, matrix, batch_rows, num_threads)
    values = compute_tree_shap(forest, matrix, num_threads=num_threads)
    chosen = np.unique(np.linspace(0, len(matrix) - 1, CHECKED_ROWS).astype(np.int64))
    apart = np.abs(values[chosen] - _ask_lightgbm(booster, matrix[chosen], batch_rows, num_threads)).max()
    if not apart <= CHECK_TOLERANCE:
        message = (
            f"contributions: tables and LightGBM differ by {apart:.3g} on {len(chosen)} rows, expected up to "
            f"{CHECK_TOLERANCE:g}. Do not publish these reasons; check the version of LightGBM."
        )
        raise AcceptanceError(message)
    return values


def _ask_lightgbm(booster: Booster, matrix: FloatArray, batch_rows: int, num_threads: int) -> FloatArray:
    parts = [np.empty((0, matrix.shape[1] + 1))]
    for start in range(0, len(matrix), batch_rows):
        batch = matrix[start : start + batch_rows]
        parts.append(np.asarray(booster.predict(batch, pred_contrib=True, num_threads=num_threads), dtype=np.float64))
    return np.concatenate(parts)


def _require_sum(booster: Booster, matrix: FloatArray, values: FloatArray, num_threads: int) -> None:
    if not len(matrix):
        return
    raw = np.asarray(booster.predict(matrix, raw_score=True, num_threads=num_threads), dtype=np.float64)
    gap = np.abs(values.sum(axis=1) - raw) / np.maximum(np.abs(raw), 1.0)
    if not (gap <= ADDITIVITY_TOLERANCE).all():
        worst = int(np.argmax(gap))
        message = (
            f"contributions: row {worst} sums to {values[worst].sum():.9g} but its raw score is "
            f"{raw[worst]:.9g}; expected a difference up to {ADDITIVITY_TOLERANCE:g}. Do not publish these reasons."
        )
        raise AcceptanceError(message)
