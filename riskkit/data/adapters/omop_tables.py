"""OMOP tables carried into the engine as text: found, their columns checked, every value tidied and tested."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from sqlglot import exp

from riskkit.data.adapters.omop_layout import FORMER, NOT_READ, TABLES
from riskkit.data.adapters.report import Unmapped
from riskkit.data.adapters.source import check_values, fill_columns
from riskkit.data.engine import fetch_rows
from riskkit.data.raw import reading
from riskkit.errors import DataContractError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    import duckdb

    from riskkit.data.adapters.layout import SourceColumn
    from riskkit.data.adapters.omop_layout import CdmTable

    Progress = Callable[[str, int, int], None]

RAW = "raw_cdm"
TEXT_IDS = frozenset({"cost_domain_id", "vocabulary_id", "concept_class_id"})


class CdmSource(Protocol):
    """Where the tables come from: a folder or a database."""

    place: str
    kind: str

    def list_tables(self) -> dict[str, str]:
        """List what is there, as messages name it, by table in lower case."""
        ...

    def read_names(self, table: str) -> list[str]:
        """Read the names of a table's columns, in lower case."""
        ...

    def open_rows(
        self, engine: duckdb.DuckDBPyConnection, table: str, names: Sequence[str]
    ) -> AbstractContextManager[None]:
        """Hold the wanted columns of a table, as text, in the relation ``raw_cdm``."""
        ...


def load_tables(
    engine: duckdb.DuckDBPyConnection, source: CdmSource, *, progress: Progress | None = None
) -> dict[str, int]:
    """Load every table of the model that is read; one that a source may lack is empty where it does.

    Parameters
    ----------
    engine : duckdb.DuckDBPyConnection
        Connection with the macros ``tidy_text``, ``tidy_whole`` and ``tidy_day``; gets a table ``<name>_text`` for each
        table of the model, of text, in the columns of version 5.4.
    source : CdmSource
        Where they come from.
    progress : callable, optional
        Called with (table, tables done, tables in all).

    Returns
    -------
    dict of str to int
        Rows of each table that is there, by its file or name.

    Raises
    ------
    DataContractError
        If a required table is absent or empty, a table lacks a column or cannot be read, a value does not match its
        column, or a key comes twice.
    """
    there = source.list_tables()
    for table in TABLES:
        if table.required and table.name not in there:
            found = ", ".join(sorted(there)[:3]) or "no table"
            message = (
                f"{source.place}: no table {table.name}; found {found}. Expected person, observation_period, "
                f"visit_occurrence and condition_occurrence, each as {table.layout.example} or a table of SQLite. "
                "Export it too, or correct the path."
            )
            raise DataContractError(message)
    rows = {}
    for done, table in enumerate(TABLES):
        if progress:
            progress(table.name, done, len(TABLES))
        if table.name in there:
            rows[there[table.name]] = _load(engine, source, table)
        else:
            _make_empty(engine, table)
    return rows


def count_left(engine: duckdb.DuckDBPyConnection, source: CdmSource) -> tuple[Unmapped, ...]:
    """Count the rows of the tables that have no place, and name those that a source lacks.

    Parameters
    ----------
    engine : duckdb.DuckDBPyConnection
        A connection.
    source : CdmSource
        Where they come from.

    Returns
    -------
    tuple of Unmapped
        One entry per table.
    """
    there = source.list_tables()
    found = []
    for name, reason in NOT_READ.items():
        if name in there:
            with source.open_rows(engine, name, ()):
                number = fetch_rows(engine, exp.select(exp.cast(exp.column("number"), "BIGINT")).from_(RAW))
            if int(number[0][0]):
                found.append(Unmapped(name, int(number[0][0]), reason))
    absent = [table.name for table in TABLES if table.name not in there]
    return (*found, *(Unmapped(f"{name}: no such table", 0, "read as an empty one") for name in absent))


def _load(engine: duckdb.DuckDBPyConnection, source: CdmSource, table: CdmTable) -> int:
    label = source.list_tables()[table.name]
    places = _find_columns(label, source.read_names(table.name), table)
    columns = [column for column in table.layout.columns if column.name in places]
    tidied: list[exp.Expr] = [_tidy(column, places[column.name]).as_(column.name) for column in columns]
    view = table.layout.view
    with source.open_rows(engine, table.name, [places[column.name] for column in columns]), reading(label, source.kind):
        query = exp.select(*tidied, exp.convert(label).as_("filename")).from_(RAW)
        engine.execute(f"CREATE TEMP TABLE {view} AS {query.sql('duckdb')}")
    fill_columns(engine, view, [column.name for column in table.layout.columns])
    rows = int(fetch_rows(engine, exp.select(exp.Count(this=exp.Star())).from_(view))[0][0])
    if table.required and not rows:
        message = f"{label}: found no row, expected at least one. Export the table again."
        raise DataContractError(message)
    check_values(engine, table.layout)
    return rows


def _find_columns(label: str, names: list[str], table: CdmTable) -> dict[str, str]:
    """Where each column stands, by its name in version 5.4."""
    places = {}
    for column in table.layout.columns:
        found = next((name for name in (column.name, *FORMER.get(column.name, ())) if name in names), None)
        if found is not None:
            places[column.name] = found
        elif column.name in table.needed:
            listed = f"{len([name for name in names if name])} columns ({', '.join(names[:3])}, ...)"
            message = (
                f"{label}: found no column {column.name!r} among {listed}, expected those of {table.name} in CDM 5.4 "
                "or 5.3. Export the table with all its columns."
            )
            raise DataContractError(message)
    return places


def _tidy(column: SourceColumn, place: str) -> exp.Expr:
    """Read a day, a whole number or text; a whole number may carry the point that a data frame put there."""
    whole = column.name.endswith(("_id", "_of_birth")) and column.name not in TEXT_IDS
    macro = "tidy_day" if column.date_format else "tidy_whole" if whole else "tidy_text"
    return exp.Anonymous(this=macro, expressions=[exp.column(place, quoted=True)])


def _make_empty(engine: duckdb.DuckDBPyConnection, table: CdmTable) -> None:
    engine.execute(f"CREATE TEMP TABLE {table.layout.view} (filename VARCHAR)")
    fill_columns(engine, table.layout.view, [column.name for column in table.layout.columns])
