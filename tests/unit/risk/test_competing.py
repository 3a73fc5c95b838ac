"""Cumulative incidence: the worked hazards, its bounds, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest

from riskkit.errors import DataContractError
from riskkit.risk.competing import compute_cumulative_incidence


def test_both_causes_and_who_is_left_make_one() -> None:
    rng = np.random.default_rng(0)
    event, death = rng.uniform(0, 0.4, (50, 8)), rng.uniform(0, 0.4, (50, 8))
    one, two = compute_cumulative_incidence(event, death), compute_cumulative_incidence(death, event)
    np.testing.assert_allclose(one + two + np.cumprod(1 - event - death, axis=1), 1.0, atol=1e-12)
    assert (np.diff(one, axis=1) >= 0).all()


def test_without_death_it_is_one_minus_the_survival_curve() -> None:
    hazard = np.array([[0.1, 0.2, 0.5]])
    # 1 - .9, 1 - .9 x .8, 1 - .9 x .8 x .5
    np.testing.assert_allclose(compute_cumulative_incidence(hazard), [[0.1, 0.28, 0.64]])


@pytest.mark.parametrize(
    ("event", "death", "said"),
    [([0.7], [0.4], "highest sum of both causes 1.1"), ([-0.1], [0.0], "lowest -0.1"), ([0.1], [0.1, 0.1], "shapes")],
)
def test_hazards_that_are_no_chances_are_refused(event: list[float], death: list[float], said: str) -> None:
    with pytest.raises(DataContractError, match=said):
        compute_cumulative_incidence(event, death)
