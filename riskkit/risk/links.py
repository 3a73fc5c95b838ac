"""Links: between the raw margin, on which trees add up, and the probability or amount that it stands for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]

Link = Literal["logit", "log", "identity"]
Kind = Literal["binary", "cost"]

SMALLEST = 1e-15
"""Probabilities are kept this far from 0 and 1, and amounts this far above 0, before a logarithm."""


def compute_expit(margin: FloatArray) -> FloatArray:
    """Turn log odds into probabilities.

    Parameters
    ----------
    margin : numpy.ndarray
        Log odds.

    Returns
    -------
    numpy.ndarray
        Probabilities.

    Examples
    --------
    >>> compute_expit(np.array([0.0]))
    array([0.5])
    """
    # exp(-log(1 + exp(-x))) neither overflows nor loses small probabilities
    return np.asarray(np.exp(-np.logaddexp(0.0, -margin)))


def compute_logit(probability: FloatArray) -> FloatArray:
    """Turn probabilities into log odds.

    Parameters
    ----------
    probability : numpy.ndarray
        Probabilities, kept within `SMALLEST` of 0 and 1.

    Returns
    -------
    numpy.ndarray
        Log odds.

    Examples
    --------
    >>> compute_logit(np.array([0.5]))
    array([0.])
    """
    clipped = np.clip(probability, SMALLEST, 1 - SMALLEST)
    return np.asarray(np.log(clipped) - np.log1p(-clipped))


def to_margin(value: FloatArray, kind: Kind) -> FloatArray:
    """Take the logit of probabilities or the logarithm of amounts.

    Parameters
    ----------
    value : numpy.ndarray
        Probabilities, or amounts.
    kind : {'binary', 'cost'}
        Which of them.

    Returns
    -------
    numpy.ndarray
        Margins.

    Examples
    --------
    >>> to_margin(np.array([1.0]), "cost")
    array([0.])
    """
    return compute_logit(value) if kind == "binary" else np.log(np.maximum(value, SMALLEST))


def to_value(margin: FloatArray, kind: Kind) -> FloatArray:
    """Go back from the link scale of `to_margin`.

    Parameters
    ----------
    margin : numpy.ndarray
        Margins.
    kind : {'binary', 'cost'}
        Probabilities, or amounts.

    Returns
    -------
    numpy.ndarray
        Probabilities, or amounts.

    Examples
    --------
    >>> to_value(np.array([0.0]), "binary")
    array([0.5])
    """
    return compute_expit(margin) if kind == "binary" else np.exp(margin)


def invert_link(margin: FloatArray, link: Link, *, floor: float = 0.0) -> FloatArray:
    """Turn raw margins into probabilities or amounts.

    Parameters
    ----------
    margin : numpy.ndarray of shape (n_rows,)
        Raw margins of a booster.
    link : {'logit', 'log', 'identity'}
        The booster's link.
    floor : float, default 0.0
        For the identity link: amounts below it are bent to ``floor * exp(margin / floor - 1)``, which stays positive
        and strictly increasing, because least squares can predict below zero and a cost cannot be.

    Returns
    -------
    numpy.ndarray of shape (n_rows,)
        Probabilities, or amounts per year.

    Examples
    --------
    >>> invert_link(np.array([-50.0, 100.0, 250.0]), "identity", floor=100.0).round(2)
    array([ 22.31, 100.  , 250.  ])
    """
    if link == "logit":
        return compute_expit(margin)
    if link == "log":
        return np.asarray(np.exp(margin))
    if floor <= 0:
        return np.maximum(margin, 0.0)
    return np.where(margin >= floor, margin, floor * np.exp(np.minimum(margin / floor, 1.0) - 1.0))


def combine_margins(margins: Sequence[FloatArray]) -> FloatArray:
    """Make one margin of the parts of a model.

    Parameters
    ----------
    margins : sequence of numpy.ndarray of shape (n_rows,)
        The margin itself, or the log odds of any cost and the log of its amount.

    Returns
    -------
    numpy.ndarray of shape (n_rows,)
        The margin, or the log of probability times amount.

    Examples
    --------
    An even chance of a cost of 100 is an expected cost of 50.

    >>> np.exp(combine_margins([np.array([0.0]), np.log([100.0])])).round(9)
    array([50.])
    """
    if len(margins) == 1:
        return np.asarray(margins[0], dtype=np.float64)
    chance, amount = margins
    return np.asarray(amount - np.logaddexp(0.0, -chance))
