"""What last year's tiers and clinicians' overrides did: counted, and said in a line."""

from __future__ import annotations

from typing import Any

import pandas as pd

from riskkit.tiers.final import OVERRIDDEN


def count_changes(tiers: pd.DataFrame, overrides: pd.DataFrame | None = None) -> dict[str, Any] | None:
    """Count what last tiers and overrides did.

    Parameters
    ----------
    tiers : pandas.DataFrame
        Final tiers, as `assign_final_tiers` returns them.
    overrides : pandas.DataFrame, optional
        Overrides that were given, matched with the same members.

    Returns
    -------
    dict or None
        `held` (members by rule), `raised` (members by override code), and of the `overrides` how many name nobody of
        the members (`not_members`) and how many had expired or asked for no higher tier (`without_effect`); None
        without a history.
    """
    if "model_tier" not in tiers:
        return None
    moved = tiers[tiers["risk_tier"] != tiers["model_tier"]]
    by_clinician = moved["tier_reason"] == OVERRIDDEN
    held = moved.loc[~by_clinician, "tier_reason"].value_counts().sort_index()
    codes = moved.loc[by_clinician, "override_code"] if by_clinician.any() else pd.Series(dtype="str")
    raised = codes.value_counts().sort_index()
    given = 0 if overrides is None else len(overrides)
    absent = 0 if overrides is None else int((~overrides["person_id"].isin(set(tiers["person_id"]))).sum())
    return {
        "held": {str(name): int(count) for name, count in held.items()},
        "raised": {str(name): int(count) for name, count in raised.items()},
        "overrides": given,
        "not_members": absent,
        "without_effect": max(given - absent - int(raised.sum()), 0),
    }


def describe_changes(tiers: pd.DataFrame) -> list[str]:
    """Say in a line what last tiers and overrides did.

    Parameters
    ----------
    tiers : pandas.DataFrame
        Final tiers.

    Returns
    -------
    list of str
        One line, or none without a history.

    Examples
    --------
    >>> rows = [("high", "low", "minimum_stay"), ("low", "low", "predicted_risk")]
    >>> describe_changes(pd.DataFrame(rows, columns=["risk_tier", "model_tier", "tier_reason"]))
    ['Tiers: 1 held (minimum_stay 1), 0 raised']
    """
    counts = count_changes(tiers)
    if counts is None:
        return []
    parts = []
    for word in ("held", "raised"):
        each = ", ".join(f"{name} {count:,}" for name, count in counts[word].items())
        parts.append(f"{sum(counts[word].values()):,} {word}" + (f" ({each})" if each else ""))
    return [f"Tiers: {', '.join(parts)}"]
