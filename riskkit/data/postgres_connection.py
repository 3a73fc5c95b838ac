"""A connection to a PostgreSQL server: what it needs comes from the environment, and nothing says the password."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from riskkit.errors import DataContractError, PolicyError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

TIMEOUT_SECONDS = 15


@contextmanager
def connect(dsn: str = "") -> Iterator[psycopg.Connection[Any]]:
    """Open a connection that closes with the block.

    Parameters
    ----------
    dsn : str, default ""
        Connection string of libpq without a password; what it leaves out is taken from the environment (``PGHOST``,
        ``PGPORT``, ``PGDATABASE``, ``PGUSER``, ``PGPASSWORD``, ``PGPASSFILE``, ``PGSERVICE``).

    Yields
    ------
    psycopg.Connection
        The connection.

    Raises
    ------
    PolicyError
        If psycopg is not installed, or the connection string is not one or holds a password.
    DataContractError
        If the server cannot be reached, or refuses.
    """
    try:
        import psycopg
    except ImportError as exc:
        message = "postgres: psycopg is not installed. Install riskkit[postgres]."
        raise PolicyError(message) from exc
    place = _place(dsn)
    try:
        connection = psycopg.connect(dsn, connect_timeout=TIMEOUT_SECONDS, application_name="riskkit")
    except psycopg.Error as exc:
        reason = _without_password(_first_line(exc))
        message = f"{place}: cannot connect ({reason}). Correct PGHOST, PGPORT, PGDATABASE, PGUSER or the password."
        raise DataContractError(message) from exc
    try:
        yield connection
    finally:
        connection.close()


def _place(dsn: str) -> str:
    """Name host and database, and nothing else of the connection string."""
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    try:
        said = conninfo_to_dict(dsn)
    except psycopg.Error:
        # The reason repeats the string, and with it a password.
        said = None
    if said is None:
        message = "postgres: the connection string is not one. Write it as 'host=... dbname=... user=...'."
        raise PolicyError(message)
    if "password" in said:
        message = "postgres: the connection string holds a password. Leave it out, and set PGPASSWORD or PGPASSFILE."
        raise PolicyError(message)
    host = said.get("host") or os.environ.get("PGHOST") or "the local socket"
    database = said.get("dbname") or os.environ.get("PGDATABASE") or said.get("service") or "the default"
    return f"postgres: host {host}, database {database}"


def _without_password(text: str) -> str:
    password = os.environ.get("PGPASSWORD")
    return text.replace(password, "***") if password else text


def _first_line(exc: Exception) -> str:
    return (str(exc).strip().splitlines() or ["no reason given"])[0].rstrip(".")


@contextmanager
def asking(place: str) -> Iterator[None]:
    """Turn whatever the server finds wrong into one line.

    Parameters
    ----------
    place : str
        Name of the table or query in the block.

    Yields
    ------
    None
        Nothing.

    Raises
    ------
    DataContractError
        If the server cannot carry it out.
    """
    import psycopg

    try:
        yield
    except psycopg.Error as exc:
        message = (
            f"{place}: the PostgreSQL server refused ({_first_line(exc)}). Correct the table, or the rights to it."
        )
        raise DataContractError(message) from exc
