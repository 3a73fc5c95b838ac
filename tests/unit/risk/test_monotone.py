"""The check on the trees finds a step in the wrong direction and nothing else."""

from __future__ import annotations

from typing import Any

import lightgbm as lgb
import numpy as np
import pytest

from riskkit.errors import AcceptanceError
from riskkit.risk.monotone import check_monotone

BASE: dict[str, Any] = {"verbosity": -1, "num_threads": 1, "min_data_in_leaf": 5, "objective": "regression"}


def grow(x: np.ndarray, y: np.ndarray, n_trees: int = 20, **params: Any) -> lgb.Booster:
    names = [f"x{i}" for i in range(x.shape[1])]
    return lgb.train({**BASE, **params}, lgb.Dataset(x, y, feature_name=names), n_trees)


@pytest.fixture(scope="module")
def falling() -> lgb.Booster:
    """A cost that falls with x0: 1 below zero, 0 above."""
    x = np.linspace(-1, 1, 100)[:, None]
    return grow(x, (x[:, 0] < 0).astype(float), n_trees=1)


def test_a_falling_step_is_refused_where_it_must_rise(falling: lgb.Booster) -> None:
    with pytest.raises(AcceptanceError, match=r"tree 0: a split on 'x0' \(constraint \+1\)"):
        check_monotone(falling, {"x0": 1})


def test_a_falling_step_is_fine_where_it_must_fall_or_is_free(falling: lgb.Booster) -> None:
    for signs in ({"x0": -1}, {"x0": 0}, {}):
        assert check_monotone(falling, signs) is None  # a broken constraint raises


def test_the_stored_text_is_checked_like_the_trees_in_memory(falling: lgb.Booster) -> None:
    with pytest.raises(AcceptanceError):
        check_monotone(lgb.Booster(model_str=falling.model_to_string()), {"x0": 1})


@pytest.mark.parametrize("objective", ["regression", "binary", "tweedie"])
def test_the_basic_method_always_passes(objective: str) -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(600, 4))
    x[rng.random(x.shape) < 0.1] = np.nan
    # the outcome runs against both constraints
    margin = np.nan_to_num(x) @ [-1.0, 1.0, 0.5, 0.0] + np.nan_to_num(x[:, 0] * x[:, 2])
    y = (margin > 0).astype(float) if objective == "binary" else np.exp(margin)
    booster = grow(
        x,
        y,
        objective=objective,
        monotone_constraints=[1, -1, 0, 0],
        monotone_constraints_method="basic",
        bagging_fraction=0.8,
        bagging_freq=1,
    )
    assert check_monotone(booster, {"x0": 1, "x1": -1}) is None  # a broken constraint raises


def test_unconstrained_trees_against_the_grain_are_caught() -> None:
    x = np.random.default_rng(0).normal(size=(400, 2))
    with pytest.raises(AcceptanceError, match="wrong order"):
        check_monotone(grow(x, -x[:, 1] + x[:, 0]), {"x1": 1})
