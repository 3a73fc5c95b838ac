"""Small sources in the layouts of the two adapters, made by hand."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from riskkit.data.adapters.desynpuf import BENEFICIARIES, CLAIMS, FLAGS
from riskkit.data.adapters.diabetes130 import DRUGS, ENCOUNTERS

Rows = list[dict[str, str]]

BENEFICIARY = {
    "BENE_BIRTH_DT": "19400101",
    "BENE_SEX_IDENT_CD": "2",
    "BENE_RACE_CD": "1",
    "BENE_ESRD_IND": "0",
    "SP_STATE_CODE": "39",
    "BENE_COUNTY_CD": "230",
    "BENE_HI_CVRAGE_TOT_MONS": "12",
    "BENE_SMI_CVRAGE_TOT_MONS": "12",
    "BENE_HMO_CVRAGE_TOT_MONS": "0",
    "PLAN_CVRG_MOS_NUM": "00",
    **dict.fromkeys(FLAGS, "2"),
    **{f"{payer}_{part}": "0.00" for payer in ("MEDREIMB", "BENRES", "PPPYMT") for part in ("IP", "OP", "CAR")},
}
STAY = {
    "SEGMENT": "1",
    "PRVDR_NUM": "3900MB",
    "CLM_PMT_AMT": "4000.00",
    "NCH_PRMRY_PYR_CLM_PD_AMT": "0.00",
    "CLM_PASS_THRU_PER_DIEM_AMT": "10.00",
    "NCH_BENE_IP_DDCTBL_AMT": "1024.00",
    "NCH_BENE_PTA_COINSRNC_LBLTY_AM": "0.00",
    "NCH_BENE_BLOOD_DDCTBL_LBLTY_AM": "0.00",
    "CLM_UTLZTN_DAY_CNT": "5",
    "CLM_DRG_CD": "201",
    "ICD9_DGNS_CD_1": "25013",
}
ENCOUNTER = {
    "race": "Caucasian",
    "gender": "Female",
    "age": "[50-60)",
    "weight": "?",
    "admission_type_id": "1",
    "discharge_disposition_id": "1",
    "admission_source_id": "7",
    "time_in_hospital": "3",
    "payer_code": "MC",
    "medical_specialty": "Cardiology",
    "num_lab_procedures": "41",
    "num_procedures": "0",
    "num_medications": "8",
    "number_outpatient": "0",
    "number_emergency": "0",
    "number_inpatient": "2",
    "number_diagnoses": "3",
    "diag_1": "428",
    "diag_2": "250.01",
    "diag_3": "V27",
    "max_glu_serum": "None",
    "A1Cresult": "None",
    **dict.fromkeys(DRUGS, "No"),
    "change": "No",
    "diabetesMed": "Yes",
    "readmitted": "NO",
}


def write_rows(file: Path, names: list[str], rows: Rows) -> Path:
    """Write rows as CSV, with every column of the layout."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", newline="", encoding="utf-8") as text:
        writer = csv.DictWriter(text, names, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return file


class SynpufFolder:
    """A folder of DE-SynPUF files; each call adds or replaces one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @staticmethod
    def stay(claim_id: str, person_id: str, start: str, end: str, **other: str) -> dict[str, str]:
        """Make the claim of one stay, admitted on its first day and discharged on its last."""
        dates = {"CLM_FROM_DT": start, "CLM_ADMSN_DT": start, "CLM_THRU_DT": end, "NCH_BENE_DSCHRG_DT": end}
        return {"CLM_ID": claim_id, "DESYNPUF_ID": person_id, **dates, **other}

    def year(self, year: int, *rows: dict[str, str], sample: int = 1) -> Path:
        names = [column.name for column in BENEFICIARIES.columns]
        file = self.folder / f"DE1_0_{year}_Beneficiary_Summary_File_Sample_{sample}.csv"
        return write_rows(file, names, [BENEFICIARY | row for row in rows])

    def claims(self, *rows: dict[str, str], sample: int = 1) -> Path:
        names = [*(column.name for column in CLAIMS.columns), "HCPCS_CD_1"]
        file = self.folder / f"DE1_0_2008_to_2010_Inpatient_Claims_Sample_{sample}.csv"
        return write_rows(file, names, [STAY | row for row in rows])


@pytest.fixture
def synpuf(tmp_path: Path) -> SynpufFolder:
    """One person with a stay of 5 days in 2008: 4000 + 5 x 10 from Medicare, 1024 of her own; and a year without."""
    folder = SynpufFolder(tmp_path / "synpuf")
    annual = {"MEDREIMB_IP": "4050.00", "BENRES_IP": "1024.00", "MEDREIMB_OP": "300.00", "BENRES_OP": "50.00"}
    folder.year(2008, {"DESYNPUF_ID": "A", "SP_DIABETES": "1", **annual})
    folder.year(2009, {"DESYNPUF_ID": "A", "MEDREIMB_CAR": "700.00", "PPPYMT_CAR": "30.00"})
    folder.claims(folder.stay("C1", "A", "20080310", "20080315"))
    return folder


class Diabetes130Folder:
    """A folder with the Diabetes-130 file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, *rows: dict[str, str]) -> Path:
        names = [column.name for column in ENCOUNTERS.columns]
        return write_rows(self.folder / "diabetic_data.csv", names, [ENCOUNTER | row for row in rows])


@pytest.fixture
def diabetes130(tmp_path: Path) -> Diabetes130Folder:
    """Two patients: 7 comes back within 30 days and then dies; 9 comes back within 30 days outside the file."""
    folder = Diabetes130Folder(tmp_path / "uci")
    folder.write(
        {"encounter_id": "200", "patient_nbr": "7", "discharge_disposition_id": "11", "age": "[60-70)"},
        {"encounter_id": "100", "patient_nbr": "7", "readmitted": "<30", "insulin": "Up", "A1Cresult": ">8"},
        {"encounter_id": "150", "patient_nbr": "9", "readmitted": "<30", "gender": "Unknown/Invalid", "diag_1": "8"},
    )
    return folder
