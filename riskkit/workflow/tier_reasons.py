"""Reasons for the tiers of members: of those whom the predicted risk placed, relative to the cut."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from riskkit.explain.cut_reasons import compute_cut_reasons

if TYPE_CHECKING:
    import pandas as pd

    from riskkit.explain.wording import Quantity
    from riskkit.tiers.cuts import FrozenTiers

BY_RISK = "predicted_risk"


def explain_tiers(
    tiers: FrozenTiers,
    reason_codes: pd.Series[str],
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
    reason_codes : pandas.Series of shape (n_rows,)
        `tier_reason` of each member.
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
        One JSON list per member; empty where a rule placed the member, which `tier_reason` names.
    """
    encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
    reasons = compute_cut_reasons(contributions, frame, catalogue, quantity, cuts=tiers.cuts)
    by_risk = (reason_codes == BY_RISK).tolist()
    return [encode(found) if placed else "[]" for found, placed in zip(reasons, by_risk, strict=True)]
