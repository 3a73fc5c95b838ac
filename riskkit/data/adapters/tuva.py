"""Claim lines in the Tuva input layout: folded into claims, with enrolment, drugs and laboratory results."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from riskkit.data.adapters.bounds import load_bounds
from riskkit.data.adapters.layout import SourceColumn, SourceLayout, code
from riskkit.data.adapters.mapping import prepare, read_oddities, reconcile, write_mapped
from riskkit.data.adapters.report import AdapterReport, Unmapped
from riskkit.data.adapters.source import fill_columns, find_files, open_text, read_header
from riskkit.data.adapters.terms import load_terms
from riskkit.data.engine import open_engine
from riskkit.data.io import staged

if TYPE_CHECKING:
    import duckdb

    from riskkit.data.adapters.mapping import Progress

DAY = r"\d{4}-\d{2}-\d{2}"
MONEY = r"-?\d{1,12}(\.\d+)?"


def _day(name: str, *, required: bool = False) -> SourceColumn:
    return SourceColumn(name, DAY, "a date as YYYY-MM-DD", required, "%Y-%m-%d")


def _moment(name: str) -> SourceColumn:
    return SourceColumn(name, DAY + r"([ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?", "a date or time as YYYY-MM-DD HH:MM:SS")


def _money(name: str) -> SourceColumn:
    return SourceColumn(name, MONEY, "an amount")


ELIGIBILITY = SourceLayout(
    "eligibility_line",
    r"eligibility\.csv(\.gz)?",
    "eligibility.csv",
    ("person_id", "enrollment_start_date", "enrollment_end_date"),
    (
        SourceColumn("person_id", required=True),
        SourceColumn("gender"),
        _day("birth_date", required=True),
        _day("death_date"),
        _day("enrollment_start_date", required=True),
        _day("enrollment_end_date", required=True),
        SourceColumn("state"),
    ),
)
MEDICAL = SourceLayout(
    "claim_line",
    r"medical_claim\.csv(\.gz)?",
    "medical_claim.csv",
    ("claim_id", "claim_line_number"),
    (
        SourceColumn("claim_id", required=True),
        SourceColumn("claim_line_number", r"\d{1,6}", "a whole number", required=True),
        code("claim_type", "institutional", "professional", required=True),
        SourceColumn("person_id", required=True),
        *(
            _day(name)
            for name in ("claim_start_date", "claim_end_date", "claim_line_start_date", "claim_line_end_date")
        ),
        *(_day(name) for name in ("admission_date", "discharge_date", "paid_date")),
        *(_money(name) for name in ("paid_amount", "allowed_amount")),
        SourceColumn("bill_type_code"),
        SourceColumn("revenue_center_code"),
        SourceColumn("hcpcs_code"),
        SourceColumn("diagnosis_code_type"),
        SourceColumn("diagnosis_code_1"),
    ),
)
PHARMACY = SourceLayout(
    "pharmacy_line",
    r"pharmacy_claim\.csv(\.gz)?",
    "pharmacy_claim.csv",
    ("claim_id", "claim_line_number"),
    (
        SourceColumn("claim_id", required=True),
        SourceColumn("claim_line_number", r"\d{1,6}", "a whole number", required=True),
        SourceColumn("person_id", required=True),
        _day("dispensing_date", required=True),
        _day("paid_date"),
        SourceColumn("ndc_code"),
        SourceColumn("quantity"),
        SourceColumn("days_supply"),
        *(_money(name) for name in ("paid_amount", "allowed_amount")),
    ),
)
LABS = SourceLayout(
    "lab_line",
    r"lab_result\.csv(\.gz)?",
    "lab_result.csv",
    ("lab_result_id",),
    (
        SourceColumn("lab_result_id", required=True),
        SourceColumn("person_id", required=True),
        SourceColumn("source_order_code"),
        SourceColumn("result"),
        _moment("result_datetime"),
        _moment("collection_datetime"),
        SourceColumn("source_units"),
    ),
)
# Columns that some versions of the layout have and others have not.
OPTIONAL = {
    "claim_line": (
        *("admit_source_code", "admit_type_code", "discharge_disposition_code", "drg_code", "ms_drg_code"),
        *("facility_npi", "total_cost_amount", "coinsurance_amount", "copayment_amount", "deductible_amount"),
        *("procedure_code_type", "procedure_code_1"),
    ),
    "lab_line": (
        *("normalized_component_code", "normalized_order_code", "source_component_code", "normalized_units"),
        *("source_component_description", "source_order_description"),
    ),
}
TABLES = ("person", "enrollment", "medical_claim", "diagnosis", "procedure", "pharmacy_claim")
LAB_TABLES = ("lab_result",)
QUARANTINE = ("quarantine/claim_line",)
LAB_QUARANTINE = ("quarantine/lab_result",)

NOTES = (
    "Three versions of the layout are read: the member's column is person_id or patient_id, the group's drg_code or "
    "ms_drg_code, and some amounts are absent.",
    "A claim is available on its paid date; where that is absent, on its last day. A real feed would know it later.",
    "setting: professional claims are professional; institutional ones are inpatient for bill types 11x, emergency "
    "with a revenue code 045x, and outpatient otherwise.",
    "enrollment_end_date is a day of membership: the span ends on the day after it; gaps are kept.",
    "race, names and addresses are not read.",
)


def convert_tuva(source: str | Path, target: str | Path, *, progress: Progress | None = None) -> AdapterReport:
    """Convert claim lines in the Tuva input layout into canonical Parquet tables.

    Parameters
    ----------
    source : str or pathlib.Path
        Folder with ``eligibility.csv``, ``medical_claim.csv``, ``pharmacy_claim.csv`` and, where there is one,
        ``lab_result.csv``, plain or gzip.
    target : str or pathlib.Path
        Folder for the canonical tables, and for ``quarantine/``: lines of claims without a date or of two members, and
        results that nobody can have.
    progress : callable, optional
        Called with (table, tables done, tables in all).

    Returns
    -------
    AdapterReport
        Rows, what had no place, money, notes.

    Raises
    ------
    DataContractError
        If a file is missing, cut short, not UTF-8 or lacks a column, or a value cannot be read; nothing is written.

    References
    ----------
    .. [1] The Tuva Project, Input Layer: eligibility, medical_claim, pharmacy_claim, lab_result.
    """
    folder = Path(source)
    has_labs = folder.is_dir() and any(folder.glob("lab_result.csv*"))
    layouts = (ELIGIBILITY, MEDICAL, PHARMACY, *((LABS,) if has_labs else ()))
    with open_engine() as engine:
        rows_in: dict[str, int] = {}
        for layout in layouts:
            rows_in |= _open(engine, folder, layout)
        if not has_labs:
            _make_empty(engine, LABS)
        load_terms(engine)
        load_bounds(engine)
        prepare(engine, "tuva", ("claim", "result", "oddity"))
        with staged(Path(target)) as stage:
            tables = TABLES + (LAB_TABLES if has_labs else ())
            rows_out = write_mapped(engine, "tuva", tables, stage, progress=progress)
            aside = write_mapped(engine, "tuva", QUARANTINE + (LAB_QUARANTINE if has_labs else ()), stage)
        unmapped = tuple(
            Unmapped(place.removeprefix("quarantine/"), rows, f"set aside in {place}.parquet")
            for place, rows in aside.items()
        )
        return AdapterReport(
            "tuva", rows_in, rows_out, read_oddities(engine) + unmapped, reconcile(engine, "tuva"), NOTES
        )


def _open(engine: duckdb.DuckDBPyConnection, folder: Path, layout: SourceLayout) -> dict[str, int]:
    """Load one kind of file; an older version calls the member patient_id."""
    files = find_files(folder, layout)
    renamed = {"patient_id": "person_id"} if "person_id" not in read_header(files[0]) else {}
    rows = open_text(engine, files, layout, renamed=renamed)
    fill_columns(engine, layout.view, OPTIONAL.get(layout.view, ()))
    return rows


def _make_empty(engine: duckdb.DuckDBPyConnection, layout: SourceLayout) -> None:
    engine.execute(f"CREATE TEMP TABLE {layout.view} (filename VARCHAR)")
    fill_columns(engine, layout.view, (*(column.name for column in layout.columns), *OPTIONAL[layout.view]))
