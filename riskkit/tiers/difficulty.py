"""Difficulty of management: the second axis, which with the tier says how closely a member is followed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from riskkit.errors import DataContractError

if TYPE_CHECKING:
    from riskkit.tiers.blocks import Difficulty

KEY: Final = ["person_id", "index_date"]


def add_management_class(block: Difficulty, assigned: pd.DataFrame, features: pd.DataFrame | None) -> pd.DataFrame:
    """Add the class that severity (the tier) and difficulty give together.

    Parameters
    ----------
    block : Difficulty
        Items and classes.
    assigned : pandas.DataFrame of shape (n_members, n_columns)
        Keys and `risk_tier`.
    features : pandas.DataFrame of shape (n_members, n_features)
        Keys and the columns of the items.

    Returns
    -------
    pandas.DataFrame of shape (n_members, n_columns + 1)
        The same rows with `management_class`: general, regular or key.

    Raises
    ------
    DataContractError
        If a feature or a member is absent.

    References
    ----------
    .. [1] POLICY_RULES C3.
    """
    columns = [item.column for item in block.items]
    missing = [] if features is None else [column for column in columns if column not in features]
    if features is None or missing:
        message = f"tiers: [difficulty] needs {(missing or columns)[0]!r} among the features. Build that feature group."
        raise DataContractError(message)
    known = assigned[KEY].merge(features[[*KEY, *columns]], on=KEY, how="left", validate="one_to_one")
    met = np.zeros(len(known), dtype=np.int64)
    for item in block.items:
        values = known[item.column].to_numpy(dtype=np.float64, na_value=np.nan)
        met += np.where(np.isnan(values), item.missing, values >= item.value)
    hard = (met >= block.hard_from.value).astype(int)
    tiers = assigned["risk_tier"].to_numpy(dtype=object)
    named = np.array([block.classes[tier][place] for tier, place in zip(tiers, hard, strict=True)], dtype=object)
    return assigned.assign(management_class=pd.array(named, dtype="str"))
