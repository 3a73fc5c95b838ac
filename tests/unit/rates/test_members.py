"""Members that cannot be rated are refused before any money is computed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.rates.members import check_members


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("expected_cost", np.nan, "expected_cost must be a finite amount of at least 0, found nan"),
        ("expected_cost", np.inf, "expected_cost must be a finite amount of at least 0, found inf"),
        ("expected_cost", -1.0, r"found -1.0 \(person_id 'B'\) and 0 more of 3 rows"),
        ("exposure_months", -1.0, "exposure_months must be 0 to 12 months, found -1.0"),
        ("exposure_months", 365.0, "exposure_months must be 0 to 12 months, found 365.0"),
        ("exposure_months", np.nan, "exposure_months must be 0 to 12 months, found nan"),
        ("person_id", None, "person_id must be a key"),
        ("person_id", "A", "one row per person_id and index_date"),
    ],
)
def test_a_broken_row_is_named(members: pd.DataFrame, column: str, value: object, said: str) -> None:
    members[column] = members[column].mask(members["person_id"] == "B", value)
    with pytest.raises(DataContractError, match=said):
        check_members(members, ["exposure_months"])


def test_an_absent_column_is_named(members: pd.DataFrame) -> None:
    with pytest.raises(DataContractError, match="members lack column 'region'"):
        check_members(members.drop(columns="region"), ["region"])


def test_members_are_sorted_and_the_input_stays(members: pd.DataFrame) -> None:
    backwards = members.iloc[::-1]
    assert check_members(backwards, [])["person_id"].tolist() == ["A", "B", "C"]
    assert backwards["person_id"].tolist() == ["C", "B", "A"]


def test_rows_out_of_order_are_sorted_and_rows_in_order_are_not_changed(members: pd.DataFrame) -> None:
    later = members.assign(index_date=pd.Timestamp("2026-01-01"))
    both = pd.concat([later, members])
    assert check_members(both, [])["index_date"].dt.year.tolist() == [2025, 2026] * 3
    again = check_members(check_members(both, []), [])
    pd.testing.assert_frame_equal(again, check_members(both, []))
    with pytest.raises(DataContractError, match="one row per person_id and index_date"):
        check_members(pd.concat([members, members]), [])
