"""Units of UCUM: each spelling stands for one unit, and each unit is one that some analyte takes."""

from __future__ import annotations

import pandas as pd
import pytest

from riskkit.data.adapters.mapping import MAPPINGS
from riskkit.data.adapters.ucum import load_list, load_units
from riskkit.data.engine import open_engine
from riskkit.data.measures import MEASURES, unit_key

UNITS = pd.read_csv(MAPPINGS / "terms" / "ucum.csv", dtype=str)


def test_no_spelling_stands_twice_however_its_case() -> None:
    assert not UNITS["ucum"].map(unit_key).duplicated().any()


def test_every_unit_is_one_of_an_analyte_and_every_analyte_of_loinc_has_a_spelling() -> None:
    accepted = {unit for measure in MEASURES.values() for unit in measure.units}
    assert set(UNITS["unit"]) <= accepted
    listed = pd.read_csv(MAPPINGS / "terms" / "loinc_analytes.csv", dtype=str)["unit"]
    assert set(listed) <= set(UNITS["unit"])


@pytest.mark.parametrize(
    ("ucum", "unit"),
    [("mm[Hg]", "mmHg"), ("mL/min/{1.73_m2}", "mL/min/1.73m2"), ("mmol/mol", "mmol/mol"), ("ug/mg{creat}", "mg/g")],
)
def test_a_spelling_of_ucum_becomes_the_unit_of_the_contract(ucum: str, unit: str) -> None:
    with open_engine() as engine:
        load_units(engine)
        assert engine.execute("SELECT unit FROM ucum_unit WHERE ucum = $1", [ucum]).fetchall() == [(unit,)]


def test_a_list_is_loaded_as_text_with_an_absent_value_as_null() -> None:
    with open_engine() as engine:
        load_list(engine, "word_list", "fhir/words")
        found = engine.execute("SELECT value FROM word_list WHERE word IN ('institutional', '8517006') ORDER BY 1")
        assert found.fetchall() == [("1",), (None,)]


def test_no_word_of_a_list_stands_twice() -> None:
    words = pd.read_csv(MAPPINGS / "fhir" / "words.csv", dtype=str)
    assert not words[["list", "word"]].duplicated().any()
    assert not pd.read_csv(MAPPINGS / "fhir" / "adjudication.csv", dtype=str)["category"].duplicated().any()
