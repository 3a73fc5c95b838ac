"""KDIGO stages and risk at their boundaries."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from riskkit.features.kidney import compute_a_stage, compute_g_stage, compute_kidney_risk


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
