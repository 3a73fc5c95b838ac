"""Severity and difficulty together give the management class."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.policy import read_policy
from riskkit.tiers.difficulty import add_management_class
from riskkit.tiers.policy import TierPolicy


def test_two_items_make_a_member_hard_and_raise_the_class(policies: Path) -> None:
    block = read_policy(policies / "two_axes.toml", TierPolicy).difficulty
    assert block is not None
    keys = {"person_id": list("ABCDEF"), "index_date": pd.Timestamp("2025-01-01")}
    assigned = pd.DataFrame({**keys, "risk_tier": ["low", "low", "medium", "medium", "high", "high"]})
    features = pd.DataFrame(
        {
            **keys,
            "distinct_drugs_365d": [3, 12, 3, 12, 3, 12.0],
            "age_years": [80, 80, 60, 60, 60, 60.0],
            # never followed up counts as an item
            "days_since_follow_up": [30, 30, 30, np.nan, 30, np.nan],
            "hypoglycaemia_730d": 0.0,
        }
    )
    found = add_management_class(block, assigned, features)["management_class"].tolist()
    assert found == ["general", "regular", "regular", "key", "key", "key"]
    with pytest.raises(DataContractError, match="needs 'age_years' among the features"):
        add_management_class(block, assigned, features.drop(columns="age_years"))
