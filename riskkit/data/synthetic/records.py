"""Aligned arrays: records whose fields share their first axis, and how to pick and join their rows."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Self, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

FloatArray: TypeAlias = npt.NDArray[np.float64]
IntArray: TypeAlias = npt.NDArray[np.int64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Records:
    """Arrays of equal length, one per field; a subclass names the fields."""

    def take(self, rows: IntArray | BoolArray) -> Self:
        """Return the chosen rows of every field.

        Parameters
        ----------
        rows : numpy.ndarray of int or bool
            Row numbers (may repeat), or a mask.

        Returns
        -------
        Records
            A new record of the same class.
        """
        return type(self)(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(getattr(self, fields(self)[0].name))

    @classmethod
    def join(cls, parts: Sequence[Self]) -> Self:
        """Stack records of the same class.

        Parameters
        ----------
        parts : sequence of Records
            At least one record.

        Returns
        -------
        Records
            All rows, in order.
        """
        names = [field.name for field in fields(cls)]
        return cls(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def repeat_rows(counts: IntArray) -> IntArray:
    """Return each row number as often as its count says.

    Parameters
    ----------
    counts : numpy.ndarray of shape (n_rows,)
        How often each row occurs.

    Returns
    -------
    numpy.ndarray of shape (counts.sum(),)
        Row numbers, ascending.

    Examples
    --------
    >>> repeat_rows(np.array([2, 0, 1])).tolist()
    [0, 0, 2]
    """
    return np.repeat(np.arange(len(counts)), counts)


def rank_within(groups: IntArray) -> IntArray:
    """Return the place (0, 1, ...) of each element among neighbours of the same group.

    Parameters
    ----------
    groups : numpy.ndarray of shape (n,)
        Group numbers; equal ones stand together.

    Returns
    -------
    numpy.ndarray of shape (n,)
        Places.

    Examples
    --------
    >>> rank_within(np.array([4, 4, 7, 9, 9, 9])).tolist()
    [0, 1, 0, 0, 1, 2]
    """
    starts = np.flatnonzero(np.diff(groups, prepend=np.int64(-1)) != 0)
    lengths = np.diff(starts, append=len(groups))
    return np.arange(len(groups)) - np.repeat(starts, lengths)


def draw_rows(chances: FloatArray, rng: np.random.Generator) -> IntArray:
    """Draw one column for each row of a table of chances.

    Parameters
    ----------
    chances : numpy.ndarray of shape (n, n_columns)
        Chances, each row summing to 1.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    numpy.ndarray of shape (n,)
        Column numbers.
    """
    uniform = rng.random((len(chances), 1))
    column = (uniform > np.cumsum(chances, axis=1)).sum(axis=1)
    return np.asarray(np.minimum(column, chances.shape[1] - 1), dtype="int64")


def sigmoid(value: FloatArray) -> FloatArray:
    """Return ``1 / (1 + exp(-value))``.

    Parameters
    ----------
    value : numpy.ndarray
        Log odds.

    Returns
    -------
    numpy.ndarray
        Chances.
    """
    return np.asarray(1.0 / (1.0 + np.exp(-value)), dtype="float64")
