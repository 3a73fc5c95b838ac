"""Drug classes are read from the ATC code."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from riskkit.features.medications import CLASSES, medication_features


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_is_as_long_as_its_dimension_says(name: str) -> None:
    dimension, code, *_ = CLASSES[name]
    assert dimension == f"atc{len(code)}"


def test_every_class_has_a_feature_and_none_enters_a_rate() -> None:
    features = {feature.name: feature for feature in medication_features()}
    assert {f"{name}_365d" for name in CLASSES} <= features.keys()
    assert {feature.policy for feature in features.values()} == {"clinical"}


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
