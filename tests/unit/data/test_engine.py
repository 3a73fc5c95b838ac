"""The engine is opened with its limits, and every canonical table is there whatever the source lacks."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from sqlglot import exp

from riskkit.data.engine import fetch_rows, open_engine, open_tables
from riskkit.data.schemas import TABLES
from riskkit.errors import DataContractError

PERSON = pd.DataFrame({"person_id": ["P1"], "birth_date": pd.to_datetime(["1950-06-01"])})


def test_limits_are_set_and_the_spill_folder_goes_with_the_block() -> None:
    settings = "SELECT current_setting('threads'), current_setting('memory_limit'), current_setting('temp_directory')"
    with open_engine(memory_gb=1.0, threads=1) as engine:
        threads, memory, spill = engine.execute(settings).fetchall()[0]
        assert threads == 1
        # 1 GB is 10^9 bytes, 953.6 MiB
        assert memory == "953.6 MiB"
        assert Path(spill).is_dir()
    assert not Path(spill).exists()


def test_a_table_that_the_source_lacks_is_an_empty_view_of_the_right_types() -> None:
    with open_engine() as engine:
        assert open_tables(engine, {}) == set()
        for name, schema in TABLES.items():
            assert fetch_rows(engine, exp.select(exp.Count(this=exp.Star())).from_(name)) == [(0,)]
            assert [row[0] for row in engine.execute(f"DESCRIBE {name}").fetchall()] == schema.column_names


@pytest.mark.parametrize(
    "frame",
    [PERSON, PERSON.iloc[:0], pd.DataFrame(columns=TABLES["person"].column_names), pd.DataFrame()],
    ids=["rows", "typed", "untyped", "nothing"],
)
def test_a_table_without_rows_is_delivered_like_one_with_rows(frame: pd.DataFrame) -> None:
    with open_engine() as engine:
        assert open_tables(engine, {"person": frame}) == {"person"}
        counted = fetch_rows(engine, exp.select(exp.Count(this=exp.Star()), "MIN(birth_date)").from_("person"))
    assert counted[0][0] == len(frame)


def test_optional_columns_may_be_absent_and_required_ones_may_not(tmp_path: Path) -> None:
    with open_engine() as engine:
        open_tables(engine, {"person": PERSON})
        assert fetch_rows(engine, exp.select("person_id", "sex").from_("person")) == [("P1", None)]
    file = tmp_path / "person.parquet"
    PERSON.drop(columns="birth_date").to_parquet(file)
    for held, place in ((PERSON.drop(columns="birth_date"), "person"), (file, "person.parquet")):
        with open_engine() as engine, pytest.raises(DataContractError, match=f"^{place}: column 'birth_date' is miss"):
            open_tables(engine, {"person": held})


def test_other_files_beside_the_tables_are_left_alone(tmp_path: Path) -> None:
    with open_engine() as engine:
        assert open_tables(engine, {"person": PERSON, "truth": tmp_path / "truth.parquet"}) == {"person"}


def test_a_file_that_is_gone_is_one_line(tmp_path: Path) -> None:
    with open_engine() as engine, pytest.raises(DataContractError, match=r"^person.parquet: cannot be read as parquet"):
        open_tables(engine, {"person": tmp_path / "person.parquet"})
