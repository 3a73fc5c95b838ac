"""A fitted outcome: the same bytes for the same rows, calibrated on rows it never saw, and what it refuses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import DataContractError, LeakageError, ModelStoreError
from riskkit.risk.calibrator import Calibrator
from riskkit.risk.fit import fit_outcome
from riskkit.risk.matrix import ModelFrame
from riskkit.risk.model import OutcomeModel
from tests.unit.risk.conftest import NAMES, make_features, make_frame, make_spec


def fit(train: ModelFrame, calibration: ModelFrame, kind: str = "binary", **blocks: Any) -> OutcomeModel:
    return fit_outcome(
        make_spec(kind, **blocks),
        train,
        calibration,
        feature_names=NAMES,
        directions={"age_years": 1, "hba1c": 1},
        num_threads=1,
    )


@pytest.fixture(scope="module")
def model(train: ModelFrame, calibration: ModelFrame) -> OutcomeModel:
    return fit(train, calibration)


def test_rows_in_another_order_make_the_same_bytes(
    model: OutcomeModel, train: ModelFrame, calibration: ModelFrame
) -> None:
    order = np.random.default_rng(3).permutation(len(train.observed))
    again = fit(train.take(order), calibration.take(order))
    assert again.booster_texts == model.booster_texts
    assert again.calibrator == model.calibrator
    assert again.metadata == model.metadata


def test_another_seed_makes_other_trees(model: OutcomeModel, train: ModelFrame, calibration: ModelFrame) -> None:
    other = fit_outcome(make_spec(), train, calibration, feature_names=NAMES, directions={}, seed=1, num_threads=1)
    assert other.booster_texts != model.booster_texts


def test_a_member_is_scored_alike_alone_and_in_company(model: OutcomeModel) -> None:
    features = make_features(50, seed=7)
    together = model.predict(features)
    alone = [model.predict(features.iloc[[i]])[0] for i in range(50)]
    np.testing.assert_array_equal(together, alone)


def test_columns_are_found_by_name(model: OutcomeModel) -> None:
    features = make_features(20, seed=7)
    swapped = features[[*reversed(NAMES), "index_date", "person_id"]]
    np.testing.assert_array_equal(model.predict(swapped), model.predict(features))
    with pytest.raises(DataContractError, match="column 'hba1c' is missing"):
        model.predict(features.drop(columns="hba1c"))


def test_nobody_gives_nothing(model: OutcomeModel) -> None:
    assert model.predict(make_features(0)).shape == (0,)


def test_the_prediction_is_the_calibrated_raw_score(model: OutcomeModel) -> None:
    features = make_features(20, seed=7)
    raw = model.raw_score(features)
    expected = model.calibrator.apply(1 / (1 + np.exp(-raw)))
    np.testing.assert_allclose(model.predict(features), expected, rtol=1e-12)
    assert model.link == "logit"


@pytest.mark.parametrize("objective", ["tweedie", "two_part", "regression"])
def test_expected_cost_of_the_calibration_rows_is_their_cost(objective: str) -> None:
    train, calibration = make_frame(600, kind="cost"), make_frame(600, kind="cost", seed=10, prefix="q")
    model = fit(train, calibration, "cost", model={"objective": objective})
    expected = model.predict(calibration.features)
    np.testing.assert_allclose(calibration.weight @ expected, calibration.weight @ calibration.observed, rtol=1e-9)
    assert (expected > 0).all()
    assert model.link == ("identity" if objective == "regression" else "log")


def test_an_older_member_is_never_cheaper() -> None:
    model = fit(make_frame(600, kind="cost"), make_frame(600, kind="cost", seed=10, prefix="q"), "cost")
    grid = pd.DataFrame({"age_years": np.linspace(-3, 3, 100), "hba1c": 0.5, "noise": 0.0})
    assert (np.diff(model.predict(grid)) >= 0).all()


def test_a_two_part_model_has_no_single_booster() -> None:
    train, calibration = make_frame(300, kind="cost"), make_frame(300, kind="cost", seed=10, prefix="q")
    model = fit(train, calibration, "cost", model={"objective": "two_part"})
    assert len(model.boosters) == 2
    with pytest.raises(ModelStoreError, match="two boosters"):
        _ = model.booster


def test_tuned_trees_replace_those_of_the_specification(train: ModelFrame, calibration: ModelFrame) -> None:
    spec = make_spec(model={"early_stopping_rounds": 3})
    model = fit_outcome(
        spec, train, calibration, params={"n_estimators": 4}, feature_names=NAMES, directions={}, num_threads=1
    )
    assert model.booster.num_trees() == 4
    assert model.metadata["trees"]["n_estimators"] == 4


def test_early_stopping_chooses_the_trees_without_the_calibration_rows(
    train: ModelFrame, calibration: ModelFrame
) -> None:
    blocks = {"model": {"early_stopping_rounds": 3, "n_estimators": 200}}
    one, two = fit(train, calibration, **blocks), fit(train, calibration.take(np.arange(300)), **blocks)
    assert 0 < one.booster.num_trees() < 200
    assert one.booster_texts == two.booster_texts


def test_a_row_on_both_sides_is_a_leak(train: ModelFrame, calibration: ModelFrame) -> None:
    both = ModelFrame(
        pd.concat([calibration.features, train.features.iloc[[5]]], ignore_index=True),
        np.r_[calibration.observed, 1.0],
        np.r_[calibration.weight, 1.0],
    )
    with pytest.raises(LeakageError, match=r"1 rows are in both train and calibration \(first person_id='p00005'\)"):
        fit(train, both)


@pytest.mark.parametrize(
    ("kind", "value", "said"), [("binary", 0.0, "expected 0 and 1, both present"), ("cost", 0.0, "some positive cost")]
)
def test_training_rows_without_an_event_are_refused(
    train: ModelFrame, calibration: ModelFrame, kind: str, value: float, said: str
) -> None:
    flat = ModelFrame(train.features, np.full(len(train.observed), value), train.weight)
    with pytest.raises(DataContractError, match=said):
        fit(flat, calibration, kind)


def test_negative_costs_are_refused_unless_least_squares_can_learn_them() -> None:
    rows, calibration = make_frame(300, kind="cost"), make_frame(300, kind="cost", seed=10, prefix="q")
    net = ModelFrame(rows.features, np.r_[-25.0, rows.observed[1:]], rows.weight)
    with pytest.raises(DataContractError, match=r"1 negative costs \(least -25\).* objective 'regression'"):
        fit(net, calibration, "cost")
    assert (fit(net, calibration, "cost", model={"objective": "regression"}).predict(rows.features) > 0).all()


def test_the_metadata_say_what_the_trees_were_grown_from(model: OutcomeModel, train: ModelFrame) -> None:
    facts = model.metadata
    assert (facts["train_rows"], facts["train_persons"], facts["calibration_rows"]) == (600, 600, 600)
    assert facts["train_mean"] == train.observed.mean()
    assert facts["constraints"] == {"age_years": 1, "hba1c": 1}
    assert len(facts["train_sha256"]) == 64


def test_least_squares_margins_are_bent_at_the_stored_floor() -> None:
    spec = make_spec("cost", model={"objective": "regression"})
    model = OutcomeModel(spec, ("a",), (), Calibrator("cost", "identity"), floor=100.0)
    # 100 exp(0 / 100 - 1) = 36.788
    np.testing.assert_allclose(model.calibrate([0.0, 250.0]), [36.788, 250.0], atol=1e-3)
