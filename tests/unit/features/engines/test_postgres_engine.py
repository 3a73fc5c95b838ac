"""The database is asked in its own words, and what it lacks is named; values are compared in the integration tests."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import pytest
from sqlglot import exp

from riskkit.errors import DataContractError
from riskkit.features.build import build_features
from riskkit.features.catalogue import Catalogue
from riskkit.features.engines.postgres_engine import PostgresEngine, _subtract_days
from riskkit.features.window import age_days
from tests.postgres_server import run_server

DAY = pd.to_datetime(["2024-01-01"]).as_unit("us")
SPINE = pd.DataFrame({"row_id": [0], "person_id": ["a"], "index_date": DAY, "as_of_date": DAY})
CODES = pd.DataFrame({name: pd.Series(dtype="str") for name in ("code", "vocabulary", "code_group")}).assign(points=0.0)
LAB = """
CREATE TABLE lab_result (record_id text COLLATE "en-x-icu", person_id char(3), date timestamp, available_date date,
                         analyte text, value numeric(10, 2), unit text);
INSERT INTO lab_result VALUES
  ('a', 'm', '2023-12-01 08:00', '2023-12-01', 'hba1c', 7.0, '%'),
  ('B', 'm', '2023-12-01 17:00', '2023-12-01', 'hba1c', 8.0, '%');
CREATE SCHEMA short;
CREATE TABLE short.lab_result (record_id text);
CREATE SCHEMA other;
CREATE TABLE other.unrelated (a int);
"""


@pytest.fixture(scope="module", autouse=True)
def server() -> Iterator[None]:
    psycopg = pytest.importorskip("psycopg")
    with run_server() as variables, pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        with psycopg.connect() as connection:
            connection.execute(LAB)
        yield


def test_a_difference_of_days_is_a_subtraction() -> None:
    assert age_days().transform(_subtract_days).sql("postgres") == (
        "(CAST(s.index_date AS DATE) - CAST(e.event_date AS DATE))"
    )


def test_text_is_ordered_by_bytes_whatever_the_customs_of_the_database(everything: Catalogue) -> None:
    cohort = pd.DataFrame({"person_id": ["m"], "index_date": DAY, "as_of_date": DAY, "age_years": 60.0, "sex": "male"})
    cohort = cohort.assign(urban=True, insurance_type="employee", institution_level=2)
    chosen = everything.select((), ("hba1c_latest_365d",))
    found = build_features(cohort, {}, chosen, everything=everything, code_map=CODES, engine=PostgresEngine())
    # By bytes "a" comes after "B", so record a is the latest of the day; in English it would be B.
    assert found["hba1c_latest_365d"].tolist() == [7.0]


def test_only_temporary_tables_may_be_written() -> None:
    import psycopg

    with PostgresEngine().open({}, SPINE, CODES) as session:
        assert session.delivered == {"lab_result"}
        rows = exp.select(exp.alias_(exp.Count(this=exp.Star()), "n")).from_("lab_result")
        assert session.answer(rows)["n"].tolist() == [2.0]
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            session.connection.execute("DELETE FROM public.lab_result")


def test_nothing_is_left_in_the_database() -> None:
    import psycopg

    with PostgresEngine().open({}, SPINE, CODES):
        pass
    with psycopg.connect() as connection:
        left = connection.execute("SELECT count(*) FROM pg_class WHERE relname IN ('spine', 'code_group', 'person')")
        assert left.fetchone() == (0,)


@pytest.mark.parametrize(
    ("schema", "tables", "told"),
    [
        ("other", {}, "^other: no canonical table there that may be read, expected person, enrollment"),
        ("short", {}, "^short.lab_result: column 'person_id' is missing; found record_id"),
        ("public", {"person": SPINE}, "^public.person: given as a file, but not in the database"),
    ],
)
def test_what_the_database_lacks_is_named(schema: str, tables: dict[str, pd.DataFrame], told: str) -> None:
    with pytest.raises(DataContractError, match=told), PostgresEngine(schema=schema).open(tables, SPINE, CODES):
        pass
