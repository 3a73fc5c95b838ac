"""The index stay: what is known on the day of discharge, and of no other day."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from riskkit.data.vocabulary import ADMISSION_TYPES, DISCHARGE_STATUSES
from riskkit.features.index_stay import index_stay_features

GROUPS = pd.DataFrame({"list": ["conditions", "conditions", "dcsi"], "group": ["b", "a", "a"]})


def test_every_feature_looks_at_the_one_day_before_the_index_date() -> None:
    features = index_stay_features(GROUPS)
    assert {feature.window_days for feature in features} == {1}
    assert {feature.group for feature in features} == {"index_stay"}


def test_every_stated_fact_and_condition_has_a_flag() -> None:
    names = {feature.name for feature in index_stay_features(GROUPS)}
    assert {f"index_admission_type_{value}" for value in ADMISSION_TYPES} <= names
    assert {f"index_discharge_status_{value}" for value in DISCHARGE_STATUSES} <= names
    conditions = {name for name in names if name.startswith(("index_principal", "index_any"))}
    assert conditions == {"index_principal_a", "index_any_a", "index_principal_b", "index_any_b"}


def test_principal_is_the_first_position_alone(compute: Callable[..., dict[str, float]]) -> None:
    names = [f"index_{kind}_{group}" for group in ("diabetes", "nephropathy") for kind in ("principal", "any")]
    rows = [
        {"record_id": "S", "position": 1, "date": "2023-12-31", "code": "N18", "source": "inpatient"},
        {"record_id": "S", "position": 2, "date": "2023-12-31", "code": "E11", "source": "inpatient"},
        {"record_id": "R", "position": 1, "date": "2023-12-30", "code": "E11", "source": "inpatient"},
    ]
    assert list(compute(names, diagnosis=rows).values()) == [0, 1, 1, 1]


def test_facts_of_an_earlier_stay_are_not_those_of_the_index_stay(compute: Callable[..., dict[str, float]]) -> None:
    earlier = {"setting": "inpatient", "start_date": "2023-12-20", "end_date": "2023-12-30"}
    names = ["index_stay_days", "index_admission_type_elective", "index_stated_procedures", "index_drug_a10a"]
    found = compute(
        names,
        medical_claim=[{**earlier, "admission_type": "elective"}],
        lab_result=[{"date": "2023-12-31", "analyte": "stated_procedures", "value": 3.0}],
        pharmacy_claim=[{"fill_date": "2023-12-31", "atc_code": "A10AB01"}],
    )
    assert str(found["index_stay_days"]) == "nan"
    assert list(found.values())[1:] == [0, 3, 1]
