"""Each analyte has the same summary; those that few sources carry have a short one."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from riskkit.data.measures import MEASURES
from riskkit.features.analytes import ANALYTES, LIFESTYLE, OTHER_ANALYTES
from riskkit.features.labs import TRENDS, lab_features


def test_each_analyte_has_latest_mean_spread_count_and_age() -> None:
    names = {feature.name for feature in lab_features()}
    for analyte in ANALYTES:
        parts = ("latest_365d", "latest_730d", "mean_730d", "sd_730d", "cv_730d", "tests_365d", "tests_730d")
        summary = {f"{analyte}_{part}" for part in parts}
        assert summary | {f"days_since_{analyte}"} <= names
        assert (f"{analyte}_slope_730d" in names) == (analyte in TRENDS)


def test_what_testing_alone_can_move_never_enters_a_rate() -> None:
    assert {feature.policy for feature in lab_features()} == {"clinical"}


def test_only_the_derived_ones_have_a_direction() -> None:
    directed = {feature.name: feature.direction for feature in lab_features() if feature.direction}
    stages = {"kdigo_g_stage_730d": 1, "kdigo_a_stage_730d": 1, "kdigo_risk_730d": 1}
    assert directed == {"hba1c_above_target": 1, "egfr_latest_730d": -1, **stages}


def test_units_are_those_in_which_a_source_is_read() -> None:
    stated = {name: spec[3] for name, spec in (ANALYTES | OTHER_ANALYTES).items()} | {
        name: spec[2] for name, spec in LIFESTYLE.items()
    }
    stated["alcohol"] = "level"  # of 0 and 1, which reasons say as no and yes
    held = {name: measure.unit for name, measure in MEASURES.items() if name in stated}
    assert held == {name: stated[name] for name in held}
    assert held.keys() == stated.keys()


def test_variation_asks_for_three_readings(compute: Callable[..., dict[str, float]]) -> None:
    labs = [{"date": f"2023-0{month}-01", "analyte": "hba1c", "value": 5.0 + month} for month in (1, 2, 3)]
    # 6, 7 and 8: mean 7, standard deviation 1
    assert compute(["hba1c_cv_730d"], lab_result=labs)["hba1c_cv_730d"] == pytest.approx(1 / 7)
    assert np.isnan(compute(["hba1c_cv_730d"], lab_result=labs[:2])["hba1c_cv_730d"])


def test_insulin_resistance_is_as_stated_or_from_insulin_and_glucose(compute: Callable[..., dict[str, float]]) -> None:
    labs = [
        {"date": "2023-05-01", "analyte": "fasting_insulin", "value": 12.0},
        {"date": "2023-05-01", "analyte": "glucose", "value": 135.0},
    ]
    # 12 uU/mL * 135 mg/dL / 405 = 4
    assert compute(["homa_ir_730d"], lab_result=labs)["homa_ir_730d"] == pytest.approx(4.0)
    stated = [*labs, {"date": "2023-05-01", "analyte": "homa_ir", "value": 3.5}]
    assert compute(["homa_ir_730d"], lab_result=stated)["homa_ir_730d"] == 3.5
    assert np.isnan(compute(["homa_ir_730d"], lab_result=labs[:1])["homa_ir_730d"])


def test_a_reported_rate_keeps_apart_from_the_computed_one(compute: Callable[..., dict[str, float]]) -> None:
    labs = [{"date": "2023-05-01", "analyte": "egfr", "value": 44.0}]
    found = list(compute(["reported_egfr_latest_730d", "egfr_latest_730d"], lab_result=labs).values())
    assert found == pytest.approx([44.0, math.nan], nan_ok=True)


def test_the_stages_of_the_kidney_follow_the_latest_values(compute: Callable[..., dict[str, float]]) -> None:
    labs = [
        {"date": "2023-05-01", "analyte": "creatinine", "value": 2.5},
        {"date": "2023-05-01", "analyte": "uacr", "value": 40.0},
    ]
    names = ["kdigo_g_stage_730d", "kdigo_a_stage_730d", "kdigo_risk_730d"]
    # A man of 65 with 2.5 mg/dL has 27.8: G4, with A2 very high
    assert list(compute(names, context={"age_years": 65.0}, lab_result=labs).values()) == [5, 2, 3]
