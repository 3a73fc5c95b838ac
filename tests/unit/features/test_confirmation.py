"""Every payment feature of diagnosis is a confirmed one; the kidney may be confirmed by the laboratory."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from riskkit.features.build import build_features
from riskkit.features.catalogue import Catalogue, Feature
from riskkit.features.confirmation import confirm_feature

Compute = Callable[..., dict[str, float]]
NAMES = ["nephropathy_confirmed_730d", "dcsi_nephropathy_confirmed_730d", "dcsi_total_confirmed_730d"]
# A man of 60 with 1.5 mg/dL: 142 (1.5 / .9)^-1.2 .9938^60 = 52.9; with 1.0 mg/dL 86.2 (see test_build).
LOW, NORMAL = 1.5, 1.0


def _labs(analyte: str, *readings: tuple[str, float]) -> list[dict[str, object]]:
    return [{"date": day, "analyte": analyte, "value": value} for day, value in readings]


@pytest.mark.parametrize(
    ("labs", "confirmed"),
    [
        (_labs("creatinine", ("2023-01-01", LOW), ("2023-04-01", LOW)), 1),  # 90 days apart
        (_labs("creatinine", ("2023-01-02", LOW), ("2023-04-01", LOW)), 0),  # 89 days
        (_labs("creatinine", ("2023-01-01", LOW)), 0),
        (_labs("creatinine", ("2023-01-01", LOW), ("2023-04-01", NORMAL)), 0),
        (_labs("uacr", ("2023-01-01", 30.0), ("2023-02-01", 5.0), ("2023-06-01", 300.0)), 1),
        (_labs("uacr", ("2023-01-01", 29.9), ("2023-06-01", 300.0)), 0),
        (_labs("uacr", ("2023-01-01", 300.0)) + _labs("creatinine", ("2023-06-01", LOW)), 0),
        ([*_labs("uacr", ("2023-01-01", 300.0)), {**_labs("uacr", ("2023-06-01", 300.0))[0],
          "available_date": "2024-01-02"}], 0),
        ([], 0),
    ],
)  # fmt: skip
def test_three_months_beyond_the_limit_confirm_the_kidney(
    compute: Compute, labs: list[dict[str, object]], confirmed: float
) -> None:
    found = compute(NAMES, diagnosis=[], lab_result=labs)
    assert list(found.values()) == [confirmed] * 3
    # One code beside the laboratory changes nothing; two of the graver code have two points.
    one = [{"date": "2023-03-01", "code": "N18"}]
    assert compute(NAMES, diagnosis=one, lab_result=labs) == found
    two = [*one, {"date": "2023-03-02", "code": "N18"}]
    assert list(compute(NAMES, diagnosis=two, lab_result=labs).values()) == [1, 2, 2]


def test_other_organs_are_not_confirmed_by_the_laboratory(compute: Compute) -> None:
    labs = _labs("uacr", ("2023-01-01", 300.0), ("2023-06-01", 300.0))
    names = ["retinopathy_confirmed_730d", "nephropathy_coded_730d"]
    assert list(compute(names, diagnosis=[], lab_result=labs).values()) == [0, 0]


def test_the_kidney_has_what_records_confirm_beside_what_either_does() -> None:
    single = Feature("nephropathy_730d", "a", "甲", "flag", "kidney", "diagnoses", "any", window_days=730, direction=1)
    found = [(f.name, f.source, f.policy, f.direction) for f in confirm_feature(single)]
    assert found == [
        ("nephropathy_coded_730d", "confirmed_diagnoses", "clinical", 1),
        ("nephropathy_confirmed_730d", "derived", "payment", 1),
    ]


def test_an_own_group_of_unspecified_codes_is_never_confirmed(everything: Catalogue) -> None:
    # Under a name of its own, which no list of forbidden groups can know.
    codes = ["E11.900x001", "E119", "E14.8", "250.02", "E11.2"]
    code_map = pd.DataFrame({"code": codes, "vocabulary": "who_cn", "code_group": "conditions:asthma", "points": 1.0})
    dates = pd.to_datetime(["2024-01-01"]).as_unit("us")
    member = {"age_years": 60.0, "sex": "male", "urban": True, "insurance_type": "employee", "institution_level": 2}
    cohort = pd.DataFrame({"person_id": codes}).assign(index_date=dates[0], as_of_date=dates[0], **member)
    days = pd.to_datetime(["2023-03-01", "2023-04-01"]).as_unit("us")
    records = pd.DataFrame({"code": codes}).merge(pd.DataFrame({"date": days}), how="cross")
    records = records.assign(
        record_id=[f"R{at}" for at in range(len(records))],
        person_id=records["code"],
        available_date=records["date"],
        vocabulary="who_cn",
        source="inpatient",
        position=1,
    )
    single = Feature("dx_asthma_730d", "", "", "flag", "diagnoses", "diagnoses", "any",
                     where=(("code_group", "conditions:asthma"),), window_days=730)  # fmt: skip
    chosen = Catalogue((single, *confirm_feature(single)))
    found = build_features(cohort, {"diagnosis": records}, chosen, everything=everything, code_map=code_map)
    held = found.set_index("person_id")[["dx_asthma_730d", "dx_asthma_confirmed_730d"]].T.to_dict("list")
    assert held == {**{code: [1, 0] for code in codes[:4]}, "E11.2": [1, 1]}
