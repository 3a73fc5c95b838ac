"""Canonical tables on disk: read from and written to folders of Parquet or CSV, checked on the way in and out."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from riskkit.data.engine import open_engine
from riskkit.data.pseudonyms import hash_rows
from riskkit.data.quality import OnBadRows, QualityReport, TableQuality, refuse
from riskkit.data.raw import check_columns, open_raw, reading
from riskkit.data.rows import drop_rows, keep_keys, measure, type_rows, write_clean, write_quarantine
from riskkit.data.schemas import TABLES, TableSchema
from riskkit.data.staging import staged
from riskkit.errors import DataContractError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import duckdb

    Progress = Callable[[str, int, int], None]

__all__ = ["Tables", "conform", "hash_file", "read_tables", "staged", "write_tables"]

QUARANTINE = "quarantine"


@dataclass(frozen=True)
class Tables:
    """A checked set of canonical tables, one Parquet file each.

    Parameters
    ----------
    paths : dict of str to pathlib.Path
        Parquet file of each table that the source holds.
    quality : QualityReport
        Rows in, accepted and quarantined.
    hashes : dict of str to str
        SHA-256 of each file, for replay.
    """

    paths: dict[str, Path]
    quality: QualityReport
    hashes: dict[str, str]

    def frame(self, name: str) -> pd.DataFrame:
        """Read one table into memory.

        Parameters
        ----------
        name : str
            A canonical table.

        Returns
        -------
        pandas.DataFrame of shape (n_rows, n_columns)
            The table in its schema's columns and types; empty where the source has none.
        """
        schema = TABLES[name]
        if name not in self.paths:
            return conform(pd.DataFrame(columns=schema.column_names), schema)
        # Days as numbers, not as one Python object each.
        return conform(
            pd.read_parquet(self.paths[name], engine="pyarrow", to_pandas_kwargs={"date_as_object": False}), schema
        )


def conform(frame: pd.DataFrame, schema: TableSchema) -> pd.DataFrame:
    """Give a frame the columns and pandas types of its table.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows of the table; absent optional columns become missing.
    schema : TableSchema
        The table's declaration.

    Returns
    -------
    pandas.DataFrame
        A new frame with exactly the schema's columns.
    """
    kinds = {"text": "str", "number": "float64", "amount": "float64", "integer": "Int64", "flag": "boolean"}
    columns = {}
    for column in schema.columns:
        values = frame[column.name] if column.name in frame else pd.Series(None, index=frame.index, dtype="object")
        if column.kind in {"date", "time"}:
            columns[column.name] = pd.to_datetime(values).astype("datetime64[us]")
        else:
            columns[column.name] = values.astype(pd.api.types.pandas_dtype(kinds[column.kind]))
    return pd.DataFrame(columns).reset_index(drop=True)


def read_tables(
    source: str | Path,
    work: str | Path,
    *,
    on_bad_rows: OnBadRows = "refuse",
    id_key: bytes | None = None,
    progress: Progress | None = None,
) -> Tables:
    """Read a folder of canonical tables, check every row, and leave clean Parquet in a working folder.

    Parameters
    ----------
    source : str or pathlib.Path
        Folder with ``<table>.parquet`` or ``<table>.csv`` (UTF-8, header line).
    work : str or pathlib.Path
        Folder for the clean tables and, if rows are set aside, for ``quarantine/<table>.parquet``.
    on_bad_rows : {"refuse", "quarantine"}, default "refuse"
        What happens to a row that breaks a rule.
    id_key : bytes, optional
        Key under which every `person_id` is hashed on the way in, set aside or not; they stay in clear without one.
    progress : callable, optional
        Called with (table, tables done, tables in all).

    Returns
    -------
    Tables
        Paths, quality and hashes of the clean tables.

    Raises
    ------
    DataContractError
        If the folder or ``person`` is absent, a file is empty, cut short, not UTF-8 or lacks a column, or, under
        ``"refuse"``, a row breaks a rule.
    """
    folder, target = Path(source), Path(work)
    files = _find_files(folder)
    if target.resolve() == folder.resolve():
        message = (
            f"{target}: source and working folder are one. Give another working folder; a source is never changed."
        )
        raise DataContractError(message)
    reports: list[TableQuality] = []
    with staged(target) as stage, open_engine() as engine:
        for done, (name, file) in enumerate(files.items()):
            if progress:
                progress(name, done, len(files))
            with reading(file.name, file.suffix[1:]):
                quality = _open_one(engine, TABLES[name], file, on_bad_rows)
                if id_key is not None:
                    hash_rows(engine, id_key)
                _write_read(engine, TABLES[name], stage, quality)
            reports.append(quality)
        shutil.rmtree(target / QUARANTINE, ignore_errors=True)
    paths = {report.table: target / f"{report.table}.parquet" for report in reports}
    return Tables(paths, QualityReport(tuple(reports)), {name: hash_file(path) for name, path in paths.items()})


def write_tables(tables: Mapping[str, pd.DataFrame], directory: str | Path, *, layout: str = "parquet") -> Path:
    """Check frames against their schemas and write them as a folder of Parquet or CSV, all or nothing.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Canonical tables by name.
    directory : str or pathlib.Path
        Folder to make; tables already there are replaced.
    layout : {"parquet", "csv"}, default "parquet"
        File format.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    DataContractError
        If a table is unknown or a row breaks its contract; nothing is written then.
    """
    target = Path(directory)
    unknown = [name for name in tables if name not in TABLES]
    if unknown:
        message = f"{unknown[0]}: not a canonical table. Use one of {', '.join(TABLES)}."
        raise DataContractError(message)
    with staged(target) as stage, open_engine() as engine:
        for name, schema in TABLES.items():
            if name in tables:
                _write_one(engine, schema, tables[name], stage / f"{name}.{layout}")
    return target


def _write_one(engine: duckdb.DuckDBPyConnection, schema: TableSchema, frame: pd.DataFrame, file: Path) -> None:
    names = [str(name) for name in frame.columns]
    check_columns(schema.name, names, schema)
    strange = [name for name in names if name not in schema.column_names]
    if strange:
        message = (
            f"{schema.name}: column {strange[0]!r} is not of this table. Take it out; the table has "
            f"{', '.join(schema.column_names)}."
        )
        raise DataContractError(message)
    with reading(schema.name, "a table"):
        engine.register("raw_rows", conform(frame, schema) if frame.empty else frame)
        type_rows(engine, schema)
        refuse(measure(engine, schema, ()))
        write_clean(engine, schema, file)
        _finish(engine, schema)


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def require_columns(source: str | Path) -> None:
    """Refuse a folder whose files lack a column of their contract, even one that may be empty.

    An absent amount would be nothing spent, and an absent sex nobody's, without a word; an empty column says that the
    value is not known.

    Parameters
    ----------
    source : str or pathlib.Path
        Folder of canonical tables.

    Raises
    ------
    DataContractError
        If a column is absent, or a file cannot be read.
    """
    for name, file in _find_files(Path(source)).items():
        with open_engine() as engine:
            names = open_raw(engine, file)
        absent = [column for column in TABLES[name].column_names if column not in names]
        if absent:
            message = (
                f"{file.name}: column {absent[0]!r} is missing; found {', '.join(names)}. "
                f"Add it, empty where it is not known: {name} has {', '.join(TABLES[name].column_names)}."
            )
            raise DataContractError(message)


def _find_files(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        message = f"{folder}: no such folder. Give the folder that holds person.parquet or person.csv."
        raise DataContractError(message)
    found = {}
    for name in TABLES:
        both = [path for suffix in (".parquet", ".csv") if (path := folder / f"{name}{suffix}").exists()]
        if len(both) > 1:
            message = f"{folder}: both {both[0].name} and {both[1].name} are there. Keep the one that is meant."
            raise DataContractError(message)
        if both:
            found[name] = both[0]
    if "person" not in found:
        message = f"{folder}: no person.parquet or person.csv. Give a folder of canonical tables, or name an adapter."
        raise DataContractError(message)
    return found


def _open_one(
    engine: duckdb.DuckDBPyConnection, schema: TableSchema, file: Path, on_bad_rows: OnBadRows
) -> TableQuality:
    """Hold the rows of a file against their contract."""
    names = open_raw(engine, file)
    check_columns(file.name, names, schema)
    type_rows(engine, schema)
    quality = measure(engine, schema, tuple(name for name in names if name not in schema.column_names))
    if schema.name == "person" and not quality.rows_in:
        message = f"{file.name}: a header and no rows. Expected one row per member; export it again."
        raise DataContractError(message)
    if on_bad_rows == "refuse":
        refuse(quality)
    return quality


def _write_read(engine: duckdb.DuckDBPyConnection, schema: TableSchema, target: Path, quality: TableQuality) -> None:
    """Write the good rows, and set the bad ones aside."""
    if quality.rows_quarantined:
        write_quarantine(engine, schema, target / QUARANTINE)
    write_clean(engine, schema, target / f"{schema.name}.parquet")
    _finish(engine, schema)


def _finish(engine: duckdb.DuckDBPyConnection, schema: TableSchema) -> None:
    keep_keys(engine, schema)
    drop_rows(engine)
