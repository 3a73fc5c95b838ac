"""Members are whole, none is lost between tiers, and the healthy leave first under selection."""

from __future__ import annotations

import numpy as np
import pytest

from riskkit.stress.draws import Draws
from riskkit.stress.enrolment import step_members
from riskkit.stress.model import make_model
from tests.stress_policies import make_policy, small_values, tier

TIERS = [tier("a", relative_risk=0.5), tier("b", relative_risk=1.5), tier("c", relative_risk=3)]
MATRIX = [[0.9, 0.07, 0.03], [0.1, 0.8, 0.1], [0.02, 0.18, 0.8]]


def step(matrix: list[list[float]], paths: int = 4000, **numbers: float) -> tuple[np.ndarray, np.ndarray]:
    values = small_values(tiers=TIERS, teams=[[500, 200, 60], [5, 3, 1]])
    values["migration"]["matrix"] = matrix
    model = make_model(make_policy(values, **numbers))
    before = np.broadcast_to(model.members, (paths, 2, 3)).copy()
    kept = before.copy()
    after = step_members(model, before, Draws(model.shape, 3, range(paths)).cells(0))
    assert (before == kept).all()
    return model.members, after


def test_moving_loses_and_makes_nobody() -> None:
    members, after = step(MATRIX)
    assert (after.sum(axis=-1) == members.sum(axis=-1)).all()
    assert (after == np.round(after)).all()
    assert (after >= 0).all()


def test_moving_follows_the_matrix_within_standard_errors() -> None:
    members, after = step(MATRIX)
    error = after.std(axis=0) / np.sqrt(len(after))
    assert (np.abs(after.mean(axis=0) - members @ np.array(MATRIX)) <= 4 * error).all()
    # Of independent binomials: var of tier a = sum of n p (1 - p) over the rows of departure.
    chance = np.array(MATRIX)
    expected = members @ (chance * (1 - chance))
    assert after.var(axis=0) == pytest.approx(expected, rel=4 * np.sqrt(2 / len(after)) + 0.02)


def test_with_selection_the_group_that_is_left_is_sicker() -> None:
    _, without = step(np.eye(3).tolist(), enrolment__leave=0.2, enrolment__selection=0.0)
    _, selected = step(np.eye(3).tolist(), enrolment__leave=0.2, enrolment__selection=1.0)
    share = [after[..., 2].sum() / after.sum() for after in (without, selected)]
    assert share[1] > share[0] * 1.1


def test_new_members_are_poisson_by_team_and_tier() -> None:
    members, after = step(np.eye(3).tolist(), enrolment__enter=0.3)
    entered = after - members
    # .3 x 760 / 3 = 76 per tier of the large team; .3 x 9 / 3 = .9 of the small one.
    assert entered.mean(axis=0)[0] == pytest.approx([76] * 3, abs=4 * np.sqrt(76 / 4000))
    assert entered.mean(axis=0)[1] == pytest.approx([0.9] * 3, abs=4 * np.sqrt(0.9 / 4000))
    assert entered.var(axis=0)[0] == pytest.approx([76] * 3, rel=4 * np.sqrt(2 / 4000) + 0.01)
