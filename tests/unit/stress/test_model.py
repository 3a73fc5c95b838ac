"""A policy as arrays: odds, chains, effects, prices and levels by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from riskkit.errors import PolicyError
from riskkit.stress.model import make_model
from tests.stress_policies import make_policy, number, small_values, tier


def test_the_odds_of_leaving_fall_by_exp_of_selection_times_risk() -> None:
    values = small_values(tiers=[tier("a", relative_risk=1), tier("b", relative_risk=3)], teams=[[1, 1]])
    model = make_model(make_policy(values, enrolment__leave=0.2, enrolment__selection=0.5))
    # Odds .25; at risk 3: .25 exp(-.5 x 2) = .25 / e.
    odds = 0.25 / math.e
    assert model.leave == pytest.approx([0.2, odds / (1 + odds)])


def test_moves_are_conditional_on_those_before() -> None:
    values = small_values(tiers=[tier("a"), tier("b"), tier("c")], teams=[[1, 1, 1]])
    values["migration"]["matrix"] = [[0.7, 0.2, 0.1], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]
    model = make_model(make_policy(values))
    # From a: to b .2, then to c .1 / .8. From b: none. From c: first to a, which takes all.
    assert model.moves == pytest.approx(np.array([[0.2, 0, 1.0], [0.125, 0, 0]]))


def test_an_effect_is_phased_in_and_concerns_its_share() -> None:
    values = small_values() | {"years": 4}
    effect = {"name": "x", "change": number(-0.2), "share": number(0.5), "first_year": 2, "phase_in_years": 2}
    values["effects"] = [effect]
    # -.2 x .5 = -.1 in full force: none, half, all, all.
    assert make_model(make_policy(values)).frequency[:, 0] == pytest.approx([1, 0.95, 0.9, 0.9])


def test_a_lower_price_with_more_users_may_cost_more_or_less() -> None:
    price = {"name": "sensor", "before": number(60), "after": number(35), "users_before": number(0.5), "first_year": 2}
    values = small_values()
    # Body 100, of it 60 x .5 = 30. At .5 users 17.5, at 1 user 35: factors 1 - .125 and 1 + .05.
    values["prices"] = [{**price, "users_after": number(0.5)}]
    assert make_model(make_policy(values)).price[:, 0] == pytest.approx([1, 0.875])
    values["prices"] = [{**price, "users_after": number(1)}]
    assert make_model(make_policy(values)).price[:, 0] == pytest.approx([1, 1.05])


def test_an_item_cannot_cost_more_than_the_whole_body() -> None:
    values = small_values()
    units = {"before": number(600), "after": number(350), "users_before": number(0.5), "users_after": number(0.5)}
    values["prices"] = [{"name": "sensor", "first_year": 1, **units}]
    with pytest.raises(PolicyError, match=r"\[\[prices\]\] 'sensor': it costs 300.00 per member year"):
        make_model(make_policy(values))


def test_rates_and_income_grow_from_the_first_year_on() -> None:
    model = make_model(make_policy(contract__rate_growth=0.1, fund__income_growth=0.2))
    assert model.rates[:, 0] == pytest.approx([110, 121])
    assert model.income == pytest.approx([120, 144])


def test_expected_cost_is_body_and_large_claims() -> None:
    values = small_values(tiers=[tier(large_claims=0.01)])
    # Large claims of mean 2 x 1000 x (1 - 1/4) + 4000 / 16 = 1500 + 250 = 1750: 100 + 17.5.
    assert make_model(make_policy(values)).expected_cost == pytest.approx([117.5])
