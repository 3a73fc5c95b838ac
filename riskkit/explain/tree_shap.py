"""TreeSHAP for many rows: each row's contributions looked up by the answers that it gives at the splits."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from riskkit.explain.forest import Forest, Split
from riskkit.explain.pieces import MOST_SPLITS, FloatArray, Piece, tabulate_tree

BLOCK_ROWS = 8_192
TREES_AT_ONCE = 50

Answer = npt.NDArray[np.uint16]


def can_tabulate(forest: Forest) -> bool:
    """Say whether the paths of a forest are short enough for tables.

    Parameters
    ----------
    forest : Forest
        The trees.

    Returns
    -------
    bool
        False where a path has more splits than a table has room for.
    """
    return forest.depth <= MOST_SPLITS


def compute_tree_shap(forest: Forest, matrix: FloatArray, *, num_threads: int = 2) -> FloatArray:
    """Compute path-dependent TreeSHAP contributions, equal to LightGBM's own but for rounding of doubles.

    Parameters
    ----------
    forest : Forest
        Trees that `can_tabulate` allows.
    matrix : numpy.ndarray of shape (n_rows, n_features)
        Features as doubles; NaN is missing.
    num_threads : int, default 2
        Threads; a row's contributions do not depend on it, nor on the other rows.

    Returns
    -------
    numpy.ndarray of shape (n_rows, n_features + 1)
        Contributions, and the base value in the last column.
    """
    result = np.empty((len(matrix), forest.n_features + 1))
    result[:, -1] = forest.base
    starts = range(0, len(matrix), BLOCK_ROWS)
    blocks = [np.zeros((forest.n_features, len(matrix[start : start + BLOCK_ROWS]))) for start in starts]

    def explain(number: int) -> None:
        start = starts[number]
        _add_block(pieces, matrix[start : start + BLOCK_ROWS], blocks[number])

    with ThreadPoolExecutor(num_threads) as pool:
        for first in range(0, len(forest.trees), TREES_AT_ONCE):
            few = forest.trees[first : first + TREES_AT_ONCE]
            pieces = list(pool.map(tabulate_tree, few))
            list(pool.map(explain, range(len(blocks))))
    for start, block in zip(starts, blocks, strict=True):
        result[start : start + BLOCK_ROWS, :-1] = block.T
    return result


def _add_block(trees: Sequence[Sequence[Piece]], rows: FloatArray, total: FloatArray) -> None:
    """Add the contributions of some trees for some rows, features down, so that every column is contiguous."""
    columns = np.ascontiguousarray(rows.T)
    filled = np.nan_to_num(columns, nan=0.0, posinf=np.inf, neginf=-np.inf)
    part = np.empty(len(rows))
    pattern, place = np.empty(len(rows), dtype=np.uint16), np.empty(len(rows), dtype=np.intp)
    for pieces in trees:
        answers: dict[Split, Answer] = {}
        for piece in pieces:
            pattern[:] = 0
            for split in reversed(piece.splits):
                if split not in answers:
                    answers[split] = _ask(split, filled if split.missing == "as_zero" else columns)
                np.add(pattern, pattern, out=pattern)
                np.add(pattern, answers[split], out=pattern)
            place[:] = pattern
            for feature, values in zip(piece.features, piece.table, strict=True):
                np.take(values, place, out=part, mode="clip")
                np.add(total[feature], part, out=total[feature])


def _ask(split: Split, columns: FloatArray) -> Answer:
    """Answer one split: 1 where a row goes left. A comparison with NaN is false, which settles missing values."""
    column = columns[split.feature]
    left: npt.NDArray[np.bool_] = ~(column > split.threshold) if split.missing == "left" else column <= split.threshold
    return left.astype(np.uint16)
