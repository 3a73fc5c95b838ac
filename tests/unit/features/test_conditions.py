"""Code lists become features: one per group, and none for a list nobody knows."""

from __future__ import annotations

import math
from collections.abc import Callable

import pandas as pd
import pytest

from riskkit.features.conditions import COMPLICATION_GROUPS, DCSI_GROUPS, condition_features

FIRSTS = ["days_since_first_{}", "{}_incident_365d", "{}_prevalent"]
HOW = ("days_since_first", "derived", "derived")
TOTALS = ["dcsi_total_730d", "dcsi_total_confirmed_730d", "distinct_diagnoses_365d", "distinct_diagnoses_730d"]


def _groups(*pairs: tuple[str, str]) -> pd.DataFrame:
    return pd.DataFrame(pairs, columns=["list", "group"])


def test_each_list_makes_its_own_kind_of_feature() -> None:
    features = condition_features(_groups(("conditions", "asthma"), ("complications", "neuropathy"), ("dcsi", "pvd")))
    found = {feature.name: (feature.group, feature.aggregate, feature.policy) for feature in features}
    assert found == {
        **{name.format("neuropathy"): ("nerves", how, "clinical") for name, how in zip(FIRSTS, HOW, strict=True)},
        **{name.format("dcsi_pvd"): ("foot", how, "clinical") for name, how in zip(FIRSTS, HOW, strict=True)},
        "new_complications_365d": ("diagnoses", "derived", "clinical"),
        "neuropathy_730d": ("nerves", "any", "clinical"),
        "neuropathy_confirmed_730d": ("nerves", "any", "payment"),
        "dx_asthma_730d": ("diagnoses", "any", "clinical"),
        "dx_asthma_confirmed_730d": ("diagnoses", "any", "payment"),
        "dx_asthma_records_365d": ("diagnoses", "count", "clinical"),
        "dcsi_pvd_730d": ("foot", "points", "clinical"),
        "dcsi_pvd_confirmed_730d": ("foot", "points", "payment"),
        "dcsi_total_730d": ("diagnoses", "derived", "clinical"),
        "dcsi_total_confirmed_730d": ("diagnoses", "derived", "payment"),
        "distinct_diagnoses_365d": ("diagnoses", "distinct", "clinical"),
        "distinct_diagnoses_730d": ("diagnoses", "distinct", "clinical"),
    }


def test_a_group_with_many_prefixes_makes_one_feature_and_an_unknown_list_none() -> None:
    names = [f.name for f in condition_features(_groups(("dcsi", "pvd"), ("dcsi", "pvd"), ("local", "other")))]
    assert names == ["dcsi_pvd_730d", "dcsi_pvd_confirmed_730d", *[name.format("dcsi_pvd") for name in FIRSTS], *TOTALS]


def test_groups_of_unspecified_codes_have_no_confirmed_version() -> None:
    groups = _groups(*[("conditions", name) for name in ("asthma", "diabetes", "diabetes_complicated")])
    names = [f.name for f in condition_features(groups) if "confirmed" in f.name]
    assert names == ["dx_asthma_confirmed_730d", "dcsi_total_confirmed_730d"]


def test_without_code_lists_only_the_totals_are_left() -> None:
    assert [feature.name for feature in condition_features(_groups())] == TOTALS


def test_more_disease_never_means_less_risk() -> None:
    groups = _groups(
        *[("complications", name) for name in COMPLICATION_GROUPS], *[("dcsi", name) for name in DCSI_GROUPS]
    )
    flags = {f.direction for f in condition_features(groups) if f.name.endswith(("incident_365d", "prevalent"))}
    assert flags == {1}
    assert {f.direction for f in condition_features(groups) if f.aggregate in {"any", "points"}} == {1}


@pytest.mark.parametrize(
    ("days", "incident", "prevalent", "since"),
    [
        (["2023-06-01"], 1, 0, 214),
        (["2023-01-01"], 1, 0, 365),  # the first day of the window
        (["2022-12-31"], 0, 1, 366),
        (["2015-01-01", "2023-06-01"], 0, 1, 3287),  # nine years of 365 days and two 29 Februaries
        (["2024-01-01"], 0, 0, math.nan),
        ([], 0, 0, math.nan),
    ],
)
def test_a_complication_is_new_if_its_first_record_lies_in_the_last_year(
    compute: Callable[..., dict[str, float]], days: list[str], incident: float, prevalent: float, since: float
) -> None:
    names = ["nephropathy_incident_365d", "nephropathy_prevalent", "days_since_first_nephropathy"]
    records = [{"date": day, "code": "N18"} for day in days]
    found = list(compute(names, diagnosis=records).values())
    assert found == pytest.approx([incident, prevalent, since], nan_ok=True)
    severity = [name.replace("nephropathy", "dcsi_nephropathy") for name in names]
    assert list(compute(severity, diagnosis=records).values()) == pytest.approx(found, nan_ok=True)


def test_new_complications_are_counted_and_any_complication_is_not_one(
    compute: Callable[..., dict[str, float]],
) -> None:
    records = [{"date": "2023-06-01", "code": "N18"}, {"date": "2023-07-01", "code": "H36"}]
    assert compute(["new_complications_365d"], diagnosis=records) == {"new_complications_365d": 2}
    earlier = {"date": "2021-06-01", "code": "H36"}
    assert compute(["new_complications_365d"], diagnosis=[*records, earlier]) == {"new_complications_365d": 1}


def test_without_diagnoses_nothing_is_known_of_what_is_new(compute: Callable[..., dict[str, float]]) -> None:
    names = ["nephropathy_incident_365d", "nephropathy_prevalent", "new_complications_365d"]
    assert all(math.isnan(value) for value in compute(names).values())
