"""Rows to be scored keep their order and context; what is no row, number or single member is refused."""

from __future__ import annotations

import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.workflow.rate import RatedPopulation
from riskkit.workflow.rows import read_rows


def test_context_and_features_are_kept_in_the_given_order(rated: RatedPopulation, members: pd.DataFrame) -> None:
    few = members.iloc[[5, 2]].assign(more="x")
    found = read_rows(rated.bundle, few)
    assert found["person_id"].tolist() == few["person_id"].tolist()
    assert list(found)[:3] == ["person_id", "region", "exposure_months"]
    assert "more" not in found
    assert (found[rated.bundle.feature_names].dtypes == "float64").all()


def test_a_missing_date_is_one_fixed_day(rated: RatedPopulation, members: pd.DataFrame) -> None:
    found = read_rows(rated.bundle, members.head(2).drop(columns="index_date"))
    assert found["index_date"].eq(pd.Timestamp(1970, 1, 1)).all()


def test_no_row_text_and_repeats_are_refused(rated: RatedPopulation, members: pd.DataFrame) -> None:
    with pytest.raises(DataContractError, match="no row"):
        read_rows(rated.bundle, members.head(0))
    with pytest.raises(DataContractError, match="'age_years' holds a value that is no number"):
        read_rows(rated.bundle, members.head(2).assign(age_years="old"))
    with pytest.raises(DataContractError, match="1 rows repeat a member"):
        read_rows(rated.bundle, members.iloc[[0, 0]])
