"""UCI Diabetes 130-US hospitals: encounters without dates, laid on a pseudo-timeline as canonical tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from riskkit.data.adapters.layout import SourceColumn, SourceLayout, code, count
from riskkit.data.adapters.mapping import count_unmapped, prepare, read_oddities, reconcile, write_mapped
from riskkit.data.adapters.report import AdapterReport
from riskkit.data.adapters.source import find_files, open_text
from riskkit.data.engine import open_engine
from riskkit.data.io import staged

if TYPE_CHECKING:
    from riskkit.data.adapters.mapping import Progress

DRUGS = (
    *("metformin", "repaglinide", "nateglinide", "chlorpropamide", "glimepiride", "acetohexamide", "glipizide"),
    *("glyburide", "tolbutamide", "pioglitazone", "rosiglitazone", "acarbose", "miglitol", "troglitazone"),
    *("tolazamide", "examide", "citoglipton", "insulin", "glyburide-metformin", "glipizide-metformin"),
    *("glimepiride-pioglitazone", "metformin-rosiglitazone", "metformin-pioglitazone"),
)
COUNTS = (
    *("num_lab_procedures", "num_procedures", "num_medications", "number_outpatient", "number_emergency"),
    *("number_inpatient", "number_diagnoses"),
)

ENCOUNTERS = SourceLayout(
    view="encounter_text",
    pattern=r"diabetic_data\.csv(\.gz)?",
    example="diabetic_data.csv.gz",
    key=("encounter_id",),
    columns=(
        SourceColumn("encounter_id", r"\d{1,18}", "a number", required=True),
        SourceColumn("patient_nbr", r"\d{1,18}", "a number", required=True),
        SourceColumn("race"),
        code("gender", "Female", "Male", "Unknown/Invalid"),
        SourceColumn("age", r"\[\d{1,2}-\d{2,3}\)", "an age band such as [50-60)", required=True),
        SourceColumn("weight"),
        SourceColumn("admission_type_id", "[1-8]", "a number from 1 to 8"),
        SourceColumn("discharge_disposition_id", r"[1-9]|[12]\d|30", "a number from 1 to 30"),
        SourceColumn("admission_source_id", r"[1-9]|1\d|2[0-6]", "a number from 1 to 26"),
        SourceColumn("time_in_hospital", r"[1-9]\d{0,2}", "a number of days from 1", required=True),
        SourceColumn("payer_code"),
        SourceColumn("medical_specialty"),
        *(count(name, required=True) for name in COUNTS),
        *(
            SourceColumn(f"diag_{slot}", r"(V\d{1,2}|E\d{3}|\d{1,3})(\.\d{1,2})?", "an ICD-9-CM code")
            for slot in (1, 2, 3)
        ),
        code("max_glu_serum", "None", "Norm", ">200", ">300"),
        code("A1Cresult", "None", "Norm", ">7", ">8"),
        *(code(name, "No", "Down", "Steady", "Up", required=True) for name in DRUGS),
        code("change", "Ch", "No", required=True),
        code("diabetesMed", "Yes", "No", required=True),
        code("readmitted", "<30", ">30", "NO", required=True),
    ),
    missing="?",
)

TABLES = ("person", "enrollment", "medical_claim", "diagnosis", "pharmacy_claim", "lab_result")

UNMAPPED = {
    "race": "no canonical column; kept out of rating on purpose",
    "weight": "a band of 25 pounds in 3% of encounters; not a weight",
    "payer_code": "American payers; insurance_type means employee or resident cover",
}

NOTES = (
    "The layout has no dates. Dates here are a pseudo-timeline: only the order of a patient's encounters and whether "
    "the next one came within 30 days are true: count earlier stays and conditions, never days between them.",
    "Encounters follow encounter_id from 1999-01-01; a stay lasts time_in_hospital days; the next begins 15 days after "
    "a discharge marked '<30' and 60 days after any other.",
    "A '<30' without a later encounter in the file makes a stub stay '<encounter_id>-readmission' 15 days after "
    "discharge, without discharge status, diagnoses or drugs; it is an event, never an index stay.",
    "Every record of an encounter is dated and available on the day of discharge: with the day after as index date, "
    "a window of one day holds the index stay and nothing else.",
    "birth_date puts the patient at the middle of the age band on the first admission; later bands: stated_age_band.",
    "The number_* columns count visits in the year before the encounter as the hospital stated them.",
    "Numeric ICD-9-CM categories had lost their leading zeros ('38' is 038); they are written back.",
)


def convert_diabetes130(source: str | Path, target: str | Path, *, progress: Progress | None = None) -> AdapterReport:
    """Convert the UCI Diabetes-130 file into canonical Parquet tables on a pseudo-timeline.

    Parameters
    ----------
    source : str or pathlib.Path
        Folder with ``diabetic_data.csv`` or ``diabetic_data.csv.gz``.
    target : str or pathlib.Path
        Folder for ``person``, ``enrollment``, ``medical_claim``, ``diagnosis``, ``pharmacy_claim`` and ``lab_result``
        (``.parquet``).
    progress : callable, optional
        Called with (table, tables done, tables in all).

    Returns
    -------
    AdapterReport
        Rows, unmapped values, how the stated readmissions are represented, notes.

    Raises
    ------
    DataContractError
        If the file is missing, cut short, not UTF-8 or lacks a column, or a value cannot be read; nothing is written.

    References
    ----------
    .. [1] Strack et al., Impact of HbA1c measurement on hospital readmission rates, BioMed Research International 2014,
       doi:10.1155/2014/781670.
    """
    with open_engine() as engine:
        rows_in = open_text(engine, find_files(Path(source), ENCOUNTERS), ENCOUNTERS)
        prepare(engine, "diabetes130", ("encounter", "specialty", "oddity"))
        with staged(Path(target)) as stage:
            rows_out = write_mapped(engine, "diabetes130", TABLES, stage, progress=progress)
        unmapped = count_unmapped(engine, "encounter_text", UNMAPPED) + read_oddities(engine)
        return AdapterReport("diabetes130", rows_in, rows_out, unmapped, reconcile(engine, "diabetes130"), NOTES)
