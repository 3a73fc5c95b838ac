"""Chinese medical insurance settlement list: 医疗保障基金结算清单 as CSV, mapped onto the canonical tables."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from sqlglot import exp

from riskkit.data.adapters.bounds import load_bounds
from riskkit.data.adapters.mapping import MAPPINGS, prepare, read_mapping, write_mapped
from riskkit.data.adapters.report import AdapterReport, Unmapped
from riskkit.data.adapters.settlement_layout import FILES
from riskkit.data.adapters.settlement_rows import find_lists, load_list
from riskkit.data.engine import fetch_rows, open_engine
from riskkit.data.staging import staged
from riskkit.errors import DataContractError

if TYPE_CHECKING:
    import duckdb

    from riskkit.data.adapters.mapping import Progress

ALWAYS = ("person", "enrollment", "medical_claim", "diagnosis", "procedure")
WITH_FILE = {"处方明细": "pharmacy_claim", "检验结果": "lab_result"}
STEPS = ("member", "settlement", "claim", "spell", "code", "drug", "result", "oddity")
LISTS = {
    "word_list": "settlement_list/words",
    "analyte_list": "settlement_list/analytes",
    "unit_list": "settlement_list/units",
    "drug_list": "drug_names/atc",
}
ASIDE = ("medical_claim", "enrollment", "diagnosis", "procedure", "pharmacy_claim", "lab_result")

NOTES = (
    "available_date is 结算日期, of all that a settlement carries; of a settlement dated before its discharge, the day "
    "of discharge. Results are known on 报告日期.",
    "paid_amount is what all funds paid, member_amount what came from 个人账户 and in cash, allowed_amount 总金额, "
    "which holds what is not insured as well.",
    "A reversal (冲正标志, or a negative 总金额) carries the days of the settlement that it names and amounts below 0; "
    "its diagnoses and drugs are those of that settlement and make no second row.",
    "A settlement that names a 原结算流水号 and is no reversal is a replacement.",
    "Drug lines carry no amounts: they are in the total of their settlement. A return is set aside and the fill stays, "
    "since it was known until then.",
    "定点药店购药 (41) is an outpatient settlement.",
    "Codes are kept as they are spelt; the code lists find every variant.",
    "A spell without an end is open to the first of January after the last settlement; without 参保信息 a member is "
    "enrolled for the years from the first settlement to the last.",
    "A death is 死亡日期 of 参保信息, else a discharge as 离院方式 5.",
)


def convert_settlement_list(
    source: str | Path, target: str | Path, *, progress: Progress | None = None
) -> AdapterReport:
    """Convert a folder of settlement lists into canonical Parquet tables.

    Parameters
    ----------
    source : str or pathlib.Path
        Folder with ``结算清单.csv`` and, where there are any, ``参保信息.csv``, ``诊断明细.csv``, ``处方明细.csv`` and
        ``检验结果.csv``, each in UTF-8 or GBK, in one file or in parts (``结算清单_2024.csv``).
    target : str or pathlib.Path
        Folder for ``person``, ``enrollment``, ``medical_claim``, ``diagnosis``, ``procedure`` and, where their files
        are there, ``pharmacy_claim`` and ``lab_result`` (``.parquet``), and for ``quarantine/<table>.parquet``, the
        rows that could not be read, with the reason.
    progress : callable, optional
        Called with (file or table, done, in all).

    Returns
    -------
    AdapterReport
        Rows, unmapped values by name, rows set aside by reason, how the amounts tie, notes.

    Raises
    ------
    DataContractError
        If a file is absent, neither UTF-8 nor GBK or a mixture of both, or lacks a column, or no settlement can be
        read; nothing is written.

    References
    ----------
    .. [1] National Healthcare Security Administration, 医疗保障基金结算清单填写规范, 2020, revised 2021.
    """
    found = find_lists(Path(source))
    rows_in: dict[str, int] = {}
    strange: list[Unmapped] = []
    with open_engine() as engine, tempfile.TemporaryDirectory(prefix="riskkit-settlement-") as copies:
        for done, layout in enumerate(FILES):
            if progress:
                progress(layout.stem, done, len(FILES))
            rows, unknown = load_list(engine, found[layout.view], layout, Path(copies))
            rows_in |= rows
            strange += unknown
        _load_lists(engine)
        load_bounds(engine)
        prepare(engine, "settlement_list", STEPS)
        _check_any(engine)
        delivered = tuple(table for stem, table in WITH_FILE.items() if any(name.startswith(stem) for name in rows_in))
        with staged(Path(target)) as stage:
            rows_out = write_mapped(engine, "settlement_list", (*ALWAYS, *delivered), stage, progress=progress)
            write_mapped(engine, "settlement_list", [f"quarantine/{table}" for table in ASIDE], stage)
        unmapped = (*strange, *_list_unmapped(engine))
        return AdapterReport("settlement_list", rows_in, rows_out, unmapped, _reconcile(engine), NOTES)


def _load_lists(engine: duckdb.DuckDBPyConnection) -> None:
    for view, file in LISTS.items():
        path = str(MAPPINGS / f"{file}.csv")
        statement = f"CREATE TEMP TABLE {view} AS SELECT * FROM read_csv($path, all_varchar=true, header=true)"  # noqa: S608 - a name of this module
        engine.execute(statement, {"path": path})


def _check_any(engine: duckdb.DuckDBPyConnection) -> None:
    if not fetch_rows(engine, exp.select("claim_id").from_("claim").limit(1)):
        number_of_rows = exp.alias_(exp.Count(this=exp.Star()), "number")
        query = exp.select("problem", number_of_rows).from_("settlement").group_by("problem")
        found = fetch_rows(engine, query.order_by(exp.column("number").desc(), "problem"))
        reasons = "; ".join(f"{number} of them: {reason}" for reason, number in found)
        message = (
            f"结算清单.csv: found no row that can be read ({reasons}), expected settlements in the columns of "
            "docs/adapters/settlement_list.md. Correct the export."
        )
        raise DataContractError(message)


def _list_unmapped(engine: duckdb.DuckDBPyConnection) -> tuple[Unmapped, ...]:
    query = exp.select("what", "number", "reason").from_("oddity").order_by("part", "what")
    decided = [Unmapped(str(what), int(number), str(reason)) for what, number, reason in fetch_rows(engine, query)]
    aside = [
        Unmapped(f"{table}: {reason}", int(number), f"set aside in quarantine/{table}.parquet")
        for table in ASIDE
        for reason, number in engine.sql(read_mapping("settlement_list", f"quarantine/{table}"))
        .aggregate("reason, count(*)")
        .order("reason")
        .fetchall()
    ]
    return (*decided, *aside)


def _reconcile(engine: duckdb.DuckDBPyConnection) -> dict[str, object]:
    relation = engine.sql(read_mapping("settlement_list", "reconciliation"))
    return dict(zip(relation.columns, relation.fetchall()[0], strict=True))
