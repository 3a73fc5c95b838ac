"""Worked figures of the methods, section 1: competing risks and censoring."""

from __future__ import annotations

import numpy as np
import pytest

from riskkit.evaluation.follow_up import compute_observed_incidence, make_followed_sample, weighted_censoring
from riskkit.risk.competing import compute_cumulative_incidence

EVENT, DEATH = (0.04, 0.05, 0.06), (0.02, 0.02, 0.03)


def test_the_worked_hazards_give_the_worked_incidence() -> None:
    # .04 + .94 x .05 + .94 x .93 x .06, and the same with .02, .02, .03
    assert compute_cumulative_incidence(EVENT, DEATH)[-1] == pytest.approx(0.1395, abs=5e-5)
    assert compute_cumulative_incidence(DEATH, EVENT)[-1] == pytest.approx(0.0650, abs=5e-5)


def test_taking_death_for_censoring_says_too_much() -> None:
    assert 1 - np.prod(1 - np.array(EVENT)) == pytest.approx(0.1427, abs=5e-5)
    assert compute_cumulative_incidence(EVENT)[-1] == pytest.approx(0.1427, abs=5e-5)


CAUSE, MONTHS = [1, 1, *[0] * 8], [3, 8, 6, 6, *[12] * 6]
"""Ten members: events in months 3 and 8, two leave in month 6, six are followed to the end."""


def test_kaplan_meier_and_inverse_weights_say_the_same_of_ten_members() -> None:
    # 1 - 9/10 x 6/7; the event of month 8 weighs 1 / (7/9) and six complete members as much
    assert compute_observed_incidence(CAUSE, MONTHS, 12) == pytest.approx(0.2286, abs=5e-5)
    sample = make_followed_sample(CAUSE, MONTHS)
    weight = weighted_censoring(sample, sample.weight[None, :], 12)[0]
    assert (weight * (sample.cause == 1)).sum() / weight.sum() == pytest.approx(0.2286, abs=5e-5)


def test_dropping_or_keeping_those_who_left_says_too_much_or_too_little() -> None:
    stayed = [code for code, month in zip(CAUSE, MONTHS, strict=True) if month != 6]
    assert np.mean(stayed) == 0.25
    assert np.mean(CAUSE) == 0.20
