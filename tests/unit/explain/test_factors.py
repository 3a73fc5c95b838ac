"""Factors are explained exactly: the sum is the prediction, and a feature without a factor keeps its sign."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.explain.factors import multiply_contributions


def make_contributions(n_rows: int = 50, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    values = rng.normal(0, 100, (n_rows, 3))
    keys = {"person_id": [f"p{row}" for row in range(n_rows)], "index_date": pd.Timestamp(2024, 1, 1)}
    return pd.DataFrame({**keys, "base_value": 2000.0}).assign(
        age_years=values[:, 0], is_female=values[:, 1], hba1c=values[:, 2]
    )


def test_base_and_contributions_sum_to_the_prediction_with_its_factors() -> None:
    before = make_contributions()
    logs = pd.DataFrame(np.random.default_rng(1).normal(0, 0.1, (50, 2)), columns=["age_years", "is_female"])
    after = multiply_contributions(before, logs, level=-0.02)
    expected = before.iloc[:, 2:].sum(axis=1) * np.exp(logs.sum(axis=1) - 0.02)
    np.testing.assert_allclose(after.iloc[:, 2:].sum(axis=1), expected, rtol=1e-12)
    np.testing.assert_allclose(after["base_value"], 2000 * np.exp(-0.02), rtol=1e-12)
    assert (np.sign(after["hba1c"]) == np.sign(before["hba1c"])).all()


def test_without_factors_nothing_changes() -> None:
    before = make_contributions()
    after = multiply_contributions(before, pd.DataFrame({"age_years": np.zeros(50)}), level=0.0)
    np.testing.assert_allclose(after.iloc[:, 2:], before.iloc[:, 2:], rtol=1e-9)


def test_a_row_alone_is_explained_as_in_a_batch() -> None:
    before, logs = make_contributions(), pd.DataFrame({"age_years": np.linspace(-0.2, 0.2, 50)})
    batch = multiply_contributions(before, logs, level=0.01)
    alone = [multiply_contributions(before.iloc[[i]], logs.iloc[[i]], level=0.01) for i in range(50)]
    pd.testing.assert_frame_equal(pd.concat(alone, ignore_index=True), batch, check_exact=True)


def test_a_factor_of_a_feature_that_has_no_contribution_is_refused() -> None:
    with pytest.raises(DataContractError, match="no column 'region', which has a factor"):
        multiply_contributions(make_contributions(), pd.DataFrame({"region": np.zeros(50)}), level=0.0)
