"""Observed and expected by group, small groups silent."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.evaluation.groups import compute_group_metrics

FRAME = pd.DataFrame(
    {
        "person_id": ["a", "a", "b", "c", "d"],
        "sex": ["F", "F", "F", "M", None],
        "region": ["city"] * 5,
        "observed": [100.0, 200, 300, 50, 70],
        "predicted": [200.0, 200, 200, 100, 70],
        "weight": [1.0, 0.5, 1, 1, 1],
    }
)


def test_figures_are_weighted_means_of_the_group() -> None:
    table = compute_group_metrics(FRAME, ["sex"], min_persons=1, n_bootstrap=0).set_index("group")
    # F: observed (100 + 100 + 300) / 2.5 = 200 and expected 500 / 2.5 = 200.
    assert table.loc["F", "observed"] == 200.0
    assert table.loc["F", "oe_ratio"] == 1.0
    assert table.loc["F", "n_persons"] == 2
    assert table.loc["M", "predictive_ratio"] == 2.0
    assert table.loc["M", "net_compensation"] == 50.0
    assert table.loc["missing", "weight"] == 1.0


def test_a_group_of_few_persons_is_listed_without_figures() -> None:
    table = compute_group_metrics(FRAME, ["sex"], min_persons=2, n_bootstrap=10).set_index("group")
    assert table["suppressed"].to_dict() == {"F": False, "M": True, "missing": True}
    assert table.loc["M", ["weight", "observed", "expected", "oe_ratio", "low", "net_compensation"]].isna().all()


def test_ten_persons_are_suppressed_and_eleven_are_not() -> None:
    n = 21
    frame = pd.DataFrame({"person_id": range(n), "team": ["x"] * 10 + ["y"] * 11, "observed": 1.0, "predicted": 1.0})
    table = compute_group_metrics(frame, ["team"], n_bootstrap=0)
    assert table["suppressed"].tolist() == [True, False]


def test_every_grouping_is_listed_in_turn() -> None:
    table = compute_group_metrics(FRAME, ["region", "sex"], min_persons=1, n_bootstrap=50)
    assert table["grouping"].tolist() == ["region", "sex", "sex", "sex"]
    whole = table.iloc[0]
    assert whole["low"] <= whole["oe_ratio"] <= whole["high"]


def test_an_absent_column_is_named() -> None:
    with pytest.raises(DataContractError, match="no column team"):
        compute_group_metrics(FRAME, ["team"])


def test_numbers_group_as_well_as_text() -> None:
    frame = FRAME.assign(level=[1.0, 1, 2, np.nan, 2])
    table = compute_group_metrics(frame, ["level"], min_persons=1, n_bootstrap=0)
    assert table["group"].tolist() == ["1.0", "2.0", "missing"]
