"""Population stability: no shift is zero, a shift is the sum of its cells."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.evaluation.drift import compute_feature_drift, compute_psi


def test_equal_populations_have_no_drift_whatever_their_size() -> None:
    values = np.arange(1000.0)
    assert compute_psi(values, np.tile(values, 3)) == pytest.approx(0.0, abs=1e-12)


def test_missing_values_are_a_bin_of_their_own() -> None:
    # Shares missing / present: .1/.9 -> .5/.5: .4 ln 5 - .4 ln(5/9) = .4 ln 9.
    reference = np.array([np.nan] * 10 + [1.0] * 90)
    current = np.array([np.nan] * 50 + [1.0] * 50)
    assert compute_psi(reference, current) == pytest.approx(0.4 * np.log(9))


def test_weights_count_as_rows() -> None:
    # .75/.25 -> .25/.75: twice .5 ln 3
    weighted = compute_psi([0, 1], [0, 1], bins=[1], reference_weight=[3, 1], current_weight=[1, 3])
    assert weighted == pytest.approx(np.log(3))
    assert compute_psi([0, 0, 0, 1], [0, 1, 1, 1], bins=[1]) == pytest.approx(np.log(3))


def test_a_value_new_to_the_population_is_finite_and_large() -> None:
    psi = compute_psi(np.zeros(100), np.ones(100), bins=[0.5])
    # Both empty cells count half a row of 100: 2 * .995 * ln(1 / .005)
    assert psi == pytest.approx(2 * 0.995 * np.log(200))


def test_features_are_judged_by_their_limits() -> None:
    rng = np.random.default_rng(0)
    reference = pd.DataFrame({"person_id": range(5000), "kept": rng.normal(size=5000), "moved": rng.normal(size=5000)})
    # Two normals d apart have PSI about d squared: .4^2 = .16 is a watch, 1 an act.
    current = reference.assign(kept=rng.normal(size=5000), moved=rng.normal(0.4, 1, 5000))
    table = compute_feature_drift(reference, current)
    assert table[["feature", "verdict"]].to_numpy().tolist() == [["moved", "watch"], ["kept", "stable"]]
    far = compute_feature_drift(reference, current.assign(moved=rng.normal(1, 1, 5000)))
    assert far["verdict"].iloc[0] == "act"


def test_a_feature_missing_throughout_is_stable() -> None:
    empty = pd.DataFrame({"lab": [np.nan] * 5})
    assert compute_feature_drift(empty, empty)["psi"].item() == 0.0


def test_an_absent_feature_and_an_empty_year_are_refused() -> None:
    with pytest.raises(DataContractError, match="lack lab"):
        compute_feature_drift(pd.DataFrame({"lab": [1.0]}), pd.DataFrame({"age": [1.0]}))
    with pytest.raises(DataContractError, match="0 current rows"):
        compute_psi([1.0], [])
