"""The Charlson index by hand, and equal to an independent package on a hundred thousand persons."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from pycomorb import CharlsonComorbidityIndex

from riskkit.data.codes import read_code_list
from riskkit.data.comorbidity import compute_charlson

LISTS = Path(__file__).parents[3] / "models" / "codelists"
PERSONS = 100_000
# the package's name of each group
NAMES = {
    "aids": "AIDS/HIV",
    "any_malignancy": "Any malignancy, including lymphoma and leukemia, except malignant neoplasm of skin",
    "cerebrovascular": "Cerebrovascular disease",
    "chronic_pulmonary": "Chronic pulmonary disease",
    "congestive_heart_failure": "Congestive heart failure",
    "dementia": "Dementia",
    "diabetes_with_complication": "Diabetes with chronic complication",
    "diabetes_without_complication": "Diabetes without chronic complication",
    "hemiplegia": "Hemiplegia or paraplegia",
    "metastatic_solid_tumor": "Metastatic solid tumor",
    "mild_liver_disease": "Mild liver disease",
    "moderate_or_severe_liver_disease": "Moderate or severe liver disease",
    "myocardial_infarction": "Myocardial infarction",
    "peptic_ulcer": "Peptic ulcer disease",
    "peripheral_vascular": "Peripheral vascular disease",
    "renal": "Renal disease",
    "rheumatic": "Rheumatic disease",
}


def make_codes(vocabulary: str) -> list[str]:
    """List every four-character code that the vocabulary could have, and the three-character ones."""
    if vocabulary == "icd9cm":
        # 497-499 and 166-169 lie inside the ranges of the index and are no codes
        stems = [f"{n:03d}" for n in range(1, 1000) if n not in {497, 498, 499, 166, 167, 168, 169}] + [
            f"V{n:02d}" for n in range(1, 92)
        ]
        return [*stems, *(f"{stem}.{digit}" for stem in stems for digit in range(10)),
                *(f"{stem}.{two:02d}" for stem in stems for two in range(0, 100, 3))]  # fmt: skip
    stems = [f"{letter}{n:02d}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" for n in range(100)]
    return [*stems, *(f"{stem}.{digit}" for stem in stems for digit in range(10))]


def make_diagnoses(vocabulary: str) -> pd.DataFrame:
    rng = np.random.default_rng(11)
    everything = make_codes(vocabulary)
    # half of the codes from the chapters of the index, so that groups meet in one person
    lists = read_code_list(LISTS / "charlson.csv").query("vocabulary == @vocabulary")["prefix"]
    listed = lists[~lists.str.fullmatch("16[6-9]|49[7-9]")].tolist()
    rows = 4 * PERSONS
    near = rng.random(rows) < 0.5
    code = np.where(near, rng.choice(listed, rows), rng.choice(everything, rows))
    return pd.DataFrame(
        {"person_id": rng.integers(0, PERSONS, rows).astype(str), "code": code, "vocabulary": vocabulary}
    )


@pytest.mark.parametrize(("vocabulary", "version"), [("who_cn", "icd10"), ("icd10cm", "icd10"), ("icd9cm", "icd9")])
@pytest.mark.parametrize(("weights", "theirs"), [("charlson", "charlson"), ("quan2011", "quan")])
def test_every_group_and_the_index_equal_those_of_an_independent_package(
    vocabulary: str, version: str, weights: str, theirs: str
) -> None:
    diagnoses = make_diagnoses(vocabulary)
    ours = compute_charlson(diagnoses, read_code_list(LISTS / "charlson.csv"), weights=weights)
    frame = pl.DataFrame(
        {"id": diagnoses["person_id"].tolist(), "code": diagnoses["code"].tolist(), "age": np.full(len(diagnoses), 40)}
    )
    found = CharlsonComorbidityIndex(frame, icd_version=version, weights=theirs, return_categories=True).to_pandas()
    found = found.set_index("id").loc[ours["person_id"]]
    assert len(ours) == diagnoses["person_id"].nunique() > 0.97 * PERSONS
    # the package shows the milder of two forms only where the graver one is absent, as the index counts it
    counted = ours.assign(
        mild_liver_disease=ours["mild_liver_disease"] & ~ours["moderate_or_severe_liver_disease"],
        diabetes_without_complication=ours["diabetes_without_complication"] & ~ours["diabetes_with_complication"],
        any_malignancy=ours["any_malignancy"] & ~ours["metastatic_solid_tumor"],
    )
    for name, title in NAMES.items():
        np.testing.assert_array_equal(counted[name].to_numpy(), found[title].astype(bool).to_numpy(), err_msg=name)
    np.testing.assert_array_equal(ours["charlson_index"], found["Charlson Comorbidity Index"])
