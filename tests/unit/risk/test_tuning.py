"""Tuning keeps its budget, its seed and its quiet."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from optuna.trial import FrozenTrial

from riskkit.errors import DataContractError
from riskkit.risk.matrix import ModelFrame
from riskkit.risk.training import TreeSettings
from riskkit.risk.tuning import _Search, tune
from tests.unit.risk.conftest import NAMES, make_frame, make_spec


def test_no_trials_keep_the_trees_of_the_file(train: ModelFrame) -> None:
    spec = make_spec(tuning={"trials": 0})
    found = tune(spec, train, feature_names=NAMES, directions={})
    assert (found.params, found.trials_made, found.to_dict()["cut"]) == ({}, 0, False)


def test_the_answer_is_a_set_of_tree_settings_and_every_trial_is_told(train: ModelFrame) -> None:
    told: list[tuple[int, int, float]] = []
    params = tune(
        make_spec(), train, feature_names=NAMES, directions={"age_years": 1}, progress=lambda *trial: told.append(trial)
    ).params
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
    params = tune(spec, make_frame(300, kind="cost"), feature_names=NAMES, directions={}, num_threads=1).params
    assert set(params) == set(TreeSettings.model_fields)


def test_optuna_says_nothing_and_gets_its_voice_back(train: ModelFrame, capfd: pytest.CaptureFixture[str]) -> None:
    import optuna

    before = optuna.logging.get_verbosity()
    tune(make_spec(), train, feature_names=NAMES, directions={}, num_threads=1)
    assert capfd.readouterr() == ("", "")
    assert optuna.logging.get_verbosity() == before
    assert logging.getLogger("optuna").level == before


def test_a_search_that_was_cut_short_goes_on_and_ends_as_if_it_had_not_been(
    train: ModelFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments: dict[str, Any] = {"feature_names": NAMES, "directions": {}, "seed": 4, "num_threads": 1}
    spec = make_spec(tuning={"trials": 4})
    whole = tune(spec, train, **arguments)

    score, scored = _Search.score, []

    def stop_at_third(search: _Search, trial: Any) -> float:
        scored.append(trial.number)
        if len(scored) == 3:
            raise KeyboardInterrupt
        return score(search, trial)

    monkeypatch.setattr(_Search, "score", stop_at_third)
    with pytest.raises(KeyboardInterrupt):
        tune(spec, train, store=tmp_path / "tuning.db", **arguments)
    told: list[int] = []
    resumed = tune(
        spec, train, store=tmp_path / "tuning.db", progress=lambda number, *_: told.append(number), **arguments
    )
    # Two trials were finished before the third was cut short, so the third and the fourth are left.
    assert told == [3, 4]
    assert resumed == whole


def test_a_finished_search_is_read_and_other_rows_are_another_search(train: ModelFrame, tmp_path: Path) -> None:
    arguments: dict[str, Any] = {"feature_names": NAMES, "directions": {}, "store": tmp_path / "tuning.db"}
    told: list[int] = []
    first = tune(make_spec(), train, **arguments)
    again = tune(make_spec(), train, progress=lambda number, *_: told.append(number), **arguments)
    assert (again, told) == (first, [])
    fewer = train.take(np.arange(len(train.observed) - 1))
    tune(make_spec(), fewer, progress=lambda number, *_: told.append(number), **arguments)
    assert told == [1, 2]


def test_last_years_best_is_tried_second_and_brought_within_the_search(train: ModelFrame, tmp_path: Path) -> None:
    import optuna

    warm = {"num_leaves": 5, "max_depth": 3, "learning_rate": 0.9, "n_estimators": 70}
    tune(
        make_spec(tuning={"trials": 2}), train, feature_names=NAMES, directions={}, warm=[warm], store=tmp_path / "t.db"
    )
    name = optuna.get_all_study_names(f"sqlite:///{tmp_path / 't.db'}")[0]
    second = optuna.load_study(study_name=name, storage=f"sqlite:///{tmp_path / 't.db'}").trials[1].params
    # The search ends at a learning rate of 0.2, or at the specification's own where that is higher.
    edge = max(0.2, make_spec().model.learning_rate)
    assert (second["num_leaves"], second["max_depth"], second["learning_rate"]) == (5, 3, edge)


def test_trials_alone_are_all_made_and_minutes_alone_know_no_number(
    train: ModelFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(1000))  # a second goes by whenever the search looks
    monkeypatch.setattr(time, "monotonic", lambda: float(next(clock)))
    arguments: dict[str, Any] = {"feature_names": NAMES, "directions": {}, "num_threads": 1}
    told: list[int] = []
    trials = tune(make_spec(tuning={"trials": 4, "timeout_seconds": None}), train, **arguments)
    timed = tune(
        make_spec(tuning={"trials": None, "timeout_seconds": 3.5}),
        train,
        progress=lambda _, asked, __: told.append(asked),
        **arguments,
    )
    both = tune(make_spec(tuning={"trials": 4, "timeout_seconds": 1.5}), train, **arguments)
    assert (trials.trials_made, trials.to_dict()["cut"]) == (4, False)
    # looked at the start and after 1, 2, 3 and 4 seconds: three trials began within 3.5
    assert (timed.trials_made, timed.to_dict()["cut"], told) == (3, False, [0, 0, 0])
    account = {name: both.to_dict()[name] for name in ("trials_asked", "minutes_asked", "trials_made", "cut")}
    assert account == {"trials_asked": 4, "minutes_asked": 0.025, "trials_made": 1, "cut": True}


def test_a_search_that_is_taken_up_again_has_spent_the_time_of_its_trials(
    train: ModelFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments: dict[str, Any] = {"feature_names": NAMES, "directions": {}, "store": tmp_path / "t.db"}
    tune(make_spec(tuning={"trials": 2, "timeout_seconds": None}), train, **arguments)
    monkeypatch.setattr(FrozenTrial, "duration", timedelta(seconds=30))
    spent = tune(make_spec(tuning={"trials": None, "timeout_seconds": 60}), train, **arguments)
    assert spent.trials_made == 2  # two trials of 30 seconds are the whole minute


def test_a_store_that_is_no_database_is_refused_by_its_name(train: ModelFrame, tmp_path: Path) -> None:
    store = tmp_path / "tuning.db"
    store.write_text("this is no database, and long enough that SQLite looks at its first page\n" * 50)
    with pytest.raises(DataContractError, match=r"tuning\.db: .* cannot be read as .* Remove it"):
        tune(make_spec(), train, feature_names=NAMES, directions={}, store=store)


def test_a_budget_of_no_time_still_tries_the_specification_itself(train: ModelFrame) -> None:
    told: list[int] = []
    spec = make_spec(tuning={"trials": 50, "timeout_seconds": 1e-9})
    tune(spec, train, feature_names=NAMES, directions={}, progress=lambda number, *_: told.append(number))
    assert told == [1]
