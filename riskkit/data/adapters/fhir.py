"""FHIR R4: bundles and NDJSON, each resource validated, mapped, left with a reason or set aside."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from riskkit.data.adapters.bounds import load_bounds
from riskkit.data.adapters.fhir_bundles import find_bundles
from riskkit.data.adapters.fhir_resources import load_resources
from riskkit.data.adapters.mapping import prepare, read_oddities, reconcile, write_mapped
from riskkit.data.adapters.report import AdapterReport
from riskkit.data.adapters.terms import load_terms
from riskkit.data.adapters.ucum import load_list, load_units
from riskkit.data.engine import open_engine
from riskkit.data.staging import staged
from riskkit.errors import DataContractError

if TYPE_CHECKING:
    import duckdb

    from riskkit.data.adapters.mapping import Progress

STEPS = (
    *("macros", "record", "patient", "coverage", "encounter", "adjudicated", "bill", "claim", "condition"),
    *("procedure_record", "fill", "result", "fate", "span", "oddity"),
)
TABLES = ("person", "enrollment", "medical_claim", "diagnosis", "procedure", "pharmacy_claim", "lab_result")

NOTES = (
    "A day is the local day as it is written; a birth year stands for 1 July and a birth month for its 15th.",
    "available_date is ExplanationOfBenefit.created (Claim.created where none answers it), not before the last day of "
    "service; of an encounter that nobody billed, its last day; of a diagnosis or procedure, that of its claim, not "
    "before Condition.recordedDate; of a result, Observation.issued, else its own day; of a fill, its own day, or that "
    "on which its pharmacy claim was created.",
    "medical_claim holds an explanation, a claim that none answers, or an encounter that neither names; its days are "
    "those of the encounter that is named, else of the billing period, else of the lines.",
    "The amounts are those adjudicated: a Claim's charges are no one's cost and make no amount.",
    "SNOMED CT disorders become ICD-10-CM codes, RxNorm drugs ATC codes and LOINC codes analytes by the lists in "
    "mappings/terms; what they lack is counted by name, and a number with a unit is kept under loinc_<code>.",
    "A condition is dated at its onset, once; a chronic one does not come again with each visit.",
    "Where there is neither a pharmacy claim nor a dispense, a prescription stands for a fill.",
)


def convert_fhir(source: str | Path, target: str | Path, *, progress: Progress | None = None) -> AdapterReport:
    """Convert FHIR R4 bundles into canonical Parquet tables.

    Parameters
    ----------
    source : str or pathlib.Path
        A bundle, an NDJSON file, or a folder of them (``.json``, ``.ndjson``, ``.jsonl``, each plain or ``.gz``).
    target : str or pathlib.Path
        Folder for ``person``, ``enrollment``, ``medical_claim``, ``diagnosis``, ``procedure``, ``pharmacy_claim`` and
        ``lab_result`` (``.parquet``), and for ``quarantine/resources.parquet``, the resources that are invalid or that
        the contracts cannot hold, with the reason.
    progress : callable, optional
        Called with (file or table, done, in all).

    Returns
    -------
    AdapterReport
        Resources, what is not mapped by type and name, how many of each type were mapped, notes.

    Raises
    ------
    DataContractError
        If fhir.resources is not installed, a file cannot be read, or no patient can; nothing is written.

    References
    ----------
    .. [1] HL7, FHIR Release 4 (4.0.1), 2019.
    """
    files = find_bundles(Path(source))
    with open_engine() as engine:
        rows_in = load_resources(engine, files, tell=progress)
        load_terms(engine)
        load_units(engine)
        load_bounds(engine)
        load_list(engine, "word_list", "fhir/words")
        load_list(engine, "adjudication_list", "fhir/adjudication")
        prepare(engine, "fhir", STEPS)
        _check_any(engine, Path(source))
        with staged(Path(target)) as stage:
            rows_out = write_mapped(engine, "fhir", TABLES, stage, progress=progress)
            write_mapped(engine, "fhir", ("quarantine/resources",), stage)
        return AdapterReport("fhir", rows_in, rows_out, read_oddities(engine), reconcile(engine, "fhir"), NOTES)


def _check_any(engine: duckdb.DuckDBPyConnection, source: Path) -> None:
    if engine.execute("SELECT 1 FROM known LIMIT 1").fetchall():
        return
    first = engine.execute(
        "SELECT type, problem FROM fate WHERE problem IS NOT NULL AND type IN ('Patient', 'no resource') "
        "ORDER BY type = 'no resource', seq LIMIT 1"
    ).fetchall()
    found = f"no patient that can be read (first {first[0][0]}: {first[0][1]})" if first else "no patient"
    message = f"{source}: found {found}, expected one or more Patient resources. Export the patients too."
    raise DataContractError(message)
