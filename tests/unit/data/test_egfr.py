"""Filtration rate by the worked figures of its equation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from riskkit.data.egfr import compute_egfr


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
