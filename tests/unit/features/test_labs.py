"""Each analyte has the same summary; the four that are followed over time have a trend."""

from __future__ import annotations

from riskkit.features.labs import ANALYTES, TRENDS, lab_features


def test_each_analyte_has_latest_mean_spread_count_and_age() -> None:
    names = {feature.name for feature in lab_features()}
    for analyte in ANALYTES:
        summary = {f"{analyte}_{part}" for part in ("latest_365d", "latest_730d", "mean_730d", "sd_730d", "tests_365d")}
        assert summary | {f"days_since_{analyte}"} <= names
        assert (f"{analyte}_slope_730d" in names) == (analyte in TRENDS)


def test_what_testing_alone_can_move_never_enters_a_rate() -> None:
    assert {feature.policy for feature in lab_features()} == {"clinical"}


def test_only_the_derived_ones_have_a_direction() -> None:
    directed = {feature.name: feature.direction for feature in lab_features() if feature.direction}
    assert directed == {"hba1c_above_target": 1, "egfr_latest_730d": -1}
