"""Growing trees: settings, constraints, and what a listener hears."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from riskkit.risk.training import (
    Growth,
    Sample,
    TreeSettings,
    make_lightgbm_params,
    resolve_constraints,
    train_booster,
)


def make_growth(**changes: object) -> Growth:
    trees = TreeSettings(n_estimators=12, min_child_samples=5, learning_rate=0.5)
    values: dict = {
        "objective": {"objective": "regression"},
        "trees": trees,
        "names": ("a", "b"),
        "constraints": (1, 0),
        "seed": 3,
        "num_threads": 1,
    }
    return Growth(**{**values, **changes})


def make_sample(n_rows: int = 200, seed: int = 0) -> Sample:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n_rows, 2))
    return Sample(x, x[:, 0] + rng.normal(size=n_rows), np.ones(n_rows))


def test_trees_deeper_than_six_are_refused() -> None:
    with pytest.raises(ValidationError, match="less than or equal to 6"):
        TreeSettings(max_depth=7)


def test_an_unknown_tree_setting_is_refused() -> None:
    with pytest.raises(ValidationError, match="num_leafs"):
        TreeSettings(num_leafs=3)  # type: ignore[call-arg]


def test_constraints_follow_names_whatever_their_order() -> None:
    assert resolve_constraints({"egfr": -1, "age_years": 1}, ["age_years", "bmi", "egfr"]) == (1, 0, -1)


@pytest.mark.parametrize(
    ("constraints", "said"),
    [({"egrf": -1}, "no feature is named 'egrf'"), ([1], "expected -1, 0 or 1"), ([2, 0], "expected -1, 0 or 1")],
)
def test_constraints_that_fit_no_feature_are_refused(constraints: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        resolve_constraints(constraints, ["age_years", "egfr"])  # type: ignore[arg-type]


def test_only_the_basic_monotone_method_is_ever_used() -> None:
    params = make_lightgbm_params(make_growth())
    assert params["monotone_constraints_method"] == "basic"
    assert params["deterministic"] is True
    assert params["force_col_wise"] is True


def test_a_listener_hears_every_tree_and_the_watched_loss() -> None:
    heard: list[tuple[int, int, float | None]] = []
    train_booster(
        make_sample(), make_growth(), watch=make_sample(seed=1), on_iteration=lambda *told: heard.append(told)
    )
    assert [number for number, _, _ in heard] == list(range(1, 13))
    assert {asked for _, asked, _ in heard} == {12}
    assert all(loss is not None and loss > 0 for _, _, loss in heard)


def test_early_stopping_cuts_the_booster_at_its_best_tree() -> None:
    growth = make_growth(trees=TreeSettings(n_estimators=300, min_child_samples=5, learning_rate=0.5))
    booster = train_booster(make_sample(), growth, watch=make_sample(seed=1), early_stopping_rounds=5)
    assert 0 < booster.best_iteration < 300
    assert booster.model_to_string().count("\nTree=") == booster.best_iteration


def test_one_thread_and_two_grow_the_same_trees() -> None:
    x = make_sample().x
    one, two = (train_booster(make_sample(), make_growth(num_threads=n)).predict(x) for n in (1, 2))
    np.testing.assert_array_equal(one, two)
