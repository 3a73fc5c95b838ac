"""Shanghai T1DM and T2DM: summary sheets and CGM traces of hospital patients, mapped onto the canonical tables."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from sqlglot import exp

from riskkit.data.adapters.bounds import load_bounds
from riskkit.data.adapters.mapping import MAPPINGS, prepare, read_mapping, write_mapped
from riskkit.data.adapters.report import AdapterReport, Unmapped
from riskkit.data.adapters.shanghai_layout import SUMMARY, SUMMARY_FILE, TRACE, TRACE_FILE, UNMAPPED
from riskkit.data.adapters.sheets import Sheet, iterate_cells, read_sheet
from riskkit.data.engine import fetch_rows, open_engine
from riskkit.data.staging import staged
from riskkit.errors import DataContractError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from riskkit.data.adapters.mapping import Progress

TABLES = ("person", "enrollment", "diagnosis", "pharmacy_claim", "lab_result", "glucose_reading")
QUARANTINE = ("quarantine/glucose_reading", "quarantine/value")
LISTS = {"analyte_list": "shanghai/analytes", "term_list": "shanghai/terms", "drug_list": "drug_names/atc"}

NOTES = (
    "The only date of a visit is the one in its patient number, the day on which the sensor was put on: labs, "
    "complications and agents are dated, and available, on that day.",
    "The sheets state the age in years and no birth date: birth_date is the middle of the days that agree with the "
    "ages at all visits.",
    "A hypoglycaemia may have come while the sensor was worn: its available_date is the last day of the visit's trace, "
    "14 days after the visit where there is none.",
    "There is no enrolment: the spell is the time under observation, from the first visit to 15 days after the last.",
    "There are no claims and no amounts, so no medical_claim and no procedure.",
    "Complications are written as dagger and asterisk pairs of the stated type of diabetes (E10 or E11); the type "
    "itself is E10.9 or E11.9 only where no complication states it.",
    "A drug stands for one fill on the day of the visit; supply is not stated.",
    "Uric acid is headed mmol/L; the values are umol/L.",
    "mmol/L of glucose in a trace becomes mg/dL by 18.018.",
)


def convert_shanghai(source: str | Path, target: str | Path, *, progress: Progress | None = None) -> AdapterReport:
    """Convert the Shanghai summary sheets and CGM traces into canonical Parquet tables.

    Parameters
    ----------
    source : str or pathlib.Path
        Folder with ``Shanghai_T1DM_Summary`` or ``Shanghai_T2DM_Summary`` or both, and traces named by patient number
        (``2001_0_20201102``), at any depth; ``.xls`` or ``.xlsx``.
    target : str or pathlib.Path
        Folder for ``person``, ``enrollment``, ``diagnosis``, ``pharmacy_claim``, ``lab_result`` and
        ``glucose_reading`` (``.parquet``), and for ``quarantine/glucose_reading.parquet`` and
        ``quarantine/value.parquet``, what could not be read.
    progress : callable, optional
        Called with (file or table, done, in all).

    Returns
    -------
    AdapterReport
        Rows, unmapped values by name, agreement of the stated body mass index, notes.

    Raises
    ------
    DataContractError
        If the reader is not installed (``riskkit[sheets]``), a workbook is absent, cannot be read or lacks a column,
        or a visit's patient number, age or type of diabetes cannot be read; nothing is written.

    References
    ----------
    .. [1] Zhao et al., Chinese diabetes datasets for data-driven machine learning, Scientific Data 2023,
       doi:10.1038/s41597-023-01940-7.
    """
    summaries, traces = _find_workbooks(Path(source))
    files = [(file, SUMMARY) for file in summaries] + [(file, TRACE) for file in traces]
    sheets: list[Sheet] = []
    for done, (file, fields) in enumerate(files):
        if progress:
            progress(file.name, done, len(files))
        sheets.append(read_sheet(file, fields))
    _check_glucose(sheets[len(summaries) :])
    with open_engine() as engine:
        _load(engine, "summary_cell", sheets[: len(summaries)])
        _load(engine, "trace_cell", sheets[len(summaries) :])
        _load_lists(engine)
        load_bounds(engine)
        prepare(engine, "shanghai", ("visit",))
        _check_visits(engine)
        prepare(engine, "shanghai", ("item", "number", "reading", "oddity"))
        with staged(Path(target)) as stage:
            rows_out = write_mapped(engine, "shanghai", TABLES, stage, progress=progress)
            write_mapped(engine, "shanghai", QUARANTINE, stage)
        rows_in = {sheet.file: sheet.rows for sheet in sheets}
        return AdapterReport("shanghai", rows_in, rows_out, _list_unmapped(engine, sheets), _reconcile(engine), NOTES)


def _find_workbooks(folder: Path) -> tuple[list[Path], list[Path]]:
    if not folder.is_dir():
        message = f"{folder}: no such folder. Give the folder that holds Shanghai_T2DM_Summary.xlsx."
        raise DataContractError(message)
    books = sorted(path for path in folder.rglob("*.xls*") if path.is_file())
    summaries = [path for path in books if re.fullmatch(SUMMARY_FILE, path.name)]
    traces = [path for path in books if re.fullmatch(TRACE_FILE, path.name)]
    if not summaries:
        names = ", ".join(path.name for path in books[:3]) or "no workbook"
        message = (
            f"{folder}: no file named like Shanghai_T2DM_Summary.xlsx; found {names}. Download it, or correct the "
            "folder."
        )
        raise DataContractError(message)
    stems = [path.stem for path in (*summaries, *traces)]
    twice = next((stem for stem in stems if stems.count(stem) > 1), None)
    if twice:
        message = f"{folder}: found {stems.count(twice)} workbooks {twice!r}, expected one. Keep the one that is meant."
        raise DataContractError(message)
    return summaries, traces


def _check_glucose(traces: Sequence[Sheet]) -> None:
    for sheet in traces:
        fields = {field for _, _, field, _ in sheet.cells}
        if len(fields & {"cgm", "cgm_mmol"}) != 1:
            found = "both CGM (mg / dl) and CGM (mmol / L)" if "cgm" in fields else "no column of glucose with its unit"
            message = (
                f"{sheet.file}: found {found} among {', '.join(sheet.strange[:3]) or 'the known columns'}, expected "
                "one of 'CGM (mg / dl)' and 'CGM (mmol / L)'. Name the column so."
            )
            raise DataContractError(message)


def _load(engine: duckdb.DuckDBPyConnection, name: str, sheets: Sequence[Sheet]) -> None:
    cells = pd.DataFrame(iterate_cells(sheets), columns=["file", "row", "field", "value"])
    kinds = {"file": "str", "row": "int64", "field": "str", "value": "str"}
    engine.register("cells", cells.astype(kinds))
    engine.execute(f"CREATE TEMP TABLE {name} AS SELECT * FROM cells")  # noqa: S608 - a name of this module
    engine.unregister("cells")


def _load_lists(engine: duckdb.DuckDBPyConnection) -> None:
    for view, file in LISTS.items():
        path = str(MAPPINGS / f"{file}.csv")
        engine.execute(f"CREATE TEMP TABLE {view} AS SELECT * FROM read_csv($path, all_varchar=true)", {"path": path})  # noqa: S608 - a name of this module


def _check_visits(engine: duckdb.DuckDBPyConnection) -> None:
    for check, expected in (
        ("unreadable_visit", "person_visit_YYYYMMDD, an age from 0 to 120, and T1DM or T2DM"),
        ("visit_twice", "each visit once"),
    ):
        broken = engine.execute(read_mapping("shanghai", f"checks/{check}")).fetchall()
        if broken:
            file, row, found = broken[0]
            message = (
                f"{file}: found {len(broken)} rows that are not a visit (first row {row}: {found}), expected "
                f"{expected}. Correct the sheet."
            )
            raise DataContractError(message)


def _list_unmapped(engine: duckdb.DuckDBPyConnection, sheets: Sequence[Sheet]) -> tuple[Unmapped, ...]:
    query = exp.select("what", "number", "reason").from_("oddity").order_by("part", "what")
    decided = [Unmapped(str(what), int(number), str(reason)) for what, number, reason in fetch_rows(engine, query)]
    kinds = ("quarantine/value", "quarantine/glucose_reading")
    aside = [
        Unmapped(f"{place.removeprefix('quarantine/')}: {reason}", int(number), f"set aside in {place}.parquet")
        for place in kinds
        for reason, number in engine.sql(read_mapping("shanghai", place)).aggregate("reason, count(*)").fetchall()
    ]
    fields = [field for _, _, field, _ in iterate_cells(sheets)]
    headers = {field.name: field.header for field in TRACE}
    left = [Unmapped(headers[name], fields.count(name), reason) for name, reason in UNMAPPED.items()]
    strange = sorted({header for sheet in sheets for header in sheet.strange})
    unknown = [
        Unmapped(name, fields.count(f"other:{name}"), "a column that the adapter does not know") for name in strange
    ]
    return (*left, *unknown, *decided, *sorted(aside, key=lambda item: item.what))


def _reconcile(engine: duckdb.DuckDBPyConnection) -> dict[str, object]:
    relation = engine.sql(read_mapping("shanghai", "reconciliation"))
    return dict(zip(relation.columns, relation.fetchall()[0], strict=True))
