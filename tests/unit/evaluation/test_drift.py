"""Population stability: no shift is zero, a shift is the sum of its cells."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.evaluation.drift import compute_feature_drift, compute_psi, compute_stability


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


@pytest.mark.parametrize("shift", [0.0, 0.4, 1.0])
def test_the_size_of_a_shift_does_not_grow_with_the_rows(shift: float) -> None:
    # A normal that moves by d has an index of about d squared.
    rng = np.random.default_rng(3)
    sizes = [compute_stability(rng.normal(0, 1, n), rng.normal(shift, 1, n)) for n in (1_000, 100_000)]
    assert sizes[0].verdict == sizes[1].verdict
    assert sizes[1].shift == pytest.approx(shift**2, abs=0.1)
    assert sizes[0].high - sizes[0].low > sizes[1].high - sizes[1].low


def test_what_two_samples_of_one_population_show_is_called_noise() -> None:
    rng = np.random.default_rng(4)
    found = [compute_stability(rng.normal(0, 1, 150), rng.normal(0, 1, 150)) for _ in range(40)]
    # Ten bins: 9 * (1 / 150 + 1 / 150) = .12 on average, which alone would be "watch".
    assert np.mean([one.psi for one in found]) == pytest.approx(0.12, abs=0.03)
    assert sum(one.verdict != "stable" for one in found) <= 2


def test_persons_with_several_rows_count_once() -> None:
    frame = pd.DataFrame({"person_id": np.repeat(np.arange(100), 50), "x": np.random.default_rng(5).normal(0, 1, 5000)})
    later = frame.assign(x=frame["x"] + 1)
    few = compute_feature_drift(frame, later).iloc[0]
    many = compute_feature_drift(frame.drop(columns="person_id"), later.drop(columns="person_id")).iloc[0]
    assert few["psi"] == many["psi"]
    assert few["shift"] < many["shift"]
    assert few["high"] - few["low"] > many["high"] - many["low"]
