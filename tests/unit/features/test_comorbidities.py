"""Comorbidity groups make features where their lists are, and the indices count a graver form once."""

from __future__ import annotations

import pandas as pd
import pytest

from riskkit.data.io import conform
from riskkit.data.schemas import TABLES
from riskkit.features.build import build_features
from riskkit.features.comorbidities import comorbidity_features
from riskkit.features.comorbidity import GRAVER
from riskkit.features.contents import make_catalogue
from riskkit.features.wording import name_group

# Charlson weights: liver 1 or 3, diabetes 1 or 2, renal 2, tumour 2 or 6
CODES = [
    ("charlson", "mild_liver_disease", "B18", 1.0),
    ("charlson", "moderate_or_severe_liver_disease", "K72", 3.0),
    ("charlson", "diabetes_without_complication", "E119", 1.0),
    ("charlson", "diabetes_with_complication", "E112", 2.0),
    ("charlson", "renal", "N18", 2.0),
    ("charlson", "any_malignancy", "C50", 2.0),
    ("charlson", "metastatic_solid_tumor", "C78", 6.0),
    ("elixhauser", "renal_failure", "N18", 1.0),
    ("elixhauser", "solid_tumor_without_metastasis", "C50", 1.0),
    ("elixhauser", "metastatic_cancer", "C78", 1.0),
    ("conditions", "chronic_kidney", "N18", 1.0),
]
GROUPS = pd.DataFrame(CODES, columns=["list", "group", "code", "points"])
EVERYTHING = make_catalogue(GROUPS)
NAMES = ["charlson_index_730d", "charlson_index_no_diabetes_730d", "elixhauser_count_730d"]


def _compute(names: list[str], days: dict[str, str]) -> list[float]:
    """Compute features of one member at 2024-01-01 from codes and their days."""
    cohort = pd.DataFrame({"person_id": ["a"], "index_date": [pd.Timestamp("2024-01-01")]})
    cohort = cohort.astype({"index_date": "datetime64[us]"})
    context = {"age_years": 60.0, "sex": "male", "urban": True, "insurance_type": "employee", "institution_level": 2}
    cohort = cohort.assign(as_of_date=cohort["index_date"], **context)
    fixed = {"person_id": "a", "position": 1, "vocabulary": "who_cn", "source": "outpatient"}
    rows = [
        {**fixed, "record_id": f"R{place}", "date": day, "available_date": day, "code": code}
        for place, (code, day) in enumerate(days.items())
    ]
    schema = TABLES["diagnosis"]
    table = conform(pd.DataFrame(rows, columns=None if rows else schema.column_names), schema)
    code_map = GROUPS.assign(vocabulary="who_cn", code_group=GROUPS["list"] + ":" + GROUPS["group"])
    chosen = EVERYTHING.select((), tuple(names))
    found = build_features(cohort, {"diagnosis": table}, chosen, everything=EVERYTHING, code_map=code_map)
    values: list[float] = found[names].iloc[0].tolist()
    return values


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ([], [0, 0, 0]),
        (["E119"], [1, 0, 0]),
        (["E119", "E112"], [2, 0, 0]),  # complicated diabetes stands for both
        (["B18", "K72"], [3, 3, 0]),
        (["C50", "C78"], [6, 6, 1]),
        (["C50", "N18"], [4, 4, 2]),
        (["B18", "K72", "E112", "N18", "C50"], [9, 7, 2]),  # 3 + 2 + 2 + 2
    ],
)
def test_the_indices_are_those_by_hand(codes: list[str], expected: list[float]) -> None:
    assert _compute(NAMES, dict.fromkeys(codes, "2023-06-01")) == expected


def test_a_group_is_seen_for_two_years_and_not_from_the_index_date_on() -> None:
    names = ["charlson_renal_730d", "elixhauser_renal_failure_730d", "charlson_index_730d"]
    for day, seen in (("2022-01-01", 1), ("2021-12-31", 0), ("2023-12-31", 1), ("2024-01-01", 0)):
        assert _compute(names, {"N18": day}) == [seen, seen, 2 * seen], day


def test_without_the_lists_there_is_no_comorbidity() -> None:
    assert comorbidity_features(GROUPS[GROUPS["list"].eq("conditions")]) == []
    only = comorbidity_features(GROUPS[GROUPS["list"].eq("elixhauser")])
    assert [feature.name for feature in only][-1] == "elixhauser_count_730d"
    assert not any(feature.name.startswith("charlson") for feature in only)


def test_none_enters_a_rate_and_more_is_never_less_risk() -> None:
    features = comorbidity_features(GROUPS)
    assert {(feature.policy, feature.direction, feature.group) for feature in features} == {
        ("clinical", 1, "comorbidity")
    }


@pytest.mark.parametrize("group", sorted({*GRAVER, *GRAVER.values()}))
def test_groups_of_the_indices_have_chinese_words(group: str) -> None:
    name = group.split(":")[1]
    assert name_group(name)[1] != name
