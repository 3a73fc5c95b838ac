"""Capacity: the members with the highest scores, as many as there are places, in an order without ties."""

from __future__ import annotations

import hashlib
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from riskkit.errors import DataContractError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

KEY: Final = ["person_id", "index_date"]


def hash_members(members: pd.DataFrame) -> NDArray[np.uint64]:
    """Give each member of a year a number that nobody chose, to order equal scores by.

    Parameters
    ----------
    members : pandas.DataFrame
        `person_id`, `index_date`.

    Returns
    -------
    numpy.ndarray of shape (n_members,)
        The first 64 bits of SHA-256 of ``person_id``, a tab and the year.
    """
    years = members["index_date"].to_numpy().astype("datetime64[Y]").astype(int) + 1970
    texts = (f"{person}\t{year}" for person, year in zip(members["person_id"], years.tolist(), strict=True))
    numbers = [int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest()[:8], "big") for text in texts]
    return np.array(numbers, dtype=np.uint64)


def fit_capacity(
    risk: NDArray[np.float64], members: pd.DataFrame, places: Sequence[int]
) -> tuple[tuple[float, ...], tuple[int, ...]]:
    """Freeze the last member who still has a place in each tier: score, then hash, lower hashes first.

    Parameters
    ----------
    risk : numpy.ndarray of shape (n_members,)
        Scores.
    members : pandas.DataFrame of shape (n_members, n_columns)
        `person_id`, `index_date`.
    places : sequence of int
        Places of each tier above the lowest, in the order of the tiers.

    Returns
    -------
    cuts : tuple of float
        Score of the last member in each tier.
    ties : tuple of int
        That member's hash: of those with the same score, the hashes up to this one are in.

    Raises
    ------
    DataContractError
        If there are fewer members than places.
    """
    wanted = np.cumsum(list(places)[::-1])[::-1].tolist()
    if wanted[0] >= len(risk):
        message = (
            f"tiers: {wanted[0]} places above the lowest tier, but the reference population has {len(risk)} members. "
            "Use a larger reference population, or fewer places."
        )
        raise DataContractError(message)
    hashes = hash_members(members)
    order = np.lexsort((hashes, -risk))
    last = [int(order[place - 1]) for place in wanted]
    cuts = tuple(float(risk[row]) for row in last)
    if any(low > high for low, high in pairwise(cuts)):
        message = f"tiers: capacity cuts {cuts} do not rise. Give each tier one place or more."
        raise DataContractError(message)
    return cuts, tuple(int(hashes[row]) for row in last)


def place_by_capacity(
    risk: NDArray[np.float64], members: pd.DataFrame, cuts: Sequence[float], ties: Sequence[int]
) -> NDArray[np.int8]:
    """Place each member by the frozen scores and hashes; only those on a cut are hashed.

    Parameters
    ----------
    risk : numpy.ndarray of shape (n_members,)
        Scores.
    members : pandas.DataFrame of shape (n_members, n_columns)
        `person_id`, `index_date`.
    cuts : sequence of float
        Score at which each tier above the lowest ends.
    ties : sequence of int
        Largest hash that is in, among members on the cut.

    Returns
    -------
    numpy.ndarray of shape (n_members,)
        0 for the lowest tier.
    """
    place = np.zeros(len(risk), dtype=np.int8)
    on_a_cut = np.isin(risk, np.array(cuts))
    hashes = np.zeros(len(risk), dtype=np.uint64)
    hashes[on_a_cut] = hash_members(members[on_a_cut])
    for cut, tie in zip(cuts, ties, strict=True):
        place += ((risk > cut) | ((risk == cut) & (hashes <= np.uint64(tie)))).astype(np.int8)
    return place
