"""The frozen map: what it stores, what it refuses, and how one more line composes with it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from riskkit.errors import DataContractError, ModelStoreError
from riskkit.risk.calibrator import Calibrator, calibrator_from_dict

GRID = np.linspace(0.01, 0.99, 99)
VENN = Calibrator("binary", "venn_abers", x=(0.2, 0.6), y=(0.25, 0.5), low=(0.2, 0.4), high=(0.3, 0.6))
MAPS = [
    Calibrator("binary", "identity"),
    Calibrator("binary", "sigmoid", intercept=0.2, slope=0.8),
    Calibrator("binary", "beta", intercept=0.1, powers=(0.5, 2.0)),
    VENN,
]


@pytest.mark.parametrize("first", MAPS, ids=lambda one: one.method)
def test_one_more_line_is_the_line_of_the_calibrated_logit(first: Calibrator) -> None:
    logit = np.log(first.apply(GRID) / (1 - first.apply(GRID)))
    expected = 1 / (1 + np.exp(-(-0.3 + 1.5 * logit)))
    np.testing.assert_allclose(first.then(-0.3, 1.5).apply(GRID), expected, rtol=1e-12)


def test_a_shift_after_nothing_is_called_by_its_own_name() -> None:
    assert Calibrator("binary", "identity").then(0.1).method == "intercept"
    assert Calibrator("cost", "identity").then(0.1, 0.9).method == "loglinear"
    assert VENN.then(0.1).method == "venn_abers"


@pytest.mark.parametrize("calibrator", MAPS, ids=lambda one: one.method)
def test_json_carries_every_map_without_loss(calibrator: Calibrator) -> None:
    again = calibrator_from_dict(json.loads(json.dumps(calibrator.to_dict())))
    assert again == calibrator
    np.testing.assert_array_equal(again.apply(GRID), calibrator.apply(GRID))


def test_a_map_without_powers_and_intervals_is_stored_as_an_older_riskkit_stored_it() -> None:
    assert list(MAPS[1].to_dict()) == ["kind", "method", "intercept", "slope", "x", "y", "losses"]


def test_beta_by_hand() -> None:
    # p = .2: .5 ln .2 - 2 ln .8 + .1 = -.804719 + .446287 + .1 = -.258432; 1 / (1 + exp(.258432)) = .435749
    np.testing.assert_allclose(MAPS[2].apply([0.2]), [0.435749], atol=1e-6)


def test_the_interval_of_a_knot_holds_its_probability() -> None:
    low, high = VENN.compute_interval(GRID)
    middle = VENN.apply(GRID)
    assert ((low < middle) & (middle < high)).all()
    np.testing.assert_allclose([side[0] for side in VENN.compute_interval([0.6])], [0.4, 0.6], rtol=1e-12)


def test_only_venn_abers_has_an_interval() -> None:
    with pytest.raises(DataContractError, match="method 'sigmoid' has no interval, expected 'venn_abers'"):
        MAPS[1].compute_interval([0.5])


@pytest.mark.parametrize(
    "change", [{"powers": [-0.1, 1.0]}, {"powers": [0.0, 0.0]}, {"low": [0.4, 0.2]}, {"high": [0.3]}, {"slope": 0.0}]
)
def test_a_stored_map_that_turns_the_order_round_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ModelStoreError, match="does not increase"):
        calibrator_from_dict({**VENN.to_dict(), **change})
