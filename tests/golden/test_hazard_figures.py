"""Worked figures of the methods, section 1: competing risks and censoring."""

from __future__ import annotations

import numpy as np
import pytest

from riskkit.risk.competing import compute_cumulative_incidence

EVENT, DEATH = (0.04, 0.05, 0.06), (0.02, 0.02, 0.03)


def test_the_worked_hazards_give_the_worked_incidence() -> None:
    # .04 + .94 x .05 + .94 x .93 x .06, and the same with .02, .02, .03
    assert compute_cumulative_incidence(EVENT, DEATH)[-1] == pytest.approx(0.1395, abs=5e-5)
    assert compute_cumulative_incidence(DEATH, EVENT)[-1] == pytest.approx(0.0650, abs=5e-5)


def test_taking_death_for_censoring_says_too_much() -> None:
    assert 1 - np.prod(1 - np.array(EVENT)) == pytest.approx(0.1427, abs=5e-5)
    assert compute_cumulative_incidence(EVENT)[-1] == pytest.approx(0.1427, abs=5e-5)
