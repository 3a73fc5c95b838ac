"""Drug classes are read from the ATC code."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from riskkit.features.medications import CLASSES, FOLLOWED, medication_features


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_is_as_long_as_its_dimension_says(name: str) -> None:
    dimension, code, *_ = CLASSES[name]
    assert dimension == f"atc{len(code)}"


def test_every_class_has_a_feature_and_none_enters_a_rate() -> None:
    features = {feature.name: feature for feature in medication_features()}
    assert {f"{name}_365d" for name in CLASSES} <= features.keys()
    assert {feature.policy for feature in features.values()} == {"clinical"}


def test_only_classes_no_longer_than_a_group_are_followed() -> None:
    # A supply is carried within its group of five characters, so that a class must not cut a group.
    assert all(len(CLASSES[name][1]) <= 5 for name in FOLLOWED)


def test_prescriptions_are_long_by_their_days_and_many_by_their_drugs(
    compute: Callable[..., dict[str, float]],
) -> None:
    codes = ["A10BA02", "A10BA02", "A10BB12", "C10AA05", "C09AA02", "N02AA01"]
    days = [84, 83, 28, 27, 7, None]
    rows = [
        {"fill_date": f"2023-12-0{place}", "atc_code": code, "days_supply": supply}
        for place, (code, supply) in enumerate(zip(codes, days, strict=True), start=1)
    ]
    early = {"fill_date": "2023-06-01", "atc_code": "B01AC06", "days_supply": 90}
    names = ["fills_365d", "long_fills_28d_365d", "long_fills_84d_365d", "long_fill_share_365d", "longest_fill_365d"]
    # Seven fills: 84, 83, 28 and 90 days are 28 or more, 84 and 90 are 84 or more
    assert list(compute(names, pharmacy_claim=[*rows, early]).values()) == pytest.approx([7, 4, 2, 4 / 7, 90])
    names = ["distinct_drugs_90d", "distinct_drugs_365d", "distinct_drug_groups_90d", "polypharmacy_90d"]
    assert list(compute(names, pharmacy_claim=[*rows, early]).values()) == [5, 6, 5, 1]
    assert compute(["polypharmacy_90d"], pharmacy_claim=[*rows[:5], early]) == {"polypharmacy_90d": 0}


def test_drugs_of_one_group_are_different_drugs_of_it(compute: Callable[..., dict[str, float]]) -> None:
    rows = [{"fill_date": "2023-12-01", "atc_code": code, "days_supply": 7} for code in ("C10AA05", "C10AA07")]
    assert list(compute(["distinct_drugs_90d", "distinct_drug_groups_90d"], pharmacy_claim=rows).values()) == [2, 1]


def test_days_and_money_add_up_and_drugs_count_once(compute: Callable[..., dict[str, float]]) -> None:
    rows = [
        {"fill_date": "2023-12-01", "atc_code": "A10AB01", "days_supply": 30, "allowed_amount": 12.5},
        {"fill_date": "2023-06-01", "atc_code": "A10AB01", "days_supply": 56, "allowed_amount": 20.0},
        {"fill_date": "2023-06-01", "atc_code": "C10AA05", "days_supply": 28, "allowed_amount": None},
        {"fill_date": "2023-06-01", "atc_code": None, "days_supply": 7, "allowed_amount": 1.0},
    ]
    names = ["insulin_days_supply_365d", "lipid_lowering_drug_365d", "distinct_drugs_365d", "drug_allowed_amount_365d"]
    # 30 + 56 days; one statin; two codes; 12.50 + 20 + 1
    assert list(compute(names, pharmacy_claim=rows).values()) == [86, 1, 2, 33.5]
