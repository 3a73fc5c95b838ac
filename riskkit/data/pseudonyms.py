"""Pseudonyms: identifiers replaced by their keyed hashes while the tables are read, and nowhere later."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

import pandas as pd
from sqlglot import exp

from riskkit.data.engine import fetch_rows
from riskkit.data.privacy import hash_person_ids

if TYPE_CHECKING:
    import duckdb

TABLE = "hashed_person"
PERSON = "person_id"
RECORDS = ("claim_id", "record_id")
"""Identifiers of records: a source, or an adapter, may have made them out of a person's."""
RECORD_VARIABLE = "record_hashes"


def hash_rows(engine: duckdb.DuckDBPyConnection, key: bytes) -> None:
    """Learn the hashes of the identifiers in the rows at hand that are not yet known.

    Parameters
    ----------
    engine : duckdb.DuckDBPyConnection
        Connection with the view ``typed_rows``; gets, or adds to, the table ``hashed_person`` (`person_id`, `hashed`).
    key : bytes
        Key of the hashes; it is used here and never written to the connection.
    """
    engine.execute(f"CREATE TEMP TABLE IF NOT EXISTS {TABLE} ({PERSON} VARCHAR, hashed VARCHAR)")
    # Records are too many to hash one by one outside the engine. Its own secret says nothing of the key.
    engine.execute(
        f"SET VARIABLE {RECORD_VARIABLE} = '{hmac.new(key, RECORD_VARIABLE.encode(), hashlib.sha256).hexdigest()}'"
    )
    known = exp.select(PERSON).from_(TABLE).subquery()
    text = exp.cast(exp.column(PERSON), "VARCHAR")
    fresh = exp.select(exp.alias_(text, PERSON)).distinct().from_("typed_rows")
    fresh = fresh.where(exp.not_(exp.Is(this=exp.column(PERSON), expression=exp.null())))
    fresh = fresh.where(exp.not_(exp.In(this=text.copy(), query=known)))
    ids = [str(row[0]) for row in fetch_rows(engine, fresh)]
    if ids:
        engine.register("fresh_hashes", pd.DataFrame({PERSON: ids, "hashed": hash_person_ids(ids, key)}))
        engine.execute(f"INSERT INTO {TABLE} SELECT {PERSON}, hashed FROM fresh_hashes")  # noqa: S608
        engine.unregister("fresh_hashes")


def hide_persons(engine: duckdb.DuckDBPyConnection, rows: exp.Select) -> exp.Select:
    """Put the hashes in the place of the identifiers, where hashes were learnt.

    Parameters
    ----------
    engine : duckdb.DuckDBPyConnection
        Connection that may hold ``hashed_person``.
    rows : sqlglot.expressions.Select
        Rows with a column `person_id`.

    Returns
    -------
    sqlglot.expressions.Select
        The same rows and columns with the hashes; the query itself where there are none.
    """
    held = exp.select("1").from_("duckdb_tables()").where(exp.column("table_name").eq(TABLE))
    if not fetch_rows(engine, held):
        return rows
    same = exp.cast(exp.column(PERSON, "r"), "VARCHAR").eq(exp.column(PERSON, "h"))
    hashed = exp.alias_(exp.column("hashed", "h"), PERSON)
    names = [column.alias_or_name for column in rows.expressions]
    columns = [hashed if name == PERSON else _hide_record(name) for name in names]
    hashes = exp.alias_(exp.to_table(TABLE), "h", table=True)
    return exp.select(*columns).from_(rows.subquery("r")).join(hashes, on=same, join_type="left")


def _hide_record(name: str) -> exp.Expr:
    """Put a hash in the place of a record's identifier, the same in every table; other columns stay."""
    value = exp.column(name, "r")
    if name not in RECORDS:
        return value
    secret = exp.Anonymous(this="getvariable", expressions=[exp.convert(RECORD_VARIABLE)])
    salted = exp.DPipe(this=secret, expression=exp.cast(value, "VARCHAR"), safe=False)
    whole = exp.Anonymous(this="sha256", expressions=[salted])
    return exp.alias_(exp.func("LEFT", whole, exp.convert(32)), name)
