"""What last year's tiers and clinicians' overrides did, and which of them did nothing: counted, and said in a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from riskkit.tiers.final import OVERRIDDEN
from riskkit.tiers.overrides import find_holding

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_NAMED: Final = 5
"""Overrides of nobody that are named one by one; the others are counted."""


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
        `held` (members by rule), `raised` (members by override code), and of the `overrides` what `count_overrides`
        says, and how many hold and ask for no higher tier (`without_effect`); None without a history.
    """
    if "model_tier" not in tiers:
        return None
    moved = tiers[tiers["risk_tier"] != tiers["model_tier"]]
    by_clinician = moved["tier_reason"] == OVERRIDDEN
    held = moved.loc[~by_clinician, "tier_reason"].value_counts().sort_index()
    codes = moved.loc[by_clinician, "override_code"] if by_clinician.any() else pd.Series(dtype="str")
    raised = codes.value_counts().sort_index()
    given = count_overrides(tiers, overrides)
    idle = given["not_members"] + given["expired"] + given["not_yet_valid"]
    return {
        "held": {str(name): int(count) for name, count in held.items()},
        "raised": {str(name): int(count) for name, count in raised.items()},
        **given,
        "without_effect": max(given["overrides"] - idle - int(raised.sum()), 0),
    }


def count_overrides(members: pd.DataFrame, overrides: pd.DataFrame | None) -> dict[str, Any]:
    """Count the overrides that cannot do anything: those of nobody, and those that do not hold on the day.

    Parameters
    ----------
    members : pandas.DataFrame
        `person_id`, `index_date`.
    overrides : pandas.DataFrame or None
        Overrides matched with them, so that every identifier is a hash; in the order of their file.

    Returns
    -------
    dict
        `overrides` (all that were given), `not_members` of which the first five are listed in `strangers` (`row` of the
        file below its header, and the hashed `person_id`), `expired` and `not_yet_valid` on the index date.

    Examples
    --------
    >>> day = pd.Timestamp("2025-01-01")
    >>> members = pd.DataFrame({"person_id": ["a", "b"], "index_date": day})
    >>> count_overrides(members, pd.DataFrame({"person_id": ["a", "z"], "expiry_date": [day, day]}))
    {'overrides': 2, 'not_members': 1, 'strangers': [{'row': 2, 'person_id': 'z'}], 'expired': 1, 'not_yet_valid': 0}
    """
    if overrides is None or overrides.empty:
        return {"overrides": 0, "not_members": 0, "strangers": [], "expired": 0, "not_yet_valid": 0}
    listed = overrides.assign(row=np.arange(len(overrides)) + 1)
    days = members[["person_id", "index_date"]]
    absent = listed[~listed["person_id"].isin(set(days["person_id"]))]
    joined = listed.merge(days, on="person_id")
    joined = joined.assign(holds=find_holding(joined), over=joined["index_date"] >= joined["expiry_date"])
    by_row = joined.groupby("row")[["holds", "over"]].any()
    idle = by_row[~by_row["holds"]]
    return {
        "overrides": len(listed),
        "not_members": len(absent),
        "strangers": [
            {"row": int(row), "person_id": str(person)}
            for row, person in zip(absent["row"], absent["person_id"], strict=True)
        ][:MOST_NAMED],
        "expired": int(idle["over"].sum()),
        "not_yet_valid": int((~idle["over"]).sum()),
    }


def describe_changes(counts: Mapping[str, Any] | None) -> list[str]:
    """Say in a line what last tiers and overrides did, and in another which overrides did nothing.

    Parameters
    ----------
    counts : mapping or None
        From `count_changes`.

    Returns
    -------
    list of str
        None without a history, and no second line where every override is a member's and holds.

    Examples
    --------
    >>> rows = [("high", "low", "minimum_stay"), ("low", "low", "predicted_risk")]
    >>> tiers = pd.DataFrame(rows, columns=["risk_tier", "model_tier", "tier_reason"])
    >>> describe_changes(count_changes(tiers))
    ['Tiers: 1 held (minimum_stay 1), 0 raised']
    """
    if counts is None:
        return []
    parts = []
    for word in ("held", "raised"):
        each = ", ".join(f"{name} {count:,}" for name, count in counts[word].items())
        parts.append(f"{sum(counts[word].values()):,} {word}" + (f" ({each})" if each else ""))
    idle = say_idle(counts)
    return [f"Tiers: {', '.join(parts)}", *([f"Overrides: {idle}"] if idle else [])]


def say_idle(counts: Mapping[str, Any]) -> str:
    """Say which overrides cannot do anything.

    Parameters
    ----------
    counts : mapping
        From `count_overrides` or `count_changes`.

    Returns
    -------
    str
        Those of nobody, up to five of them by row and hashed identifier, and how many do not hold; empty where all do.

    Examples
    --------
    >>> none = {"overrides": 3, "not_members": 1, "strangers": [{"row": 2, "person_id": "5f2a"}]}
    >>> say_idle({**none, "expired": 1, "not_yet_valid": 0})
    'of 3, 1 names nobody among the members and is left out (row 2: 5f2a); 1 expired, 0 not yet valid'
    """
    parts, absent = [], counts["not_members"]
    if absent:
        named = ", ".join(f"row {one['row']}: {one['person_id']}" for one in counts["strangers"])
        more = f" and {absent - len(counts['strangers']):,} more" if absent > len(counts["strangers"]) else ""
        verbs = "names nobody among the members and is" if absent == 1 else "name nobody among the members and are"
        parts.append(f"{absent:,} {verbs} left out ({named}{more})")
    if counts["expired"] or counts["not_yet_valid"]:
        parts.append(f"{counts['expired']:,} expired, {counts['not_yet_valid']:,} not yet valid")
    return f"of {counts['overrides']:,}, {'; '.join(parts)}" if parts else ""
