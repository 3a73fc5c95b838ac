"""Reasons for the tiers of members: relative to the cut, or the rule or clinician that holds another tier."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from riskkit.explain.cut_reasons import compute_cut_reasons

if TYPE_CHECKING:
    import pandas as pd

    from riskkit.explain.wording import Quantity
    from riskkit.tiers.cuts import FrozenTiers

BY_RISK = "predicted_risk"
ENTRY = ["rule", "model_tier", "text", "text_zh"]


def explain_tiers(
    tiers: FrozenTiers,
    assigned: pd.DataFrame,
    contributions: pd.DataFrame,
    frame: pd.DataFrame,
    catalogue: pd.DataFrame,
    *,
    quantity: Quantity,
) -> list[str]:
    """Give each member's reasons for the tier as JSON text.

    Parameters
    ----------
    tiers : FrozenTiers
        Policy with its frozen cuts.
    assigned : pandas.DataFrame of shape (n_rows, n_columns)
        `tier_reason` of each member, and what a history adds.
    contributions : pandas.DataFrame of shape (n_rows, 3 + n_features)
        Contributions to the outcome that is cut.
    frame : pandas.DataFrame of shape (n_rows, n_columns)
        Keys and features of the same rows.
    catalogue : pandas.DataFrame
        The features in words.
    quantity : Quantity
        What the contributions are amounts of.

    Returns
    -------
    list of n_rows str
        One JSON list per member; empty where a rule placed the member, which `tier_reason` names. Of a tier that is not
        the model's, the one entry says who holds or raised it: `rule`, `model_tier`, `text`, `text_zh`.
    """
    encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
    reasons = compute_cut_reasons(contributions, frame, catalogue, quantity, cuts=tiers.cuts)
    by_risk = (assigned["tier_reason"] == BY_RISK).tolist()
    said = [encode(found) if placed else "[]" for found, placed in zip(reasons, by_risk, strict=True)]
    if "model_tier" not in assigned:
        return said
    changes = assigned[["tier_reason", "model_tier", "tier_change", "tier_change_zh"]].set_axis(ENTRY, axis=1)
    written = zip(said, changes.to_dict("records"), strict=True)
    return [encode([change]) if change["text"] else own for own, change in written]
