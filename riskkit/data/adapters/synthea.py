"""Synthea CSV: encounters with the money of their transactions, conditions, drugs and observations."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from riskkit.data.adapters.bounds import load_bounds
from riskkit.data.adapters.layout import SourceColumn, SourceLayout, code
from riskkit.data.adapters.mapping import prepare, read_oddities, reconcile, write_mapped
from riskkit.data.adapters.report import AdapterReport, Unmapped
from riskkit.data.adapters.source import find_files, open_text
from riskkit.data.adapters.terms import load_terms
from riskkit.data.engine import open_engine
from riskkit.data.io import staged

if TYPE_CHECKING:
    from riskkit.data.adapters.mapping import Progress

TIME = r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z?)?"
MONEY = r"-?\d{1,12}(\.\d+)?"


def _time(name: str, *, required: bool = False) -> SourceColumn:
    return SourceColumn(name, TIME, "a date or time as YYYY-MM-DDTHH:MM:SSZ", required)


def _text(*names: str) -> tuple[SourceColumn, ...]:
    return tuple(SourceColumn(name, required=True) for name in names)


def _layout(view: str, name: str, key: tuple[str, ...], *columns: SourceColumn) -> SourceLayout:
    return SourceLayout(view, rf"{name}\.csv(\.gz)?", f"{name}.csv", key, columns)


LAYOUTS = (
    _layout(
        "patient_text",
        "patients",
        ("Id",),
        *_text("Id"),
        _time("BIRTHDATE", required=True),
        _time("DEATHDATE"),
        code("GENDER", "M", "F", required=True),
        SourceColumn("STATE"),
    ),
    _layout(
        "encounter_text",
        "encounters",
        ("Id",),
        *_text("Id", "PATIENT", "ENCOUNTERCLASS"),
        _time("START", required=True),
        _time("STOP"),
        SourceColumn("ORGANIZATION"),
        SourceColumn("TOTAL_CLAIM_COST", MONEY, "an amount"),
    ),
    _layout("claim_text", "claims", ("Id",), *_text("Id"), SourceColumn("APPOINTMENTID")),
    _layout(
        "transaction_text",
        "claims_transactions",
        ("ID",),
        *_text("ID", "CLAIMID"),
        code("TYPE", "CHARGE", "PAYMENT", "ADJUSTMENT", "TRANSFERIN", "TRANSFEROUT", required=True),
        SourceColumn("AMOUNT", MONEY, "an amount"),
        SourceColumn("METHOD"),
        SourceColumn("PROCEDURECODE"),
        SourceColumn("PAYMENTS", MONEY, "an amount"),
    ),
    _layout(
        "condition_text",
        "conditions",
        ("PATIENT", "ENCOUNTER", "CODE", "START"),
        *_text("PATIENT", "ENCOUNTER", "CODE", "DESCRIPTION"),
        _time("START", required=True),
    ),
    _layout(
        "medication_text",
        "medications",
        ("PATIENT", "ENCOUNTER", "CODE", "START", "STOP"),
        *_text("PATIENT", "ENCOUNTER", "CODE", "DESCRIPTION"),
        _time("START", required=True),
        _time("STOP"),
        SourceColumn("DISPENSES", r"\d{1,9}", "a whole number"),
    ),
    _layout(
        "procedure_text",
        "procedures",
        ("PATIENT", "ENCOUNTER", "CODE", "START"),
        *_text("PATIENT", "ENCOUNTER", "CODE"),
        _time("START", required=True),
    ),
    _layout(
        "observation_text",
        "observations",
        ("PATIENT", "DATE", "CODE"),
        *_text("PATIENT", "CODE", "DESCRIPTION"),
        _time("DATE", required=True),
        SourceColumn("VALUE"),
        SourceColumn("UNITS"),
    ),
    _layout(
        "transition_text",
        "payer_transitions",
        ("PATIENT", "START_YEAR", "END_YEAR", "PAYER"),
        *_text("PATIENT", "PAYER"),
        _time("START_YEAR", required=True),
        _time("END_YEAR", required=True),
    ),
    _layout("payer_text", "payers", ("Id",), *_text("Id", "NAME")),
)
TABLES = (
    *("person", "enrollment", "medical_claim", "diagnosis", "procedure", "pharmacy_claim", "lab_result"),
    "quarantine/lab_result",
)
NOT_READ = {
    "allergies": "no canonical table",
    "careplans": "no canonical table; the care programme is not that of the plan",
    "devices": "no canonical table",
    "imaging_studies": "no canonical table",
    "immunizations": "no canonical table",
    "supplies": "no canonical table",
}

NOTES = (
    "Money is that of claims_transactions: what was charged is allowed, an ECHECK is the insurer's payment, every "
    "other payment the patient's. TOTAL_CLAIM_COST is not carried.",
    "The layout has no second clock: an encounter is available on its last day, a result or prescription on its own.",
    "Membership is a span with an insurer; spans that touch or overlap are one.",
    "Disorders come as SNOMED CT and are carried as ICD-10-CM, drugs as RxNorm and ATC, by the term maps.",
    "Names, addresses, numbers of identity papers and race are not read.",
)


def convert_synthea(source: str | Path, target: str | Path, *, progress: Progress | None = None) -> AdapterReport:
    """Convert Synthea's CSV export into canonical Parquet tables.

    Parameters
    ----------
    source : str or pathlib.Path
        Folder with ``patients.csv``, ``encounters.csv``, ``claims.csv``, ``claims_transactions.csv``,
        ``conditions.csv``, ``medications.csv``, ``procedures.csv``, ``observations.csv``, ``payer_transitions.csv`` and
        ``payers.csv``, plain or gzip.
    target : str or pathlib.Path
        Folder for the canonical tables, and for ``quarantine/lab_result.parquet``, results that nobody can have.
    progress : callable, optional
        Called with (table, tables done, tables in all).

    Returns
    -------
    AdapterReport
        Rows, what had no place, charges, notes.

    Raises
    ------
    DataContractError
        If a file is missing, cut short, not UTF-8 or lacks a column, or a value cannot be read; nothing is written.

    References
    ----------
    .. [1] Walonoski et al. (2018), Synthea, Journal of the American Medical Informatics Association 25,
       doi:10.1093/jamia/ocx079.
    """
    folder = Path(source)
    with open_engine() as engine:
        rows_in: dict[str, int] = {}
        for layout in LAYOUTS:
            rows_in |= open_text(engine, find_files(folder, layout), layout)
        load_terms(engine)
        load_bounds(engine)
        prepare(engine, "synthea", ("visit", "result", "oddity"))
        with staged(Path(target)) as stage:
            rows_out = write_mapped(engine, "synthea", TABLES, stage, progress=progress)
        aside = Unmapped(
            "lab_result", rows_out.pop("quarantine/lab_result"), "set aside in quarantine/lab_result.parquet"
        )
        unmapped = (*read_oddities(engine), aside, *_count_files(folder))
        return AdapterReport("synthea", rows_in, rows_out, unmapped, reconcile(engine, "synthea"), NOTES)


def _count_files(folder: Path) -> list[Unmapped]:
    """Count the rows of the files that have no place."""
    found = []
    for name, reason in NOT_READ.items():
        for file in sorted(folder.glob(f"{name}.csv*")):
            with open_engine() as engine:
                rows = engine.read_csv(str(file), all_varchar=True, header=True).aggregate("count(*)").fetchall()
                found.append(Unmapped(file.name, int(rows[0][0]), reason))
    return found
