"""Tuning keeps its budget, its seed and its quiet."""

from __future__ import annotations

import logging

import pytest

from riskkit.risk.matrix import ModelFrame
from riskkit.risk.training import TreeSettings
from riskkit.risk.tuning import tune
from tests.unit.risk.conftest import NAMES, make_frame, make_spec


def test_no_trials_keep_the_trees_of_the_file(train: ModelFrame) -> None:
    spec = make_spec(tuning={"trials": 0})
    assert tune(spec, train, feature_names=NAMES, directions={}) == {}


def test_the_answer_is_a_set_of_tree_settings_and_every_trial_is_told(train: ModelFrame) -> None:
    told: list[tuple[int, int, float]] = []
    params = tune(
        make_spec(), train, feature_names=NAMES, directions={"age_years": 1}, progress=lambda *trial: told.append(trial)
    )
    assert set(params) == set(TreeSettings.model_fields)
    assert TreeSettings(**params).n_estimators <= 20
    assert [(number, asked) for number, asked, _ in told] == [(1, 2), (2, 2)]
    assert told[1][2] <= told[0][2]


def test_the_same_seed_and_rows_in_any_order_give_the_same_answer(train: ModelFrame) -> None:
    order = train.features["person_id"].sample(frac=1, random_state=0).index.to_numpy()
    answers = [
        tune(make_spec(tuning={"trials": 3}), rows, feature_names=NAMES, directions={}, seed=4, num_threads=1)
        for rows in (train, train.take(order))
    ]
    assert answers[0] == answers[1]


@pytest.mark.parametrize("objective", ["tweedie", "two_part", "regression"])
def test_every_cost_objective_can_be_tuned(objective: str) -> None:
    spec = make_spec("cost", model={"objective": objective})
    params = tune(spec, make_frame(300, kind="cost"), feature_names=NAMES, directions={}, num_threads=1)
    assert set(params) == set(TreeSettings.model_fields)


def test_optuna_says_nothing_and_gets_its_voice_back(train: ModelFrame, capfd: pytest.CaptureFixture[str]) -> None:
    import optuna

    before = optuna.logging.get_verbosity()
    tune(make_spec(), train, feature_names=NAMES, directions={}, num_threads=1)
    assert capfd.readouterr() == ("", "")
    assert optuna.logging.get_verbosity() == before
    assert logging.getLogger("optuna").level == before
