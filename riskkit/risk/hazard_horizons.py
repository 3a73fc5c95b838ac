"""Horizons of one hazard model: their names, and risks as steps that cannot come in the wrong order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from riskkit.risk.spec import OutcomeSpec

    FloatArray = npt.NDArray[np.float64]

DAYS_OF_YEAR = 365

LEAST_LEFT = 1e-12
"""Share that is kept without the event, so that what remains can be divided by it."""


def name_horizon(days: int) -> str:
    """Name a horizon: in years where it is whole years of 365 days, else in days.

    Parameters
    ----------
    days : int
        Length of the horizon.

    Returns
    -------
    str
        Its name, the ending of a prediction's column.

    Examples
    --------
    >>> name_horizon(1095), name_horizon(30)
    ('3y', '30d')
    """
    years, rest = divmod(days, DAYS_OF_YEAR)
    return f"{days}d" if rest else f"{years}y"


def say_horizon(days: int) -> tuple[str, str]:
    """Say a horizon in words.

    Parameters
    ----------
    days : int
        Length of the horizon.

    Returns
    -------
    tuple of str
        In English and in Chinese.

    Examples
    --------
    >>> say_horizon(365), say_horizon(30)
    (('1 year', '1年'), ('30 days', '30天'))
    """
    years, rest = divmod(days, DAYS_OF_YEAR)
    if rest:
        return f"{days} days", f"{days}天"
    return f"{years} year{'s' if years > 1 else ''}", f"{years}年"


def split_horizons(risk: npt.ArrayLike) -> FloatArray:
    """Turn risks by horizon into steps: the first risk, then that of each later horizon for those without the event.

    Parameters
    ----------
    risk : array-like of shape (n_rows, n_horizons)
        Probabilities that never fall from one horizon to the next.

    Returns
    -------
    numpy.ndarray of shape (n_rows, n_horizons)
        The first risk, then (P(k) - P(k-1)) / (1 - P(k-1)).

    Examples
    --------
    Of the 80 in 100 without an event in the first year, 20 have one by the third:

    >>> split_horizons([[0.2, 0.4]]).round(6)
    array([[0.2 , 0.25]])
    """
    risks = np.asarray(risk, dtype=np.float64)
    before = np.concatenate([np.zeros_like(risks[:, :1]), risks[:, :-1]], axis=1)
    return np.asarray(np.clip((risks - before) / np.maximum(1.0 - before, LEAST_LEFT), 0.0, 1.0))


def join_horizons(steps: npt.ArrayLike) -> FloatArray:
    """Put steps together into risks by horizon.

    Parameters
    ----------
    steps : array-like of shape (n_rows, n_horizons)
        Probabilities, as `split_horizons` makes them.

    Returns
    -------
    numpy.ndarray of shape (n_rows, n_horizons)
        P(k) = P(k-1) + (1 - P(k-1)) x step; whatever the steps, no horizon has a lower risk than the one before.

    Examples
    --------
    >>> join_horizons([[0.2, 0.25]]).round(6)
    array([[0.2, 0.4]])
    """
    parts = np.asarray(steps, dtype=np.float64)
    risks = np.empty_like(parts)
    so_far = np.zeros(len(parts))
    for place, step in enumerate(parts.T):
        so_far = so_far + (1.0 - so_far) * step
        risks[:, place] = so_far
    return risks


def name_columns(outcome: str, horizons_days: Sequence[int]) -> tuple[str, ...]:
    """Name the prediction columns of an outcome, one per horizon.

    Parameters
    ----------
    outcome : str
        Name of the outcome.
    horizons_days : sequence of int
        Its horizons.

    Returns
    -------
    tuple of str
        The names.

    Examples
    --------
    >>> name_columns("nephropathy", [365, 1095])
    ('nephropathy_1y', 'nephropathy_3y')
    """
    return tuple(f"{outcome}_{name_horizon(days)}" for days in horizons_days)


def describe_horizon(spec: OutcomeSpec, place: int) -> OutcomeSpec:
    """Describe one horizon of a hazard as the binary outcome that its column is to a reader.

    Parameters
    ----------
    spec : OutcomeSpec
        The hazard.
    place : int
        Place of the horizon.

    Returns
    -------
    OutcomeSpec
        Name, titles and horizon of the column; everything else as in the file.
    """
    days = spec.horizons_days[place]
    words, words_zh = say_horizon(days)
    own = {
        "name": spec.columns[place],
        "title": f"{spec.title} within {words}",
        "title_zh": f"{words_zh}内{spec.title_zh}",
        "kind": "binary",
        "horizon_days": days,
        "horizons_days": (),
    }
    return spec.model_copy(update=own)
