"""The same catalogue on DuckDB, on Spark and in a PostgreSQL database: the same values."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskkit.data.adapters.desynpuf import convert_desynpuf
from riskkit.data.codes import build_code_map, read_code_lists
from riskkit.data.postgres import stream_tables
from riskkit.data.synthetic import write_cohort
from riskkit.features.build import build_features
from riskkit.features.catalogue import Catalogue
from riskkit.features.contents import make_catalogue
from riskkit.features.engines.postgres_engine import PostgresEngine
from riskkit.features.engines.protocol import Engine
from riskkit.features.engines.spark_engine import SparkEngine
from riskkit.features.engines.spark_session import open_spark
from tests.postgres_server import load_tables, run_server

ROOT = Path(__file__).parents[2]
SYNPUF = ROOT.parent / "shared" / "data" / "cms_desynpuf"
CODE_LISTS = ROOT / "models" / "codelists"
KINDS = ["synthetic", pytest.param("desynpuf", marks=pytest.mark.shared_data)]
PERSONS = 500
# Whole-stage code of hundreds of aggregates takes longer to compile than a few thousand rows take without it.
SMALL = {"spark.sql.codegen.wholeStage": "false", "spark.sql.shuffle.partitions": "2"}


@dataclass(frozen=True)
class Case:
    """One source, some of its persons at two index dates, and every feature of the catalogue."""

    source: Path
    cohort: pd.DataFrame
    catalogue: Catalogue

    def build(self, engine: Engine | None = None, source: Path | None = None) -> pd.DataFrame:
        tables = {file.stem: file for file in (source or self.source).glob("*.parquet")}
        return build_features(
            self.cohort,
            tables,
            self.catalogue,
            everything=self.catalogue,
            code_map=build_code_map(tables, read_code_lists(CODE_LISTS)),
            engine=engine,
        )


def _case(source: Path, years: tuple[int, int]) -> Case:
    persons = pd.read_parquet(source / "person.parquet", columns=["person_id"]).sort_values("person_id")[:PERSONS]
    dates = pd.DataFrame({"index_date": pd.to_datetime([f"{year}-01-01" for year in years]).as_unit("us")})
    cohort = persons.merge(dates, how="cross")
    cohort = cohort.assign(as_of_date=cohort["index_date"] + pd.Timedelta(days=31), age_years=60.0, sex="female")
    cohort = cohort.assign(urban=True, insurance_type="employee", institution_level=2)
    return Case(source, cohort, make_catalogue(read_code_lists(CODE_LISTS)))


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Case]:
    folder = tmp_path_factory.mktemp("engines")
    # A folder whose name is itself a pattern of files.
    synthetic = folder / "[synthetic]"
    write_cohort(synthetic, PERSONS, 4, 0)
    made = {"synthetic": _case(synthetic, (2022, 2023))}
    if SYNPUF.is_dir():
        (folder / "sample").mkdir()
        for file in SYNPUF.glob("*_Sample_1.csv.gz"):
            shutil.copy(file, folder / "sample")
        convert_desynpuf(folder / "sample", folder / "desynpuf")
        made["desynpuf"] = _case(folder / "desynpuf", (2009, 2010))
    return made


@pytest.fixture(scope="module")
def expected(cases: dict[str, Case]) -> dict[str, pd.DataFrame]:
    return {kind: case.build() for kind, case in cases.items()}


@dataclass(frozen=True)
class SparkRun:
    """What one Spark session answered for each source, and what was left of it afterwards."""

    frames: dict[str, pd.DataFrame]
    process: int
    standard_error: str


@pytest.fixture(scope="module")
def spark(cases: dict[str, Case], tmp_path_factory: pytest.TempPathFactory) -> SparkRun:
    pytest.importorskip("pyspark")
    if shutil.which("java") is None:
        pytest.skip("no Java is installed")
    from pyspark import SparkContext

    heard = tmp_path_factory.mktemp("heard") / "stderr"
    with _hearing(heard), open_spark("local[2]", SMALL):
        process = SparkContext._gateway.proc.pid
        frames = {kind: case.build(SparkEngine()) for kind, case in cases.items()}
    return SparkRun(frames, process, heard.read_text(encoding="utf-8"))


@contextmanager
def _hearing(file: Path) -> Iterator[None]:
    """Keep what processes of the block write to standard error, which Python's own streams do not see."""
    kept = os.dup(2)
    with file.open("wb") as stream:
        os.dup2(stream.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


@pytest.fixture(scope="module")
def database(cases: dict[str, Case]) -> Iterator[None]:
    """A server with each source in a schema of its own."""
    pytest.importorskip("psycopg")
    with run_server() as variables, pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        for kind, case in cases.items():
            load_tables(case.source, kind)
        yield


def assert_equal(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    assert found.columns.tolist() == expected.columns.tolist()
    pd.testing.assert_frame_equal(found[["person_id", "index_date"]], expected[["person_id", "index_date"]])
    names = expected.columns[2:]
    ours, theirs = expected[names].to_numpy(), found[names].to_numpy()
    missing = [
        name
        for name, one, other in zip(names, ours.T, theirs.T, strict=True)
        if (np.isnan(one) != np.isnan(other)).any()
    ]
    assert missing == []
    apart = np.nan_to_num(np.abs(ours - theirs)).max(axis=0)
    assert {name: gap for name, gap in zip(names, apart, strict=True) if gap > 1e-9} == {}


def test_the_sources_fill_the_catalogue(expected: dict[str, pd.DataFrame]) -> None:
    # Values that are all missing or all zero would be equal on any engine.
    for kind, least in (("synthetic", 300), ("desynpuf", 100)):
        if kind in expected:
            told = expected[kind].iloc[:, 2:]
            assert told.nunique().gt(1).sum() >= least


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_spark_gives_the_values_of_duckdb(kind: str, spark: SparkRun, expected: dict[str, pd.DataFrame]) -> None:
    if kind not in expected:
        pytest.skip("the real data (../shared/data) are not beside the project")
    assert_equal(spark.frames[kind], expected[kind])


@pytest.mark.slow
def test_spark_leaves_no_process_and_says_nothing(spark: SparkRun) -> None:
    assert spark.standard_error == ""
    with pytest.raises(ProcessLookupError):
        os.kill(spark.process, 0)


@pytest.mark.parametrize("kind", KINDS)
def test_a_database_answers_with_the_values_of_duckdb(
    kind: str, cases: dict[str, Case], expected: dict[str, pd.DataFrame], database: None
) -> None:
    if kind not in cases:
        pytest.skip("the real data (../shared/data) are not beside the project")
    assert_equal(cases[kind].build(PostgresEngine(schema=kind)), expected[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_tables_streamed_from_a_database_give_the_same_values(
    kind: str, cases: dict[str, Case], expected: dict[str, pd.DataFrame], database: None, tmp_path: Path
) -> None:
    if kind not in cases:
        pytest.skip("the real data (../shared/data) are not beside the project")
    stream_tables(tmp_path / "streamed", schema=kind, batch_rows=1000)
    assert_equal(cases[kind].build(source=tmp_path / "streamed"), expected[kind])
