"""Contributions to both parts of a cost sum to the log of the expected cost, for any margins."""

from __future__ import annotations

import numpy as np
import pandas as pd

from riskkit.explain.two_part import combine_parts


def test_parts_sum_to_the_log_of_chance_times_amount() -> None:
    rng = np.random.default_rng(0)
    key = pd.DataFrame({"person_id": [f"p{i}" for i in range(50)], "index_date": pd.Timestamp(2024, 12, 31)})
    names = ["base_value", "x", "y", "z"]
    chance, amount = (key.assign(**dict(zip(names, rng.normal(size=(4, 50)), strict=True))) for _ in range(2))
    found = combine_parts(chance, amount)
    odds, log_amount = chance[names].sum(axis=1), amount[names].sum(axis=1)
    expected = np.log(1 / (1 + np.exp(-odds))) + log_amount
    np.testing.assert_allclose(found[names].sum(axis=1), expected, rtol=1e-12, atol=1e-12)


def test_a_feature_of_one_part_alone_keeps_its_sign() -> None:
    key = {"person_id": ["a"], "index_date": [pd.Timestamp(2024, 12, 31)]}
    chance = pd.DataFrame({**key, "base_value": [0.3], "x": [-0.8], "y": [0.0]})
    amount = pd.DataFrame({**key, "base_value": [5.0], "x": [0.0], "y": [0.4]})
    found = combine_parts(chance, amount)
    assert found["x"].item() < 0
    assert found["y"].item() == 0.4
