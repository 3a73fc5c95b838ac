"""Spark: the same catalogue, transpiled, over the canonical Parquet files where they lie."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from riskkit.data.raw import check_columns
from riskkit.data.schemas import SQL_TYPES, TABLES
from riskkit.errors import DataContractError
from riskkit.features.engines.protocol import read_numbers, relations
from riskkit.features.engines.spark_session import open_spark

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from riskkit.data.schemas import TableSchema

DEFAULT_MASTER = "local[2]"
DEFAULT_DRIVER_GB = 2


@dataclass(frozen=True)
class SparkSourceSession:
    """A source opened by Spark.

    Parameters
    ----------
    spark : pyspark.sql.SparkSession
        Session that knows the canonical tables, the spine and the map of codes.
    delivered : frozenset of str
        Names of the canonical tables that the source has.
    """

    spark: Any
    delivered: frozenset[str]

    def answer(self, query: exp.Query) -> dict[str, NDArray[np.float64]]:
        """Run one query; only its answer, a row per member, comes to this process.

        Parameters
        ----------
        query : sqlglot.expressions.Query
            The query.

        Returns
        -------
        dict of str to numpy.ndarray
            float64 values by column.

        Raises
        ------
        DataContractError
            If Spark cannot answer it.
        """
        with _reading("spark"):
            return read_numbers(self.spark.sql(query.sql("spark")).toArrow())


@dataclass(frozen=True)
class SparkEngine:
    """Answer the catalogue on Spark.

    Parameters
    ----------
    master : str, default "local[2]"
        Address of the cluster; ignored where a session is active in this process, which is then used and left running.
    driver_gb : int, default 2
        Memory of the driver, in gigabytes; with a local master it is all that Spark has.
    staging : pathlib.Path, optional
        Folder that every executor sees, for the spine, the map of codes and tables given as frames; a temporary one
        where not given, which serves a local master.
    settings : mapping of str to str
        Further settings of Spark.
    """

    master: str = DEFAULT_MASTER
    driver_gb: int = DEFAULT_DRIVER_GB
    staging: Path | None = None
    settings: Mapping[str, str] = field(default_factory=dict)

    @contextmanager
    def open(
        self, tables: Mapping[str, Path | pd.DataFrame], spine: pd.DataFrame, code_map: pd.DataFrame
    ) -> Iterator[SparkSourceSession]:
        """Open the tables of a source beside the spine and the map of codes.

        Parameters
        ----------
        tables : mapping of str to pathlib.Path or pandas.DataFrame
            Canonical tables; Parquet files are read where they lie, frames are staged.
        spine : pandas.DataFrame
            `row_id`, `person_id`, `index_date`, `as_of_date`.
        code_map : pandas.DataFrame
            `code`, `vocabulary`, `code_group`, `points`.

        Yields
        ------
        SparkSourceSession
            The opened source.

        Raises
        ------
        DataContractError
            If a file cannot be read or a table lacks a column which it needs.
        PolicyError
            If pyspark or Java is missing, or Spark does not start.
        """
        import pyarrow.parquet as pq

        chosen = {"spark.driver.memory": f"{self.driver_gb}g", **self.settings}
        with (
            open_spark(self.master, chosen) as spark,
            TemporaryDirectory(prefix="riskkit-staging-", dir=self.staging) as folder,
        ):
            for name, rows in relations(spine, code_map).items():
                pq.write_table(rows, Path(folder) / f"{name}.parquet")
                _view(spark, Path(folder) / f"{name}.parquet").createOrReplaceTempView(name)
            for name, schema in TABLES.items():
                _open_table(spark, schema, _staged(name, tables.get(name), Path(folder)), tables.get(name))
            yield SparkSourceSession(spark, frozenset(set(tables) & set(TABLES)))


def _staged(name: str, held: Path | pd.DataFrame | None, folder: Path) -> Path | None:
    """Return the file to read; a frame without rows has no types and makes none."""
    if held is None or isinstance(held, Path):
        return held
    if held.empty:
        return None
    file = folder / f"{name}.parquet"
    # Spark reads no timestamps in nanoseconds, which is what frames may hold.
    held.to_parquet(file, index=False, coerce_timestamps="us", allow_truncated_timestamps=True)
    return file


def _open_table(spark: Any, schema: TableSchema, file: Path | None, held: Path | pd.DataFrame | None) -> None:
    place = held.name if isinstance(held, Path) else schema.name
    found: list[str] = []
    if file is not None:
        with _reading(place):
            rows = _view(spark, file)
            found = list(rows.columns)
        check_columns(place, found, schema)
    columns = []
    for column in schema.columns:
        value = exp.column(column.name) if column.name in found else exp.null()
        columns.append(exp.alias_(exp.cast(value, SQL_TYPES[column.kind]), column.name).sql("spark"))
    typed = rows if file is not None else spark.range(0)
    typed.selectExpr(*columns).createOrReplaceTempView(schema.name)


def _view(spark: Any, file: Path) -> Any:
    # Spark takes a path for a pattern, so what is a pattern in the path itself is escaped.
    text = "".join(f"\\{letter}" if letter in "*?[]{}\\" else letter for letter in str(file.resolve()))
    return spark.read.parquet(text)


@contextmanager
def _reading(place: str) -> Iterator[None]:
    """Turn what Spark finds wrong into one line."""
    from pyspark.errors import PySparkException

    try:
        yield
    except PySparkException as exc:
        reason = str(exc).strip().splitlines()[0].rstrip(".")
        message = f"{place}: cannot be read by Spark ({reason}). Correct it, or export it again."
        raise DataContractError(message) from exc
