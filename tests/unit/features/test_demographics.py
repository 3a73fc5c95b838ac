"""Person and membership: of these only age and sex may enter a rate."""

from __future__ import annotations

from riskkit.features.demographics import CONTEXT_FEATURES, STATED_MONTHS, demographic_features


def test_every_context_feature_is_declared_and_nothing_else_is_context() -> None:
    declared = {feature.name for feature in demographic_features() if feature.aggregate == "context"}
    assert declared == CONTEXT_FEATURES.keys()


def test_only_age_and_sex_may_enter_a_rate() -> None:
    assert {f.name for f in demographic_features() if f.policy == "payment"} == {"age_years", "is_female"}


def test_stated_months_are_read_from_the_last_year() -> None:
    stated = {f.name: (f.where, f.window_days) for f in demographic_features() if f.source == "labs"}
    assert stated == {f"{name}_365d": ((("analyte", name),), 365) for name in STATED_MONTHS}
