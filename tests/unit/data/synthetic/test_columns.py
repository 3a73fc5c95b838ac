from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from riskkit.data.schemas import TABLES
from riskkit.data.synthetic.columns import as_days, as_identifiers, as_labels, build_table


def test_identifiers_sort_like_their_numbers() -> None:
    names = as_identifiers("P", np.array([9, 10, 11]), digits=3).to_pylist()
    assert names == ["P009", "P010", "P011"]


def test_a_label_may_be_missing() -> None:
    assert as_labels(("a", None), np.array([0, 1])).to_pylist() == ["a", None]


def test_a_day_may_be_missing() -> None:
    days = as_days(np.array([0, 10**12]), np.array([False, True]))
    assert days.to_pylist() == [dt.date(1970, 1, 1), None]


@pytest.mark.parametrize("name", [name for name in TABLES if name != "glucose_reading"])
def test_a_table_has_its_schemas_columns(name: str) -> None:
    key = TABLES[name].required_names[0]
    table = build_table(name, {key: as_labels(("x",), np.array([0, 0]))})
    assert table.column_names == TABLES[name].column_names
    assert table.num_rows == 2
    assert table.column(TABLES[name].column_names[-1]).null_count in {0, 2}
