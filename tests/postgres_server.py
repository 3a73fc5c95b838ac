"""A PostgreSQL server of the tests' own: on a socket in a folder of its own, gone with the block."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

PLACES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
KINDS = {
    "string": "text",
    "date32[day]": "date",
    "timestamp[us]": "timestamp",
    "int32": "integer",
    "int64": "bigint",
    "double": "double precision",
    "bool": "boolean",
}


def _find(name: str) -> str | None:
    return next((str(place / name) for place in PLACES if (place / name).exists()), None) or shutil.which(name)


@contextmanager
def run_server() -> Iterator[dict[str, str]]:
    """Start a server and give the variables by which libpq finds it; skip where there is none to start."""
    initdb, pg_ctl = _find("initdb"), _find("pg_ctl")
    if initdb is None or pg_ctl is None:
        pytest.skip("no PostgreSQL server is installed (initdb, pg_ctl)")
    # The server refuses to run as root, and the path of a socket must be short.
    user = "postgres" if os.getuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="rkpg-"))
    if user:
        shutil.chown(folder, user)
    quiet = {"capture_output": True, "cwd": folder, "user": user, "env": {"PATH": os.environ["PATH"]}}
    options = f"-k {folder} -c listen_addresses='' -c fsync=off -c shared_buffers=16MB"
    control = [pg_ctl, "-D", str(folder / "data"), "-l", str(folder / "log"), "-w"]
    try:
        subprocess.run(
            [initdb, "-D", "data", "-U", "riskkit", "-A", "trust", "-E", "UTF8", "--no-sync"], check=True, **quiet
        )
        # The server inherits what it is started with, and would keep a pipe open for ever.
        silent = {**quiet, "capture_output": False, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run([*control, "-o", options, "start"], check=True, **silent)
        try:
            yield {"PGHOST": str(folder), "PGUSER": "riskkit", "PGDATABASE": "postgres", "PGPORT": "5432"}
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], check=True, **quiet)
    finally:
        shutil.rmtree(folder)


def load_tables(source: Path, schema: str) -> None:
    """Copy the Parquet tables of a folder into a schema of the server that the environment names."""
    import psycopg

    with psycopg.connect() as connection:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        for file in sorted(source.glob("*.parquet")):
            _load(connection.cursor(), f"{schema}.{file.stem}", pq.read_table(file))


def _load(cursor, name: str, rows: pa.Table) -> None:
    columns = ", ".join(f'"{column.name}" {KINDS[str(column.type)]}' for column in rows.schema)
    cursor.execute(f"CREATE TABLE {name} ({columns})")
    with cursor.copy(f"COPY {name} FROM STDIN") as copy:
        for row in zip(*(column.to_pylist() for column in rows.columns), strict=True):
            copy.write_row(row)
