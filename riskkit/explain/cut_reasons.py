"""Reasons for a tier: what holds a member on this side of the cut, measured from the cut and not from the mean."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from riskkit.explain.contributions import FloatArray, add_columns, split_frame
from riskkit.explain.reasons import MOST_REASONS, SMALLEST_SHARE, Reason, compute_reasons
from riskkit.explain.wording import Quantity


class CutReason(Reason):
    """A reason for standing above or below a cut.

    Besides the keys of `Reason`: `cut`, `distance` (prediction less cut) and `decisive`, true where the member would
    stand on the other side without this group's contribution.
    """

    cut: float
    distance: float
    decisive: bool


def compute_cut_reasons(
    contributions: pd.DataFrame,
    features: pd.DataFrame,
    catalogue: pd.DataFrame,
    quantity: Quantity,
    *,
    cuts: Sequence[float],
) -> list[list[CutReason]]:
    """Give the reasons why every member stands in the tier between two cuts.

    A member at or above a cut is held there by the groups that raise the prediction, one below the lowest cut by those
    that lower it; groups that pull the other way are no reasons for the tier. Of several cuts the highest that the
    member reaches counts. A group counts from 1% of the distance to that cut.

    Parameters
    ----------
    contributions : pandas.DataFrame of shape (n_rows, 3 + n_features)
        In the unit of the prediction.
    features : pandas.DataFrame of shape (n_rows, n_columns)
        Values of the same rows in the same order.
    catalogue : pandas.DataFrame of shape (n_catalogue, n_columns)
        `name`, `meaning`, `meaning_zh`, `unit`, `group`.
    quantity : Quantity
        What the contributions are amounts of.
    cuts : sequence of float
        Predictions at which tiers begin, rising.

    Returns
    -------
    list of n_rows lists of dict
        At most four reasons a row, the strongest first.

    Raises
    ------
    DataContractError
        If rows do not match, or a feature is absent from the features or the catalogue.

    Examples
    --------
    A risk of .30 over a cut of .25, to which HbA1c adds .20:

    >>> from riskkit.explain.wording import make_risk_quantity
    >>> key = {"person_id": ["a"], "index_date": [pd.Timestamp(2024, 12, 31)]}
    >>> catalogue = pd.DataFrame({"name": ["hba1c"], "meaning": ["HbA1c"], "unit": ["%"], "meaning_zh": ["血红蛋白"],
    ...                           "group": ["glycaemia"]})
    >>> reasons = compute_cut_reasons(pd.DataFrame({**key, "base_value": [0.10], "hba1c": [0.20]}),
    ...                               pd.DataFrame({**key, "hba1c": [9.4]}), catalogue,
    ...                               make_risk_quantity("admission", "住院"), cuts=[0.25])
    >>> reasons[0][0]["text"].split("; ")[1], round(reasons[0][0]["distance"], 6)
    ('without it below the cut of 25.0%', 0.05)
    """
    _, base, phi = split_frame(contributions)
    edges: FloatArray = np.asarray(cuts, dtype=np.float64)
    prediction = base + add_columns(phi)
    place = np.searchsorted(edges, prediction, side="right")
    cut = edges[np.maximum(place - 1, 0)]
    every = compute_reasons(contributions, features, catalogue, quantity, max_reasons=phi.shape[1], min_share=0.0)
    columns = zip(every, prediction.tolist(), cut.tolist(), (place > 0).tolist(), strict=True)
    return [_choose(reasons, found, edge, above, quantity) for reasons, found, edge, above in columns]


def _choose(
    reasons: Sequence[Reason], prediction: float, cut: float, above: bool, quantity: Quantity
) -> list[CutReason]:
    distance = prediction - cut
    way = "raises" if above else "lowers"
    kept = [one for one in reasons if one["direction"] == way and abs(one["amount"]) > SMALLEST_SHARE * abs(distance)]
    found: list[CutReason] = []
    for one in kept[:MOST_REASONS]:
        decisive = prediction - one["amount"] < cut if above else prediction - one["amount"] >= cut
        text, text_zh = one["text"], one["text_zh"]
        if decisive:
            size = quantity.write_amount(cut)
            # a cut is a level, of which amounts are distances
            level, level_zh = quantity.level_unit or f" {quantity.unit}", quantity.level_unit or f" {quantity.unit_zh}"
            text += f"; without it {'below' if above else 'above'} the cut of {size}{level}"
            text_zh += f"；若无此项则{'低于' if above else '高于'}分层界值 {size}{level_zh}"
        found.append({**one, "text": text, "text_zh": text_zh, "cut": cut, "distance": distance, "decisive": decisive})
    return found
