"""An updated outcome keeps its trees and sums to what was observed; factors are fitted in turn with the map."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from riskkit.errors import PolicyError
from riskkit.risk.fit import fit_outcome
from riskkit.risk.matrix import ModelFrame
from riskkit.risk.model import OutcomeModel
from riskkit.risk.outcome_calibration import calibrate_crossed, calibrate_outcome, strip
from riskkit.risk.outcome_update import find_update, update_outcome
from riskkit.risk.store import read_model, write_model
from tests.unit.risk.conftest import NAMES, make_frame, make_spec

BALANCE = {
    "cells": "age_sex",
    "age_bands": [-0.5, 0.5],
    "minimum_members": 50,
    "reference": "test",
    "effective": "2024-01-01",
}


def with_sex(frame: ModelFrame, factor: float = 1.0) -> ModelFrame:
    """Women, every second member, cost `factor` times as much."""
    female = (np.arange(len(frame.observed)) % 2).astype(float)
    return ModelFrame(
        frame.features.assign(is_female=female), frame.observed * np.where(female == 1, factor, 1.0), frame.weight
    )


def make_model(kind: str, **blocks: Any) -> OutcomeModel:
    frames = [with_sex(make_frame(1500, kind=kind, seed=seed, prefix=f"{seed}-")) for seed in (0, 10)]
    return fit_outcome(
        make_spec(kind, **blocks), *frames, feature_names=[*NAMES, "is_female"], directions={"age_years": 1}
    )


@pytest.fixture(scope="module")
def cost_model() -> OutcomeModel:
    return make_model("cost", balance=BALANCE)


def total(model: OutcomeModel, frame: ModelFrame) -> float:
    return float(frame.weight @ model.predict(frame.features) / (frame.weight @ frame.observed))


def test_with_factors_the_calibration_year_is_spent_exactly(cost_model: OutcomeModel) -> None:
    frame = with_sex(make_frame(1500, kind="cost", seed=10, prefix="10-"))
    np.testing.assert_allclose(total(cost_model, frame), 1.0, rtol=1e-9)


def test_cells_spend_what_their_members_cost(cost_model: OutcomeModel) -> None:
    # trees that never saw a difference between the sexes, in a year when women cost twice as much
    later = with_sex(make_frame(6000, kind="cost", seed=20, prefix="l"), factor=2.0)
    renewed = calibrate_outcome(cost_model, later)
    female = later.features["is_female"].to_numpy() == 1
    for cell in (female, ~female):
        np.testing.assert_allclose(total(renewed, later.take(np.flatnonzero(cell))), 1.0, atol=0.03)
    assert (np.diff(renewed.balance.factors, axis=1) >= 0).all()  # the direction of age is 1


def test_a_capped_model_is_rescaled_to_costs_that_are_not_capped() -> None:
    model = make_model(
        "cost", model={"objective": "regression", "cap_quantile": 0.9}, calibration={"methods": ["scale"]}
    )
    frame = with_sex(make_frame(1500, kind="cost", seed=10, prefix="10-"))
    np.testing.assert_allclose(total(model, frame), 1.0, rtol=1e-9)
    assert total(replace(model, calibrator=replace(model.calibrator, intercept=0.0)), frame) < 0.95


@pytest.mark.parametrize("choice", ["intercept", "slope", "refit"])
@pytest.mark.parametrize("kind", ["binary", "cost"])
def test_every_update_but_keep_sums_to_what_was_observed(kind: str, choice: Any, cost_model: OutcomeModel) -> None:
    model = cost_model if kind == "cost" else make_model("binary", calibration={"methods": ["isotonic"]})
    later = with_sex(make_frame(2000, kind=kind, seed=30, prefix="l"))
    later = later if kind == "binary" else replace(later, observed=1.7 * later.observed)
    renewed = update_outcome(model, later, choice)
    if kind == "cost" or choice != "refit":
        np.testing.assert_allclose(total(renewed, later), 1.0, rtol=1e-6)
    assert renewed.booster_texts == model.booster_texts
    if choice != "refit":
        assert renewed.balance == model.balance
        order = np.argsort(model.predict(later.features), kind="stable")
        assert choice == "slope" or (np.diff(renewed.predict(later.features)[order]) >= 0).all()


def test_keep_keeps_the_very_model(cost_model: OutcomeModel) -> None:
    assert update_outcome(cost_model, make_frame(50, kind="cost"), "keep") is cost_model


def test_a_dearer_year_asks_for_a_shift_and_no_more(cost_model: OutcomeModel) -> None:
    same = with_sex(make_frame(6000, kind="cost", seed=40, prefix="l"))
    assert find_update(cost_model, replace(same, observed=1.5 * same.observed)).choice in {"intercept", "slope"}
    assert find_update(cost_model, replace(same, observed=3 * same.observed)).tests[0].p_value < 1e-6


def test_the_stored_factors_are_read_back(cost_model: OutcomeModel, tmp_path: Any) -> None:
    later = with_sex(make_frame(500, kind="cost", seed=50, prefix="l"))
    again = read_model(write_model(cost_model, tmp_path / "cost"))
    assert again.balance == cost_model.balance
    np.testing.assert_array_equal(again.predict(later.features), cost_model.predict(later.features))


def test_factors_without_age_or_sex_are_refused() -> None:
    train, calibration = (make_frame(300, kind="cost", seed=seed, prefix=f"{seed}-") for seed in (0, 10))
    with pytest.raises(PolicyError, match=r"outcome.toml \[balance\] cells: the model has no feature 'is_female'"):
        fit_outcome(
            make_spec("cost", balance=BALANCE), train, calibration, feature_names=NAMES, directions={"age_years": 1}
        )


def test_a_scheme_may_do_without_factors() -> None:
    train, calibration = (make_frame(300, kind="cost", seed=seed, prefix=f"{seed}-") for seed in (0, 10))
    spec = make_spec("cost", balance=BALANCE).with_overrides({"balance": {"cells": "none"}})
    assert fit_outcome(spec, train, calibration, feature_names=NAMES, directions={}).balance is None


def test_factors_are_for_amounts() -> None:
    with pytest.raises(PolicyError, match="it balances amounts, which kind 'binary' has none of"):
        make_spec("binary", balance=BALANCE)


def test_identity_is_a_candidate_though_it_is_not_listed(train: ModelFrame, calibration: ModelFrame) -> None:
    spec = make_spec("binary", calibration={"methods": ["sigmoid"]})
    model = fit_outcome(spec, train, calibration, feature_names=NAMES, directions={})
    assert set(model.calibrator.losses) == {"identity", "sigmoid"}


def test_the_map_is_learnt_from_what_other_trees_said() -> None:
    model = make_model("cost", calibration={"methods": ["scale"]})
    rows = with_sex(make_frame(1500, kind="cost", seed=20, prefix="l")).sort()
    # The other trees said 100 of everybody, so that the map is the mean of what was spent over 100, whatever these say.
    crossed = calibrate_crossed(model, rows, np.full(len(rows.observed), 100.0))
    factor = np.average(rows.observed, weights=rows.weight) / 100.0
    assert crossed.predict(rows.features) == pytest.approx(strip(model).predict(rows.features) * factor)
