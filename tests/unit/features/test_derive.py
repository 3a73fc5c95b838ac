"""Formulas over features of one row."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from riskkit.features.catalogue import Catalogue
from riskkit.features.derive import DERIVED, compute_egfr


@pytest.mark.parametrize(
    ("creatinine", "age", "female", "egfr"),
    # Worked figures of the 2021 CKD-EPI equation: women 55 and 70, men 60 and 65
    [(0.9, 55, 1, 75.5), (1.0, 60, 0, 86.2), (0.6, 70, 1, 96.5), (2.5, 65, 0, 27.8)],
)
def test_egfr_gives_the_worked_figures(creatinine: float, age: float, female: float, egfr: float) -> None:
    found = compute_egfr(pd.Series([creatinine]), pd.Series([age]), pd.Series([female]))
    assert found.round(1).tolist() == [egfr]


def test_egfr_at_the_knee_is_the_age_factor_alone() -> None:
    # Man, creatinine 0.9 = k, so both powers are of 1: 142 * 0.9938 ** 50
    found = compute_egfr(pd.Series([0.9]), pd.Series([50.0]), pd.Series([0.0]))
    assert found.tolist() == pytest.approx([142 * 0.9938**50])


def test_egfr_is_missing_under_18_and_where_an_input_is_missing() -> None:
    creatinine = pd.Series([0.9, np.nan, 0.9, 0.9], index=[4, 5, 6, 7])
    found = compute_egfr(
        creatinine, pd.Series([17.9, 60, 60, np.nan], creatinine.index), pd.Series([0, 0, np.nan, 1], creatinine.index)
    )
    assert found.isna().all()
    assert found.index.tolist() == [4, 5, 6, 7]


def _derive(name: str, **columns: list[float]) -> list[float]:
    return DERIVED[name].formula(pd.DataFrame(columns)).tolist()


def test_severity_adds_the_maximum_of_each_category() -> None:
    # Retinopathy 2, nephropathy 2, neuropathy 1, cardiovascular 2, peripheral vessels 1: 8
    points = {"retinopathy": 2, "nephropathy": 2, "neuropathy": 1, "cardiovascular": 2, "pvd": 1}
    assert _derive("dcsi_total_730d", **{f"dcsi_{name}_730d": [float(value)] for name, value in points.items()}) == [8]


def test_severity_is_missing_only_where_nothing_is_known() -> None:
    columns = {"dcsi_retinopathy_730d": [np.nan, 1.0], "dcsi_nephropathy_730d": [np.nan, np.nan]}
    assert np.array_equal(_derive("dcsi_total_730d", **columns), [np.nan, 1.0], equal_nan=True)


def test_hba1c_above_target_is_zero_at_seven_and_missing_without_a_test() -> None:
    found = _derive("hba1c_above_target", hba1c_latest_730d=[6.0, 7.0, 9.5, np.nan])
    assert np.array_equal(found, [0, 0, 2.5, np.nan], equal_nan=True)


def test_the_cost_trend_is_a_share_and_missing_without_cost() -> None:
    found = _derive("allowed_amount_trend", allowed_amount_90d=[25.0, 0, 0], allowed_amount_365d=[100.0, 50, 0])
    assert np.array_equal(found, [0.25, 0, np.nan], equal_nan=True)


def test_inputs_are_features_of_the_catalogue_or_left_out_by_its_code_lists(everything: Catalogue) -> None:
    known = {feature.name for feature in everything.features}
    for name, derived in DERIVED.items():
        absent = set(derived.inputs) - known
        assert not absent or name == "dcsi_total_730d"
