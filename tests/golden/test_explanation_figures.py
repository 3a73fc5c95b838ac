"""Worked figures of the methods, section 9."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from riskkit.explain.rescaling import rescale_to_amount, rescale_to_probability, split_factors

KEY = {"person_id": ["a"], "index_date": [pd.Timestamp(2024, 12, 31)]}


def test_three_contributions_on_the_logit_as_probabilities() -> None:
    base = np.log(0.12 / 0.88)
    margin = pd.DataFrame({**KEY, "base_value": [base], "x": [0.6], "y": [0.45], "z": [-0.2]})
    scaled = rescale_to_probability(margin, lambda f: 1 / (1 + np.exp(-f)))
    np.testing.assert_allclose(scaled[["x", "y", "z"]].iloc[0], [0.0860, 0.0645, -0.0287], atol=5e-5)
    assert scaled["base_value"].item() == pytest.approx(0.12)
    assert scaled[["base_value", "x", "y", "z"]].sum(axis=1).item() == pytest.approx(0.2419, abs=5e-5)


def test_three_factors_on_a_base_amount() -> None:
    # 6,200 x 1.35 x .8 x 1.2 = 8,035.20
    amounts = split_factors([6200.0], [[1.35, 0.8, 1.2]])
    np.testing.assert_allclose(amounts[0], [2124.14, -1579.41, 1290.47], atol=0.005)
    assert amounts.sum() == pytest.approx(1835.20, abs=1e-9)


def test_log_link_contributions_split_like_factors() -> None:
    margin = pd.DataFrame({**KEY, "base_value": [np.log(6200)], "a": [np.log(1.35)], "b": [np.log(0.8)]})
    scaled = rescale_to_amount(margin.assign(c=np.log(1.2)))
    np.testing.assert_allclose(scaled[["a", "b", "c"]].iloc[0], [2124.14, -1579.41, 1290.47], atol=0.005)
    assert scaled[["base_value", "a", "b", "c"]].sum(axis=1).item() == pytest.approx(8035.20, abs=1e-9)
