"""Calibrators: sums, order, choice, and what they refuse."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from riskkit.errors import DataContractError, ModelStoreError
from riskkit.risk.calibrator import Calibrator, calibrator_from_dict
from riskkit.risk.recalibration import compute_loss, fit_calibrator

BINARY = ["identity", "intercept", "sigmoid", "beta", "isotonic", "venn_abers"]
COST = ["identity", "scale", "loglinear", "deciles", "isotonic"]


def make_binary(n_rows: int = 3000, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    p = 1 / (1 + np.exp(2 - rng.normal(size=n_rows)))
    return p, (rng.random(n_rows) < p**1.3).astype(float), rng.uniform(0.2, 2.0, n_rows)


def make_cost(n_rows: int = 3000, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    f = rng.lognormal(8, 1, n_rows)
    return f, 2 * f**0.9 * rng.gamma(0.5, 2.0, n_rows), rng.uniform(0.2, 1.0, n_rows)


@pytest.mark.parametrize("method", BINARY[1:])
def test_every_binary_method_makes_expected_events_those_observed(method: str) -> None:
    p, y, w = make_binary()
    q = fit_calibrator(p, y, w, kind="binary", methods=[method]).apply(p)
    np.testing.assert_allclose(w @ q, w @ y, rtol=1e-9)


@pytest.mark.parametrize("method", COST[1:])
def test_every_cost_method_makes_expected_cost_that_observed(method: str) -> None:
    f, y, w = make_cost()
    g = fit_calibrator(f, y, w, kind="cost", methods=[method]).apply(f)
    np.testing.assert_allclose(w @ g, w @ y, rtol=1e-9)


@pytest.mark.parametrize(("kind", "method"), [*(("binary", m) for m in BINARY), *(("cost", m) for m in COST)])
def test_no_method_ties_members_that_the_booster_ranks_apart(kind: Any, method: str) -> None:
    value, y, w = make_binary() if kind == "binary" else make_cost()
    calibrator = fit_calibrator(value, y, w, kind=kind, methods=[method])
    # a grid that reaches far beyond the calibration rows at both ends
    grid = np.linspace(1e-4, 0.9999, 5000) if kind == "binary" else np.geomspace(1.0, 1e7, 5000)
    assert (np.diff(calibrator.apply(grid)) > 0).all()


def test_scale_is_total_observed_over_total_predicted() -> None:
    # (1 * 30 + 0.5 * 100) / (1 * 10 + 0.5 * 60) = 80 / 40 = 2
    calibrator = fit_calibrator([10.0, 60.0], [30.0, 100.0], [1.0, 0.5], kind="cost", methods=["scale"])
    np.testing.assert_allclose(calibrator.apply([10.0, 60.0]), [20.0, 120.0])


def test_isotonic_is_no_candidate_below_its_number_of_events() -> None:
    p, y, w = make_binary()
    few = fit_calibrator(p, y, w, kind="binary", methods=BINARY, events_for_isotonic=int(y.sum()) + 1)
    enough = fit_calibrator(p, y, w, kind="binary", methods=BINARY, events_for_isotonic=int(y.sum()))
    assert not {"isotonic", "venn_abers"} & set(few.losses)
    assert {"isotonic", "venn_abers"} < set(enough.losses)


def test_the_method_with_the_least_loss_is_chosen() -> None:
    p, y, w = make_binary()
    calibrator = fit_calibrator(p, y, w, kind="binary", methods=BINARY)
    assert calibrator.method == min(calibrator.losses, key=lambda method: calibrator.losses[method])
    assert calibrator.method != "identity"


def test_with_too_few_events_the_first_method_is_taken() -> None:
    p = np.linspace(0.01, 0.3, 50)
    y = np.zeros(50)
    y[-5:] = 1
    calibrator = fit_calibrator(p, y, kind="binary", methods=["identity", "sigmoid"])
    assert (calibrator.method, dict(calibrator.losses)) == ("identity", {})


def test_row_order_does_not_change_the_map() -> None:
    p, y, w = make_binary()
    persons = np.array([f"p{i // 2}" for i in range(len(p))])
    order = np.random.default_rng(1).permutation(len(p))
    one = fit_calibrator(p, y, w, kind="binary", methods=BINARY, groups=persons)
    two = fit_calibrator(p[order], y[order], w[order], kind="binary", methods=BINARY, groups=persons[order])
    assert one.method == two.method
    np.testing.assert_allclose(one.apply(p), two.apply(p), rtol=1e-9)


def test_rows_without_weight_do_not_count() -> None:
    p, y, w = make_binary()
    w[1000:] = 0.0
    persons = np.array([f"p{i}" for i in range(len(p))])
    one = fit_calibrator(p, y, w, kind="binary", methods=["isotonic"], groups=persons, events_for_isotonic=1)
    two = fit_calibrator(p[:1000], y[:1000], w[:1000], kind="binary", methods=["isotonic"], events_for_isotonic=1)
    assert one.x == two.x
    assert one.y == two.y


@pytest.mark.parametrize("observed", [np.zeros(20), np.ones(20)])
def test_nothing_can_be_calibrated_without_events_or_without_others(observed: np.ndarray) -> None:
    with pytest.raises(DataContractError, match="expected some events"):
        fit_calibrator(np.linspace(0.1, 0.9, 20), observed, kind="binary", methods=["sigmoid"])


@pytest.mark.parametrize("kind", ["binary", "cost"])
def test_json_carries_a_calibrator_without_loss(kind: Any) -> None:
    value, y, w = make_binary() if kind == "binary" else make_cost()
    calibrator = fit_calibrator(value, y, w, kind=kind, methods=["isotonic"])
    again = calibrator_from_dict(json.loads(json.dumps(calibrator.to_dict())))
    assert again == calibrator
    np.testing.assert_array_equal(again.apply(value), calibrator.apply(value))


@pytest.mark.parametrize("change", [{"slope": -1.0}, {"x": [1.0, 1.0], "y": [1.0, 2.0]}, {"x": [1.0]}, {"z": 1}])
def test_a_stored_map_that_does_not_increase_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ModelStoreError, match="calibrator"):
        calibrator_from_dict({**Calibrator("cost", "scale").to_dict(), **change})


def test_the_losses_by_hand() -> None:
    # log loss of an event said to be 0.8 is -log 0.8 = 0.2231; deviance of 9 said to be 4: 4 (2 + 9 / 2 - 2 * 3) = 2
    np.testing.assert_allclose(compute_loss(np.array([1.0]), np.array([0.8]), kind="binary"), [0.223144], atol=1e-6)
    np.testing.assert_allclose(compute_loss(np.array([9.0]), np.array([4.0]), kind="cost"), [2.0])
