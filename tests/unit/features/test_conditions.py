"""Code lists become features: one per group, and none for a list nobody knows."""

from __future__ import annotations

import pandas as pd

from riskkit.features.conditions import COMPLICATION_GROUPS, DCSI_GROUPS, condition_features

TOTALS = ["dcsi_total_730d", "distinct_diagnoses_365d", "distinct_diagnoses_730d"]


def _groups(*pairs: tuple[str, str]) -> pd.DataFrame:
    return pd.DataFrame(pairs, columns=["list", "group"])


def test_each_list_makes_its_own_kind_of_feature() -> None:
    features = condition_features(_groups(("conditions", "asthma"), ("complications", "neuropathy"), ("dcsi", "pvd")))
    found = {feature.name: (feature.group, feature.aggregate, feature.policy) for feature in features}
    assert found == {
        "neuropathy_730d": ("nerves", "any", "payment"),
        "dx_asthma_730d": ("diagnoses", "any", "payment"),
        "dx_asthma_records_365d": ("diagnoses", "count", "clinical"),
        "dcsi_pvd_730d": ("foot", "points", "payment"),
        "dcsi_total_730d": ("diagnoses", "derived", "payment"),
        "distinct_diagnoses_365d": ("diagnoses", "distinct", "clinical"),
        "distinct_diagnoses_730d": ("diagnoses", "distinct", "clinical"),
    }


def test_a_group_with_many_prefixes_makes_one_feature_and_an_unknown_list_none() -> None:
    names = [f.name for f in condition_features(_groups(("dcsi", "pvd"), ("dcsi", "pvd"), ("local", "other")))]
    assert names == ["dcsi_pvd_730d", *TOTALS]


def test_without_code_lists_only_the_totals_are_left() -> None:
    assert [feature.name for feature in condition_features(_groups())] == TOTALS


def test_more_disease_never_means_less_risk() -> None:
    groups = _groups(
        *[("complications", name) for name in COMPLICATION_GROUPS], *[("dcsi", name) for name in DCSI_GROUPS]
    )
    assert {f.direction for f in condition_features(groups) if f.aggregate in {"any", "points"}} == {1}
