"""The term maps: every analyte, unit and code that they give is one that the canonical tables take."""

from __future__ import annotations

import pandas as pd

from riskkit.data.adapters.mapping import MAPPINGS
from riskkit.data.adapters.terms import TERMS
from riskkit.data.code_summary import is_well_formed
from riskkit.data.measures import MEASURES, unit_key
from riskkit.data.spelling import normalise_code

MAPS = {name: pd.read_csv(MAPPINGS / "terms" / f"{name}.csv", dtype=str) for name in TERMS}


def test_every_analyte_comes_in_a_unit_that_it_accepts() -> None:
    for row in MAPS["loinc_analytes"].itertuples():
        assert unit_key(row.unit) in {unit_key(unit) for unit in MEASURES[row.analyte].units}, row.loinc


def test_every_code_is_well_formed_and_no_pair_stands_twice() -> None:
    codes = MAPS["snomed_icd10cm"]
    assert all(is_well_formed(normalise_code(code, "icd10cm"), "icd10cm") for code in codes["icd10cm"])
    assert MAPS["rxnorm_atc"]["atc"].str.fullmatch(r"[A-Z]\d{2}[A-Z]{2}\d{2}").all()
    for frame in MAPS.values():
        assert not frame.iloc[:, :2].duplicated().any()
    assert not MAPS["rxnorm_atc"]["rxnorm"].duplicated().any()
    assert not MAPS["loinc_analytes"]["loinc"].duplicated().any()
