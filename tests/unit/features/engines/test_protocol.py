"""What every engine is given, and what it gives back."""

from __future__ import annotations

import math

import pandas as pd
import pyarrow as pa

from riskkit.features.engines.protocol import read_numbers, relations

SPINE = pd.DataFrame(
    {
        "row_id": [0],
        "person_id": ["a"],
        "index_date": pd.to_datetime(["2024-01-01"]).as_unit("us"),
        "as_of_date": pd.to_datetime(["2024-02-01"]).as_unit("ns"),
    }
)
CODES = pd.DataFrame({"code": ["E11"], "vocabulary": ["who_cn"], "code_group": ["dcsi:x"], "points": [1]})


def test_clocks_are_calendar_days_and_points_are_numbers() -> None:
    held = relations(SPINE, CODES)
    assert [str(kind) for kind in held["spine"].schema.types] == ["int64", "string", "date32[day]", "date32[day]"]
    assert [str(kind) for kind in held["code_group"].schema.types] == ["string", "string", "string", "double"]


def test_frames_without_rows_keep_their_types() -> None:
    for name, rows in relations(SPINE.iloc[:0], pd.DataFrame(columns=CODES.columns)).items():
        assert rows.num_rows == 0, name


def test_answers_are_floats_and_missing_where_nothing_was_found() -> None:
    found = read_numbers(
        pa.table({"row_id": pa.array([3], pa.int64()), "any": [True], "none": pa.array([None], "double")})
    )
    assert found["row_id"].tolist() == [3.0]
    assert found["any"].tolist() == [1.0]
    assert math.isnan(found["none"][0])
    assert {values.dtype.name for values in found.values()} == {"float64"}
