"""Paths do not depend on how many run or in which batches; policies meet the same luck; unlike shapes are refused."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from riskkit.errors import PolicyError
from riskkit.stress.model import make_model
from riskkit.stress.projection import Projection
from riskkit.stress.reading import change_number, read_stress_policy
from riskkit.stress.simulation import plan_batches, simulate
from tests.stress_policies import BASE, make_policy

MODEL = make_model(read_stress_policy(BASE))


def same(one: Projection, other: Projection, paths: int) -> bool:
    names = [field.name for field in fields(Projection)]
    return all(np.array_equal(getattr(one, name)[:paths], getattr(other, name)[:paths]) for name in names)


def test_a_path_is_the_same_bytes_in_any_number_of_paths_and_any_batch() -> None:
    few = simulate({"a": MODEL}, 7, 3)["a"]
    many = simulate({"a": MODEL}, 60, 3)["a"]
    cut = simulate({"a": MODEL}, 60, 3, batch=11)["a"]
    assert same(few, many, 7)
    assert same(many, cut, 60)


def test_a_policy_has_the_same_paths_alone_and_beside_another() -> None:
    other = make_model(change_number(MODEL.policy, "trend.mean", 0.1))
    both = simulate({"a": MODEL, "b": other}, 20, 3)
    assert same(both["a"], simulate({"a": MODEL}, 20, 3)["a"], 20)
    assert np.array_equal(both["a"].members, both["b"].members)
    # The trend multiplies every amount: (1.10 / 1.03)**year.
    assert both["b"].cost[:, 2] == pytest.approx(both["a"].cost[:, 2] * (1.10 / 1.03) ** 3)


def test_another_seed_gives_other_paths() -> None:
    assert not same(simulate({"a": MODEL}, 5, 3)["a"], simulate({"a": MODEL}, 5, 4)["a"], 5)


def test_policies_of_unlike_shape_are_refused() -> None:
    with pytest.raises(PolicyError, match="'b': found 2 years, 1 teams, 1 tiers, expected 5 years, 20 teams, 3 tiers"):
        simulate({"a": MODEL, "b": make_model(make_policy())}, 5, 0)


def test_batches_cover_every_path_once_and_progress_is_told() -> None:
    assert [path for batch in plan_batches(1000, 60) for path in batch] == list(range(1000))
    told: list[tuple[str, int, int]] = []
    simulate({"a": MODEL}, 20, 0, batch=8, progress=lambda *said: told.append(said))
    assert told == [("simulate paths", done, 20) for done in (8, 16, 20)]
