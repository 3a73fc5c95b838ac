"""Filtration rate, KDIGO stages and risk at their boundaries."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from riskkit.data.egfr import compute_egfr
from riskkit.features.kidney import compute_a_stage, compute_g_stage, compute_kidney_risk


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


@pytest.mark.parametrize(
    ("egfr", "stage"),
    # METHODS section 2: G1 >= 90, G2 60-89, G3a 45-59, G3b 30-44, G4 15-29, G5 < 15
    [
        *[(120, 1), (90, 1), (89.99, 2), (60, 2), (59.99, 3), (45, 3), (44.99, 4), (30, 4), (29.99, 5), (15, 5)],
        *[(14.99, 6), (0, 6), (np.nan, np.nan)],
    ],
)
def test_filtration_stages_begin_at_their_limits(egfr: float, stage: float) -> None:
    assert compute_g_stage(pd.Series([egfr])).tolist() == pytest.approx([stage], nan_ok=True)


@pytest.mark.parametrize(
    ("uacr", "stage"),
    # METHODS section 2: A1 < 30, A2 30-300, A3 > 300 mg/g
    [(0, 1), (29.99, 1), (30, 2), (300, 2), (300.01, 3), (np.nan, np.nan)],
)
def test_albuminuria_stages_begin_at_their_limits(uacr: float, stage: float) -> None:
    assert compute_a_stage(pd.Series([uacr])).tolist() == pytest.approx([stage], nan_ok=True)


def test_the_heat_map_is_that_of_the_guideline() -> None:
    # Rows G1 to G5, columns A1 to A3: low, moderate, high, very high
    expected = ["lmh", "lmh", "mhv", "hvv", "vvv", "vvv"]
    for g_stage, row in enumerate(expected, start=1):
        for a_stage, colour in enumerate(row, start=1):
            found = compute_kidney_risk(pd.Series([float(g_stage)]), pd.Series([float(a_stage)]))
            assert found.tolist() == ["lmhv".index(colour)]


def test_risk_is_unknown_where_a_stage_is_and_keeps_the_index() -> None:
    found = compute_kidney_risk(pd.Series([1.0, np.nan, 3.0], [7, 8, 9]), pd.Series([np.nan, 2.0, 1.0], [7, 8, 9]))
    assert found.index.tolist() == [7, 8, 9]
    assert np.array_equal(found, [np.nan, np.nan, 1.0], equal_nan=True)
