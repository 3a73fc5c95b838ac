"""Raw values become their declared types without guessing."""

from __future__ import annotations

import math
from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest
from sqlglot import exp

from riskkit.data.casts import cast_column
from riskkit.data.engine import fetch_rows, open_engine
from riskkit.data.schemas import Column


def _cast(kind: str, value: object, found_type: pa.DataType | None = None) -> object:
    column = Column("x", kind)  # type: ignore[arg-type]
    with open_engine() as engine:
        engine.register("raw_rows", pa.table({"x": pa.array([value], type=found_type or pa.string())}))
        held = engine.execute("DESCRIBE raw_rows").fetchall()[0][1]
        typed = cast_column(column, str(held))[1]
        return fetch_rows(engine, exp.select(typed).from_("raw_rows"))[0][0]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("date", "2024-02-29", date(2024, 2, 29)),
        ("date", "2024-02-29 00:00:00", date(2024, 2, 29)),
        ("date", "2024-02-29T00:00:00.000", date(2024, 2, 29)),
        ("date", " 2024-02-29 ", date(2024, 2, 29)),
        ("date", "2023-02-29", None),
        ("date", "2024-02-29 08:00:00", None),
        ("date", "2024/02/29", None),
        ("date", "2024-2-9", None),
        ("date", "29.02.2024", None),
        ("date", "epoch", None),
        ("date", "infinity", None),
        ("time", "2024-02-29 08:15:00", datetime(2024, 2, 29, 8, 15)),
        ("time", "2024-02-29", None),
        ("time", "2024-02-29 08:15:00+08", None),
        ("integer", "3", 3),
        ("integer", "3.0", 3),
        ("integer", "-3", -3),
        ("integer", "2.5", None),
        ("integer", "1_000", None),
        ("integer", "three", None),
        ("amount", "1200.50", 1200.5),
        ("amount", "1,200.50", None),
        ("amount", "¥12", None),
        ("number", "6.5e0", 6.5),
        ("number", "6,5", None),
        ("flag", "true", True),
        ("flag", "0", False),
        ("flag", "2", None),
        ("text", "", None),
        ("text", " a ", " a "),
        ("number", "", None),
        ("date", "", None),
    ],
)
def test_text_is_read_or_missing(kind: str, text: str, value: object) -> None:
    assert _cast(kind, text) == value


@pytest.mark.parametrize(
    ("kind", "held", "found_type", "value"),
    [
        ("date", date(2024, 2, 29), pa.date32(), date(2024, 2, 29)),
        ("date", datetime(2024, 2, 29), pa.timestamp("us"), date(2024, 2, 29)),
        ("date", datetime(2024, 2, 29), pa.timestamp("ns"), date(2024, 2, 29)),
        ("date", datetime(2024, 2, 29), pa.timestamp("s"), date(2024, 2, 29)),
        ("date", datetime(2024, 2, 29, 8), pa.timestamp("us"), None),
        ("date", 20240229, pa.int64(), None),
        ("integer", 3, pa.int32(), 3),
        ("integer", 3.0, pa.float64(), 3),
        ("integer", 2.5, pa.float64(), None),
        ("number", 3, pa.int16(), 3.0),
        ("amount", Decimal("1200.50"), pa.decimal128(12, 2), 1200.5),
        ("number", 0.5, pa.float32(), 0.5),
        ("text", 17, pa.int64(), "17"),
        ("flag", 1, pa.int64(), True),
        ("flag", True, pa.bool_(), True),
    ],
)
def test_a_kindred_type_is_read_only_where_nothing_is_lost(
    kind: str, held: object, found_type: pa.DataType, value: object
) -> None:
    assert _cast(kind, held, found_type) == value


@pytest.mark.parametrize(
    ("kind", "held"),
    [("date", "DATE"), ("date", "TIMESTAMP"), ("amount", "DECIMAL(12,2)"), ("integer", "INTEGER"), ("number", "FLOAT")],
)
def test_native_types_take_no_detour_over_text(kind: str, held: str) -> None:
    sql = cast_column(Column("x", kind), held)[1].sql("duckdb")  # type: ignore[arg-type]
    assert not {"VARCHAR", "TEXT", "REGEXP"} & set(sql.upper().replace("(", " ").split())


def test_a_column_that_the_file_lacks_is_missing_in_its_type() -> None:
    raw, typed = cast_column(Column("x", "date"), None)
    assert (raw.sql("duckdb"), typed.sql("duckdb")) == ("NULL AS x", "CAST(NULL AS DATE) AS typed_x")


def test_a_number_that_is_none_is_kept_for_the_rules_to_refuse() -> None:
    assert math.isnan(float(str(_cast("number", "nan"))))
