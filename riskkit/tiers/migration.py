"""Migration: where the members of one year stand in the next, and how stable the tiers are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from riskkit.errors import DataContractError
from riskkit.tiers.cuts import require_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

CODED_REASONS: Final = frozenset({"severe_complication", "other_complication"})
"""Reasons that rest on diagnosis codes alone, which a provider writes."""


@dataclass(frozen=True)
class Migration:
    """The move from one assignment of tiers to the next.

    Parameters
    ----------
    matrix : pandas.DataFrame
        Members by last tier (rows, and `entered`) and tier (columns, and `left`, `died`).
    shares : pandas.DataFrame
        The same as shares of each row.
    stability : float
        Share of those present twice whose tier is the same.
    weighted_kappa : float
        Agreement beyond chance with linear weights; 1 is no change.
    psi : float
        Population stability index of the tier shares: above .1 watch, above .25 act.
    coded_rises : float
        Share of the rises that rest on diagnosis codes alone; NaN without a rise or without reasons.
    """

    matrix: pd.DataFrame
    shares: pd.DataFrame
    stability: float
    weighted_kappa: float
    psi: float
    coded_rises: float


def compute_migration(
    before: pd.DataFrame, after: pd.DataFrame, tiers: Sequence[str], *, died: Sequence[str] = ()
) -> Migration:
    """Compare two assignments of tiers.

    Parameters
    ----------
    before, after : pandas.DataFrame
        `person_id`, `risk_tier`, one row per person; `tier_reason` of `after` where it is known.
    tiers : sequence of str
        Tiers from the lowest to the highest; others, such as `unassessed`, stand before them in the matrix and out of
        the kappa.
    died : sequence of str
        Persons who died in between.

    Returns
    -------
    Migration
        Matrix and measures.

    Raises
    ------
    DataContractError
        If a frame lacks a column or holds a person twice.
    """
    for name, frame in (("last tiers", before), ("tiers", after)):
        require_columns(frame, ["person_id", "risk_tier"], name)
        if frame["person_id"].duplicated().any():
            message = f"{name}: a person stands twice, expected one row each. Give one index date."
            raise DataContractError(message)
    others = sorted((set(before["risk_tier"]) | set(after["risk_tier"])) - set(tiers))
    names = [*others, *tiers]
    known = after[["person_id", "risk_tier", *(["tier_reason"] if "tier_reason" in after else [])]]
    joined = before[["person_id", "risk_tier"]].merge(known, on="person_id", how="outer", suffixes=("_before", ""))
    gone = np.where(joined["person_id"].isin(list(died)), "died", "left")
    rows = joined["risk_tier_before"].astype("object").fillna("entered")
    columns = joined["risk_tier"].astype("object").where(joined["risk_tier"].notna(), pd.Series(gone, joined.index))
    matrix = pd.crosstab(rows, columns).reindex(
        index=[*names, "entered"], columns=[*names, "left", "died"], fill_value=0
    )
    matrix.index.name, matrix.columns.name = "last_tier", "tier"
    total = matrix.sum(axis=1).replace(0, np.nan)
    stayed = matrix.loc[names, names].to_numpy(dtype=np.float64)
    ranked = matrix.loc[list(tiers), list(tiers)].to_numpy(dtype=np.float64)
    return Migration(
        matrix=matrix,
        shares=matrix.div(total, axis=0),
        stability=float(np.trace(stayed) / stayed.sum()) if stayed.sum() else float("nan"),
        weighted_kappa=compute_weighted_kappa(ranked),
        psi=compute_tier_psi(before["risk_tier"], after["risk_tier"], names),
        coded_rises=_coded_rises(joined, tiers),
    )


def compute_weighted_kappa(table: NDArray[np.float64]) -> float:
    """Compute Cohen's kappa with linear weights.

    Parameters
    ----------
    table : numpy.ndarray of shape (n_tiers, n_tiers)
        Members by first and second tier, in order.

    Returns
    -------
    float
        1 less disagreement over that of chance; NaN where chance leaves none.

    References
    ----------
    .. [1] Cohen J. (1968). Weighted kappa. Psychological Bulletin 70(4). doi:10.1037/h0026256

    Examples
    --------
    Of 20 members 2 move by one tier, disagreement .1; by chance half would:

    >>> compute_weighted_kappa(np.array([[9.0, 1.0], [1.0, 9.0]]))
    0.8
    """
    total = table.sum()
    if not total:
        return float("nan")
    places = np.arange(len(table))
    apart = np.abs(places[:, None] - places[None, :])
    chance = np.outer(table.sum(axis=1), table.sum(axis=0)) / total
    expected = float((apart * chance).sum())
    return 1 - float((apart * table).sum()) / expected if expected else float("nan")


def compute_tier_psi(before: pd.Series, after: pd.Series, tiers: Sequence[str]) -> float:
    """Compute the population stability index of tier shares.

    Parameters
    ----------
    before, after : pandas.Series
        Tiers of the members of each year.
    tiers : sequence of str
        The tiers.

    Returns
    -------
    float
        Sum of (b - a) ln(b / a); a tier that is empty in one year counts with half a member.

    Examples
    --------
    >>> before = pd.Series(["low"] * 50 + ["medium"] * 30 + ["high"] * 20)
    >>> after = pd.Series(["low"] * 40 + ["medium"] * 33 + ["high"] * 27)
    >>> round(compute_tier_psi(before, after, ["low", "medium", "high"]), 3)
    0.046
    """
    counts = [
        series.value_counts().reindex(list(tiers), fill_value=0).to_numpy(dtype=float) for series in (before, after)
    ]
    used = (counts[0] + counts[1]) > 0
    a, b = (np.maximum(count[used], 0.5) / max(count.sum(), 1.0) for count in counts)
    return float(((b - a) * np.log(b / a)).sum())


def _coded_rises(joined: pd.DataFrame, tiers: Sequence[str]) -> float:
    """Return the share of the rises whose reason is a diagnosis code."""
    if "tier_reason" not in joined:
        return float("nan")
    order = pd.Index(list(tiers))
    first, second = (
        order.get_indexer(pd.Index(joined[name].astype("object"))) for name in ("risk_tier_before", "risk_tier")
    )
    risen = (first >= 0) & (second > first)
    if not risen.any():
        return float("nan")
    return float(joined["tier_reason"][risen].isin(list(CODED_REASONS)).mean())
