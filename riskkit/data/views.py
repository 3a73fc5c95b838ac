"""Views: what an institution, the payer or a member may see of the canonical tables, sensitive diagnoses masked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from sqlglot import exp

from riskkit.data.codes import match_prefixes
from riskkit.data.engine import fetch_rows, open_engine, open_tables
from riskkit.data.schemas import SQL_TYPES, TABLES
from riskkit.data.staging import staged
from riskkit.errors import DataContractError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import duckdb

    from riskkit.data.contract import Column
    from riskkit.data.view_policy import ViewPolicy

MASKED = "masked"
REVEALING = {("medical_claim", "specialty"), ("medical_claim", "drg_code"), ("procedure", "code")}
"""Columns of a claim with a masked diagnosis that would name it."""
DRUG_COLUMNS = {("pharmacy_claim", "atc_code"), ("pharmacy_claim", "drug_code")}


@dataclass(frozen=True)
class Viewer:
    """Who looks, and when.

    Parameters
    ----------
    policy : ViewPolicy
        What the role may see.
    sensitive : pandas.DataFrame
        Prefixes of the sensitive diagnoses, from the policy's code list.
    subject : str, default ''
        The institution, or the hashed identifier of the person.
    day : datetime.date, optional
        Day on which the members of an institution are taken.
    """

    policy: ViewPolicy
    sensitive: pd.DataFrame
    subject: str = ""
    day: date | None = None


def tag_sensitive(codes: pd.DataFrame, sensitive: pd.DataFrame) -> pd.DataFrame:
    """Tag the distinct codes that are sensitive.

    Parameters
    ----------
    codes : pandas.DataFrame
        Columns `code`, `vocabulary`.
    sensitive : pandas.DataFrame
        Prefixes from `read_view`.

    Returns
    -------
    pandas.DataFrame
        `code`, `vocabulary`, `group`; one row per sensitive code and group, sorted.

    Examples
    --------
    >>> listed = pd.DataFrame({"list": "sensitive", "group": "psychiatric", "vocabulary": "who_cn",
    ...                        "prefix": ["F32"], "points": [1.0]})
    >>> codes = pd.DataFrame({"code": ["F32.900", "E11.9"], "vocabulary": "who_cn"})
    >>> tag_sensitive(codes, listed)[["code", "group"]].values.tolist()
    [['F32.900', 'psychiatric']]
    """
    return match_prefixes(codes, sensitive)[["code", "vocabulary", "group"]]


def write_view(tables: Mapping[str, Path], viewer: Viewer, out: str | Path) -> dict[str, int]:
    """Write what a role may see as canonical Parquet tables, all or nothing.

    Parameters
    ----------
    tables : mapping of str to pathlib.Path
        Checked canonical tables with hashed identifiers.
    viewer : Viewer
        Who looks.
    out : str or pathlib.Path
        Folder to write to.

    Returns
    -------
    dict of str to int
        Rows by table, and `masked_diagnoses`.

    Raises
    ------
    DataContractError
        If the scope needs a subject or day that is not given, or holds nobody.
    """
    _require_subject(viewer)
    rows: dict[str, int] = {}
    with staged(Path(out)) as stage, open_engine() as engine:
        held = open_tables(engine, tables)
        _make_scope(engine, viewer)
        rows["masked_diagnoses"] = _make_masks(engine, viewer)
        for name, hidden in viewer.policy.tables.items():
            if name in held:
                file = stage / f"{name}.parquet"
                engine.sql(_select(name, hidden, viewer).sql("duckdb")).write_parquet(str(file), compression="zstd")
                rows[name] = int(engine.from_parquet(str(file)).aggregate("count(*)").fetchall()[0][0])
    return rows


def _require_subject(viewer: Viewer) -> None:
    scope = viewer.policy.scope
    if scope != "everyone" and not viewer.subject:
        message = f"{viewer.policy.role} view: no {scope} is named, expected whose view it is. Give --of."
        raise DataContractError(message)
    if scope == "institution" and viewer.day is None:
        message = "institution view: no day, expected the day on which its members are enrolled. Give --day YYYY-MM-DD."
        raise DataContractError(message)


def _make_scope(engine: duckdb.DuckDBPyConnection, viewer: Viewer) -> None:
    """Make the table of the persons who are seen."""
    query = exp.select("person_id").distinct()
    if viewer.policy.scope == "institution":
        day = exp.cast(exp.convert(str(viewer.day)), "DATE")
        query = query.from_("enrollment").where(
            exp.column("institution_id").eq(exp.convert(viewer.subject)),
            exp.column("start_date") <= day,
            exp.column("end_date") > day.copy(),
        )
    else:
        query = query.from_("person")
        if viewer.policy.scope == "person":
            query = query.where(exp.column("person_id").eq(exp.convert(viewer.subject)))
    engine.execute(exp.Create(this=exp.to_table("seen"), kind="TABLE", expression=query).sql("duckdb"))
    if not engine.execute("SELECT 1 FROM seen LIMIT 1").fetchall():
        # The identifier itself is not repeated: it may be a person's.
        message = f"{viewer.policy.role} view: nobody is in its scope. Check --of and --day."
        raise DataContractError(message)


def _make_masks(engine: duckdb.DuckDBPyConnection, viewer: Viewer) -> int:
    """Make the tables of masked codes and of the claims that bear one; count the diagnoses that are masked."""
    found = fetch_rows(engine, exp.select("code", "vocabulary").distinct().from_("diagnosis"))
    codes = tag_sensitive(pd.DataFrame(found, columns=["code", "vocabulary"], dtype="str"), viewer.sensitive)
    masked = codes[codes["group"].isin(viewer.policy.mask)].drop_duplicates(["code", "vocabulary"])
    engine.register("masked_rows", masked.rename(columns={"group": "code_group"}))
    # The types are said, because a frame without rows has none.
    engine.execute("CREATE TABLE masked_code (code VARCHAR, vocabulary VARCHAR, code_group VARCHAR)")
    engine.execute("INSERT INTO masked_code SELECT code, vocabulary, code_group FROM masked_rows")
    engine.execute("CREATE TABLE masked_diagnosis AS SELECT * FROM diagnosis JOIN masked_code USING (code, vocabulary)")
    counted = "SELECT count(*) FROM masked_diagnosis WHERE person_id IN (SELECT person_id FROM seen)"
    return int(engine.execute(counted).fetchall()[0][0])


def _select(name: str, hidden: tuple[str, ...], viewer: Viewer) -> exp.Select:
    """Select the rows and columns of one table that are seen."""
    columns = [_show(name, column, column.name in hidden, viewer) for column in TABLES[name].columns]
    query = exp.select(*columns).from_(exp.alias_(exp.to_table(name), "t", table=True))
    if name == "diagnosis":
        masks = exp.alias_(exp.to_table("masked_code"), "m", table=True)
        same = [exp.column(part, "t").eq(exp.column(part, "m")) for part in ("code", "vocabulary")]
        query = query.join(masks, on=exp.and_(*same), join_type="left")
    query = query.where(_among(exp.column("person_id", "t"), "person_id", "seen"))
    if name == "enrollment" and viewer.policy.scope == "institution":
        query = query.where(exp.column("institution_id", "t").eq(exp.convert(viewer.subject)))
    return query.order_by(*[exp.column(key, "t") for key in TABLES[name].key])


def _show(table: str, column: Column, hidden: bool, viewer: Viewer) -> exp.Expr:
    """Show a column's value, or what stands in its place."""
    value: exp.Expr = exp.column(column.name, "t")
    nothing: exp.Expr = exp.convert(MASKED) if column.required else exp.null()
    if hidden:
        value = exp.null()
    elif (table, column.name) == ("diagnosis", "code"):
        group = exp.column("code_group", "m")
        mark = exp.func("CONCAT", exp.convert(f"{MASKED}:"), group)
        value = exp.Case(ifs=[exp.If(this=exp.Is(this=group.copy(), expression=exp.null()), true=value)], default=mark)
    elif (table, column.name) in REVEALING:
        telling = _among(exp.column("claim_id", "t"), "record_id", "masked_diagnosis")
        value = exp.Case(ifs=[exp.If(this=telling, true=nothing)], default=value)
    elif (table, column.name) in DRUG_COLUMNS and viewer.policy.mask_drugs:
        classes = [
            exp.func("STARTS_WITH", exp.column("atc_code", "t"), exp.convert(c)) for c in viewer.policy.mask_drugs
        ]
        value = exp.Case(ifs=[exp.If(this=exp.or_(*classes), true=nothing)], default=value)
    return exp.alias_(exp.cast(value, SQL_TYPES[column.kind]), column.name)


def _among(value: exp.Column, name: str, table: str) -> exp.Expr:
    return exp.In(this=value, query=exp.select(name).from_(table).subquery())
