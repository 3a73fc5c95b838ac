"""Tables reach Spark as Parquet files; the values are compared in `tests/integration/test_engines.py`."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from riskkit.errors import PolicyError
from riskkit.features.engines.spark_engine import SparkEngine, _staged

DAY = pd.to_datetime(["2024-01-01"]).as_unit("ns")
PERSON = pd.DataFrame({"person_id": ["a"], "birth_date": DAY})


def test_a_file_is_read_where_it_lies(tmp_path: Path) -> None:
    file = Path("person.parquet")
    assert _staged("person", file, tmp_path) == file
    assert list(tmp_path.iterdir()) == []


def test_a_frame_is_staged_with_clocks_that_spark_reads(tmp_path: Path) -> None:
    file = _staged("person", PERSON, tmp_path)
    assert file == tmp_path / "person.parquet"
    assert [str(kind) for kind in pq.read_schema(file).types][1] == "timestamp[us]"


def test_a_table_that_is_absent_or_has_no_rows_makes_no_file(tmp_path: Path) -> None:
    assert _staged("person", None, tmp_path) is None
    assert _staged("person", PERSON.iloc[:0], tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_without_pyspark_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with (
        pytest.raises(PolicyError, match=r"^engine spark: pyspark is not installed\. Install riskkit\[spark\]\.$"),
        SparkEngine().open({}, PERSON, PERSON),
    ):
        pass
