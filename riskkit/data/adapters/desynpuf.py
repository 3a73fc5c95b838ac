"""CMS DE-SynPUF: beneficiary summaries and inpatient claims in CMS's own layout, mapped onto the canonical tables."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from sqlglot import exp

from riskkit.data.adapters.layout import SourceColumn, SourceLayout, amount, code, count, date8
from riskkit.data.adapters.mapping import count_unmapped, prepare, read_mapping, write_mapped
from riskkit.data.adapters.report import AdapterReport, Unmapped
from riskkit.data.adapters.source import find_files, open_text
from riskkit.data.engine import fetch_rows, open_engine
from riskkit.data.io import staged
from riskkit.errors import DataContractError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from riskkit.data.adapters.mapping import Progress

FLAGS = (
    *("SP_ALZHDMTA", "SP_CHF", "SP_CHRNKIDN", "SP_CNCR", "SP_COPD", "SP_DEPRESSN"),
    *("SP_DIABETES", "SP_ISCHMCHT", "SP_OSTEOPRS", "SP_RA_OA", "SP_STRKETIA"),
)
ANNUAL_AMOUNTS = tuple(
    f"{payer}_{setting}" for setting in ("IP", "OP", "CAR") for payer in ("MEDREIMB", "BENRES", "PPPYMT")
)
DIAGNOSES = tuple(f"ICD9_DGNS_CD_{position}" for position in range(1, 11))
PROCEDURES = tuple(f"ICD9_PRCDR_CD_{position}" for position in range(1, 7))

BENEFICIARIES = SourceLayout(
    view="beneficiary_text",
    pattern=r"DE1_0_(\d{4})_Beneficiary_Summary_File_Sample_(\d+)\.csv(\.gz)?",
    example="DE1_0_2008_Beneficiary_Summary_File_Sample_1.csv.gz",
    key=("filename", "DESYNPUF_ID"),
    columns=(
        SourceColumn("DESYNPUF_ID", r"\S+", "an identifier", required=True),
        date8("BENE_BIRTH_DT", required=True),
        date8("BENE_DEATH_DT"),
        code("BENE_SEX_IDENT_CD", "1", "2"),
        SourceColumn("BENE_RACE_CD"),
        code("BENE_ESRD_IND", "0", "Y", required=True),
        SourceColumn("SP_STATE_CODE"),
        SourceColumn("BENE_COUNTY_CD"),
        *(
            SourceColumn(f"BENE_{part}_CVRAGE_TOT_MONS", r"\d|1[0-2]", "months from 0 to 12", required=True)
            for part in ("HI", "SMI", "HMO")
        ),
        SourceColumn("PLAN_CVRG_MOS_NUM"),
        *(code(name, "1", "2", required=True) for name in FLAGS),
        *(amount(name, required=True) for name in ANNUAL_AMOUNTS),
    ),
)

CLAIMS = SourceLayout(
    view="claim_text",
    pattern=r"DE1_0_2008_to_2010_Inpatient_Claims_Sample_(\d+)\.csv(\.gz)?",
    example="DE1_0_2008_to_2010_Inpatient_Claims_Sample_1.csv.gz",
    key=("CLM_ID", "SEGMENT"),
    columns=(
        SourceColumn("DESYNPUF_ID", r"\S+", "an identifier", required=True),
        SourceColumn("CLM_ID", r"\S+", "an identifier", required=True),
        code("SEGMENT", "1", "2", required=True),
        date8("CLM_FROM_DT"),
        date8("CLM_THRU_DT"),
        date8("CLM_ADMSN_DT", required=True),
        date8("NCH_BENE_DSCHRG_DT", required=True),
        SourceColumn("PRVDR_NUM"),
        SourceColumn("CLM_DRG_CD"),
        amount("CLM_PMT_AMT", required=True),
        amount("NCH_PRMRY_PYR_CLM_PD_AMT"),
        amount("CLM_PASS_THRU_PER_DIEM_AMT"),
        amount("NCH_BENE_IP_DDCTBL_AMT"),
        amount("NCH_BENE_PTA_COINSRNC_LBLTY_AM"),
        amount("NCH_BENE_BLOOD_DDCTBL_LBLTY_AM"),
        count("CLM_UTLZTN_DAY_CNT"),
        *(SourceColumn(name) for name in ("AT_PHYSN_NPI", "OP_PHYSN_NPI", "OT_PHYSN_NPI", "ADMTNG_ICD9_DGNS_CD")),
        *(SourceColumn(name, r"[0-9A-Z]{2,5}", "an ICD-9-CM code") for name in (*DIAGNOSES, *PROCEDURES)),
    ),
)

TABLES = ("person", "enrollment", "medical_claim", "diagnosis", "procedure", "lab_result")

UNMAPPED_BENEFICIARY = {
    "BENE_RACE_CD": "no canonical column; kept out of rating on purpose",
    "BENE_COUNTY_CD": "region holds the state",
    "PLAN_CVRG_MOS_NUM": "drug plan months; there are no drug events in the files",
}
UNMAPPED_CLAIM = {
    "AT_PHYSN_NPI": "no canonical column for a physician",
    "OP_PHYSN_NPI": "no canonical column for a physician",
    "OT_PHYSN_NPI": "no canonical column for a physician",
    "ADMTNG_ICD9_DGNS_CD": "the admitting diagnosis is not a discharge diagnosis",
}

NOTES = (
    "The layout has no second clock: available_date is the last day of the event (31 December for annual rows).",
    "An annual amount without claim lines is a row with adjustment 'summary', dated 31 December; zero makes no row.",
    "A claim belongs to the year of CLM_THRU_DT; paid_amount = CLM_PMT_AMT + CLM_PASS_THRU_PER_DIEM_AMT x "
    "CLM_UTLZTN_DAY_CNT, which is what ties to MEDREIMB_IP.",
    "Whoever stands in a year's summary file is enrolled for that year, up to the day after death; months of Part A, "
    "Part B and managed care are facts of the year in lab_result.",
    "Chronic flags are diagnoses of 31 December by CMS's case definition; they come and go from year to year.",
    "Discharge status, admission type and specialty are not in the layout.",
)


def convert_desynpuf(source: str | Path, target: str | Path, *, progress: Progress | None = None) -> AdapterReport:
    """Convert a folder of DE-SynPUF files into canonical Parquet tables.

    Parameters
    ----------
    source : str or pathlib.Path
        Folder with, for one or more samples, a beneficiary summary of each year and the inpatient claims, as CSV or
        gzip of it, named as CMS names them.
    target : str or pathlib.Path
        Folder for ``person``, ``enrollment``, ``medical_claim``, ``diagnosis``, ``procedure`` and
        ``lab_result`` (``.parquet``), and
        for ``quarantine/claim_segment.parquet``, the second segments of claims, which carry no dates of service.
    progress : callable, optional
        Called with (table, tables done, tables in all).

    Returns
    -------
    AdapterReport
        Rows, unmapped values, reconciliation of claims to the annual inpatient dollars, notes.

    Raises
    ------
    DataContractError
        If a file is missing, cut short, not UTF-8 or lacks a column, or a value cannot be read; nothing is written.

    References
    ----------
    .. [1] CMS, Medicare Claims Synthetic Public Use Files (SynPUFs), data users document and codebook, 2013.
    """
    folder, out = Path(source), Path(target)
    with open_engine() as engine:
        summaries, claims = find_files(folder, BENEFICIARIES), find_files(folder, CLAIMS)
        _check_samples(summaries, claims)
        rows_in = open_text(engine, summaries, BENEFICIARIES) | open_text(engine, claims, CLAIMS)
        prepare(engine, "desynpuf", ("beneficiary_year", "stay", "oddity"))
        _check_persons(engine)
        with staged(out) as stage:
            rows_out = write_mapped(engine, "desynpuf", TABLES, stage, progress=progress)
            write_mapped(engine, "desynpuf", ("quarantine/claim_segment",), stage)
        return AdapterReport("desynpuf", rows_in, rows_out, _list_unmapped(engine), _reconcile(engine), NOTES)


def _check_samples(summaries: Sequence[Path], claims: Sequence[Path]) -> None:
    """Refuse a sample that lacks a file which the others have: its persons would seem to leave, or never to be ill."""
    years: dict[str, set[str]] = defaultdict(set)
    for path in summaries:
        year, sample = re.findall(r"\d+(?=_Beneficiary|\.csv)", path.name)
        years[sample].add(year)
    with_claims = {sample for path in claims for sample in re.findall(r"\d+(?=\.csv)", path.name)}
    every_year = set().union(*years.values())
    for sample in sorted(set(years) | with_claims, key=int):
        lacking = sorted(every_year - years[sample])
        if lacking or sample not in with_claims:
            what = f"beneficiary summary of {lacking[0]}" if lacking else "file of inpatient claims"
            message = (
                f"{summaries[0].parent}: sample {sample} has no {what}. Expected every sample with all its files. "
                "Add the file, or take the sample's other files away."
            )
            raise DataContractError(message)


def _check_persons(engine: duckdb.DuckDBPyConnection) -> None:
    problems = (
        ("twice_in_year", "beneficiaries in two samples of one year", "a beneficiary in one sample only"),
        (
            "claim_without_person",
            "claims of persons without a beneficiary summary",
            "a summary for every claim's person",
        ),
        ("stay_without_date", "first segments without CLM_FROM_DT or CLM_THRU_DT", "both dates in every first segment"),
    )
    for name, found, expected in problems:
        broken = engine.execute(read_mapping("desynpuf", f"checks/{name}")).fetchall()
        if broken:
            message = (
                f"DE-SynPUF: found {len(broken)} {found} (first {broken[0][0]!r}), expected {expected}. "
                "Use the publisher's own files, each sample once."
            )
            raise DataContractError(message)


def _list_unmapped(engine: duckdb.DuckDBPyConnection) -> tuple[Unmapped, ...]:
    counted = fetch_rows(engine, exp.select("what", "number", "reason").from_("oddity"))
    rows = tuple(Unmapped(str(what), int(number), str(reason)) for what, number, reason in counted)
    columns = count_unmapped(engine, "beneficiary_text", UNMAPPED_BENEFICIARY, missing="0")
    columns += count_unmapped(engine, "claim_text", UNMAPPED_CLAIM)
    return columns + _count_hcpcs(engine) + rows


def _count_hcpcs(engine: duckdb.DuckDBPyConnection) -> tuple[Unmapped, ...]:
    names = [str(row[0]) for row in engine.execute("DESCRIBE claim_text").fetchall()]
    hcpcs = {name: "" for name in names if name.startswith("HCPCS_CD_")}
    if not hcpcs:
        return ()
    values = sum(item.count for item in count_unmapped(engine, "claim_text", hcpcs))
    return (
        Unmapped(f"HCPCS_CD_1..{len(hcpcs)}", values, "inpatient claims carry no line items; the columns are empty"),
    )


def _reconcile(engine: duckdb.DuckDBPyConnection) -> dict[str, object]:
    relation = engine.sql(read_mapping("desynpuf", "reconciliation"))
    years = [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]
    total = {name: sum(row[name] for row in years) for name in relation.columns if name != "year"}
    stays = total["person_years_with_stay"] or 1
    return {
        "by_year": years,
        **total,
        "tie_share": total["tie"] / stays,
        "tie_share_bare": total["tie_bare"] / stays,
        "tie_share_bare_all_person_years": total["tie_bare_all"] / (total["person_years"] or 1),
    }
