"""OMOP CDM 5.4: visits with the money of their costs, conditions, drugs and measurements, from CSV or SQLite."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from riskkit.data.adapters.bounds import load_bounds
from riskkit.data.adapters.mapping import prepare, read_oddities, reconcile, write_mapped
from riskkit.data.adapters.omop_files import CdmFolder
from riskkit.data.adapters.omop_sqlite import open_database
from riskkit.data.adapters.omop_tables import count_left, load_tables
from riskkit.data.adapters.report import AdapterReport
from riskkit.data.adapters.terms import load_terms
from riskkit.data.adapters.ucum import load_list, load_units
from riskkit.data.engine import open_engine
from riskkit.data.io import staged
from riskkit.errors import DataContractError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

    from riskkit.data.adapters.mapping import Progress
    from riskkit.data.adapters.omop_tables import CdmSource

TABLES = ("person", "enrollment", "medical_claim", "diagnosis", "procedure", "pharmacy_claim", "lab_result")
STEPS = (
    *("member", "period", "visit", "statement", "procedure_record", "fill", "result"),
    *("cost", "fate", "oddity"),
)

NOTES = (
    "The model has no second clock: a visit, its diagnoses and procedures are available on its last day, a drug, a "
    "result or a diagnosis without a visit on its own.",
    "allowed_amount is amount_allowed, else paid_by_payer, paid_by_patient and paid_by_primary together, else "
    "total_paid; total_charge and total_cost are no one's payment and are not carried.",
    "paid_amount is paid_by_payer, else total_paid without the shares of the patient and the primary payer; "
    "member_amount is paid_by_patient, else copay, coinsurance and deductible.",
    "Where the records of most visits carry copies of the same costs, each set of costs counts once per visit.",
    "A visit's own cost that is no less than those of its records is their total; a smaller one is added to them.",
    "Codes are the source's own; where it has no ICD code, the SNOMED CT disorder becomes ICD-10-CM by the term map. "
    "RxNorm becomes ATC by the term map, else by CONCEPT_ANCESTOR, else by the name of a single ingredient; LOINC "
    "becomes an analyte by the term map.",
    "Periods are first to last day of membership, of payer plans where a person has any, else of observation.",
    "Race, ethnicity and the identifiers that the source gave to persons are not read.",
)


def convert_omop(source: str | Path, target: str | Path, *, progress: Progress | None = None) -> AdapterReport:
    """Convert an OMOP common data model, version 5.4 or 5.3, into canonical Parquet tables.

    Parameters
    ----------
    source : str or pathlib.Path
        Folder with one file per table (``person.csv``; also ``.tsv``, ``.txt``, gzip, upper case), or a SQLite file.
        ``person``, ``observation_period``, ``visit_occurrence`` and ``condition_occurrence`` must be there.
    target : str or pathlib.Path
        Folder for the canonical tables, and for ``quarantine/rows.parquet``, the rows that the contracts cannot hold,
        with the reason.
    progress : callable, optional
        Called with (table, tables done, tables in all).

    Returns
    -------
    AdapterReport
        Rows, what is not mapped by table and concept, rows and money reconciled, notes.

    Raises
    ------
    DataContractError
        If a table is missing, cut short or lacks a column, a value cannot be read, or no person can; nothing is
        written.

    References
    ----------
    .. [1] Observational Health Data Sciences and Informatics, OMOP Common Data Model, version 5.4, 2021.
    """
    with open_engine() as engine, _open(Path(source)) as cdm:
        prepare(engine, "omop", ("macros",))
        rows_in = load_tables(engine, cdm, progress=progress)
        load_terms(engine)
        load_units(engine)
        load_bounds(engine)
        load_list(engine, "word_list", "omop/words")
        load_list(engine, "drug_list", "drug_names/atc")
        prepare(engine, "omop", STEPS)
        _check_any(engine, cdm.place)
        with staged(Path(target)) as stage:
            rows_out = write_mapped(engine, "omop", TABLES, stage, progress=progress)
            write_mapped(engine, "omop", ("quarantine/rows",), stage)
        unmapped = read_oddities(engine) + count_left(engine, cdm)
        return AdapterReport("omop", rows_in, rows_out, unmapped, reconcile(engine, "omop"), NOTES)


@contextmanager
def _open(source: Path) -> Iterator[CdmSource]:
    if source.is_dir():
        yield CdmFolder(source)
    elif source.is_file():
        with open_database(source) as database:
            yield database
    else:
        message = (
            f"{source}: no such file or folder, expected a folder of CSV files or a SQLite file. Correct the path."
        )
        raise DataContractError(message)


def _check_any(engine: duckdb.DuckDBPyConnection, place: str) -> None:
    if engine.execute("SELECT 1 FROM known LIMIT 1").fetchall():
        return
    first = engine.execute("SELECT problem FROM member ORDER BY person_id LIMIT 1").fetchall()[0]
    message = (
        f"{place}: found no person that can be read (the first: {first[0]}), expected at least one. "
        "Correct the dates of birth."
    )
    raise DataContractError(message)
