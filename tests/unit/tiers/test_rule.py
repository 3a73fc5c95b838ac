"""The documents' rule on HbA1c and complications."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.tiers.policy import HbA1cRule, TierPolicy
from riskkit.tiers.rule import HIGH, LOW, MEDIUM, UNKNOWN, compute_rule_tiers

Features = Callable[..., pd.DataFrame]


@pytest.fixture
def rule(shipped: Callable[[str], TierPolicy]) -> HbA1cRule:
    found = shipped("seed_hba1c").rule
    assert found is not None
    return found


def test_both_limits_themselves_are_medium(rule: HbA1cRule, features: Features) -> None:
    tier, _ = compute_rule_tiers(rule, features(np.nextafter(6.5, 0), 6.5, 9.0, np.nextafter(9.0, 10)))
    assert tier.tolist() == [LOW, MEDIUM, MEDIUM, HIGH]


def test_missing_hba1c_is_unknown_and_never_low(rule: HbA1cRule, features: Features) -> None:
    tier, reason = compute_rule_tiers(rule, features(np.nan))
    assert (tier.tolist(), reason.tolist()) == ([UNKNOWN], ["hba1c_missing"])


def test_a_severe_complication_is_high_even_without_hba1c(rule: HbA1cRule, features: Features) -> None:
    tier, reason = compute_rule_tiers(rule, features(np.nan, nephropathy_730d=[1.0]))
    assert (tier.tolist(), reason.tolist()) == ([HIGH], ["severe_complication"])


def test_an_unknown_complication_is_unknown_and_never_low(rule: HbA1cRule, features: Features) -> None:
    tier, reason = compute_rule_tiers(rule, features(6.0, retinopathy_730d=[np.nan]))
    assert (tier.tolist(), reason.tolist()) == ([UNKNOWN], ["complications_unknown"])


def test_a_rule_without_severe_complications_still_places_everybody(rule: HbA1cRule, features: Features) -> None:
    tier, _ = compute_rule_tiers(rule.model_copy(update={"severe_complications": ()}), features(6.0, 7.0, 9.5))
    assert tier.tolist() == [LOW, MEDIUM, HIGH]


def test_a_count_in_place_of_a_flag_is_refused(rule: HbA1cRule, features: Features) -> None:
    with pytest.raises(DataContractError, match=r"nephropathy_730d must be 0, 1 or missing, found 2\.0 in 1 of 1 rows"):
        compute_rule_tiers(rule, features(6.0, nephropathy_730d=[2.0]))


def test_an_absent_feature_is_named(rule: HbA1cRule, features: Features) -> None:
    with pytest.raises(DataContractError, match="the tier rule needs 'hba1c_latest_365d'"):
        compute_rule_tiers(rule, features(6.0).drop(columns="hba1c_latest_365d"))
