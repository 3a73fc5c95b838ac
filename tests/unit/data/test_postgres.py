"""A database is read as canonical tables, in batches, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from riskkit.data.postgres import arrow_schema, list_tables, stream_tables
from riskkit.data.postgres_connection import connect
from riskkit.data.schemas import TABLES
from riskkit.errors import DataContractError
from tests.postgres_server import run_server

TABLES_SQL = """
CREATE TABLE person (person_id text, birth_date timestamp, urban boolean, extra int);
INSERT INTO person SELECT 'P' || n, '1950-06-01', n % 2 = 0, n FROM generate_series(1, 7) AS n;
CREATE VIEW enrollment AS
  SELECT person_id, DATE '2020-01-01' AS start_date, DATE '2023-12-31' AS end_date FROM person WHERE extra < 3;
CREATE SCHEMA wrong;
CREATE TABLE wrong.person (person_id text, birth_date text);
INSERT INTO wrong.person VALUES ('P1', 'June');
"""


@pytest.fixture(scope="module", autouse=True)
def server() -> Iterator[None]:
    psycopg = pytest.importorskip("psycopg")
    with run_server() as variables, pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        with psycopg.connect() as connection:
            connection.execute(TABLES_SQL)
        yield


def test_tables_and_views_are_written_with_every_column_of_the_contract(tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    written = stream_tables(tmp_path / "out", batch_rows=3, progress=lambda *step: seen.append(step))
    assert written == {"person": 7, "enrollment": 2}
    assert sorted(step[0] for step in seen) == ["done", "enrollment", "person"]
    for name in written:
        rows = pq.read_table(tmp_path / "out" / f"{name}.parquet")
        assert rows.schema == arrow_schema(TABLES[name])
        assert rows.num_rows == written[name]
    persons = pq.read_table(tmp_path / "out" / "person.parquet").to_pylist()
    assert str(persons[0]["birth_date"]) == "1950-06-01"
    assert [row["urban"] for row in persons] == [False, True, False, True, False, True, False]
    assert {row["region"] for row in persons} == {None}


def test_no_more_than_a_batch_is_held(tmp_path: Path) -> None:
    stream_tables(tmp_path / "out", tables=["person"], batch_rows=3)
    file = pq.ParquetFile(tmp_path / "out" / "person.parquet")
    # 7 rows in batches of 3, 3 and 1
    assert [file.metadata.row_group(place).num_rows for place in range(file.num_row_groups)] == [3, 3, 1]


def test_a_table_without_rows_is_written_all_the_same(tmp_path: Path) -> None:
    with connect() as connection:
        connection.execute("CREATE SCHEMA bare; CREATE TABLE bare.person (person_id text, birth_date date)")
        connection.commit()
    assert stream_tables(tmp_path / "out", schema="bare") == {"person": 0}
    assert pq.read_table(tmp_path / "out" / "person.parquet").num_rows == 0


def test_a_value_of_another_type_is_one_line_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(DataContractError, match=r"^person: the PostgreSQL server refused .*type date.*June"):
        stream_tables(tmp_path / "out", schema="wrong")
    assert list(tmp_path.iterdir()) == []


def test_a_table_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataContractError, match=r"^public\.lab_result: no such canonical table there; found "):
        stream_tables(tmp_path / "out", tables=["person", "lab_result"])
    with pytest.raises(DataContractError, match=r"^nowhere: no canonical table there that may be read"):
        stream_tables(tmp_path / "out", schema="nowhere")


def test_only_canonical_tables_are_listed() -> None:
    with connect() as connection:
        found = list_tables(connection, "public")
    assert found["person"] == ["person_id", "birth_date", "urban", "extra"]
    assert sorted(found) == ["enrollment", "person"]
