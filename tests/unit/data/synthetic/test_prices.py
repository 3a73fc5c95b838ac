from __future__ import annotations

import numpy as np

from riskkit.data.synthetic.hazards import CAUSES
from riskkit.data.synthetic.prices import (
    LEVEL_PRICES,
    LEVEL_SHARES,
    STAY_DAYS,
    STAY_MEANS,
    draw_amounts,
    expected_stay,
    expected_visit,
    split_amounts,
)


def test_every_cause_has_a_price_and_a_length() -> None:
    assert len(STAY_MEANS) == len(STAY_DAYS) == len(CAUSES)
    assert np.isclose(LEVEL_SHARES.sum(), 1.0)


def test_drawn_amounts_have_the_mean_asked_for(rng: np.random.Generator) -> None:
    amounts = draw_amounts(np.full(200_000, 1_000.0), 0.5, rng)
    # CV of a log-normal with spread .5 is .533: standard error 1.19, four of them.
    assert abs(amounts.mean() - 1_000.0) < 4.8
    assert amounts.min() > 0


def test_an_expected_stay_weighs_causes_levels_and_region() -> None:
    shares = np.zeros((1, len(CAUSES)))
    shares[0, :2] = 0.5
    # Region 1 has price 1; .15 * .60 + .45 * .90 + .40 * 1.25 = .995.
    level = float(LEVEL_SHARES @ LEVEL_PRICES)
    assert np.isclose(level, 0.995)
    expected = (STAY_MEANS[0] + STAY_MEANS[1]) / 2 * 0.995
    assert np.isclose(expected_stay(shares, np.array([1]))[0], expected)


def test_the_east_pays_more_than_the_west() -> None:
    east, west = expected_visit("routine", np.array([0, 2]))
    assert east > west


def test_fund_and_member_tie_to_the_cent(rng: np.random.Generator) -> None:
    allowed = np.round(rng.gamma(2.0, 500.0, 10_000), 2)
    paid, own = split_amounts(allowed, np.full(10_000, 0.68))
    assert np.array_equal(np.round(paid + own, 2), allowed)
    assert np.allclose(paid * 100, np.round(paid * 100), atol=1e-6)
