"""What a rate table is held against: a stated share, all care at the most, else its own level, which is not judged."""

from __future__ import annotations

from pathlib import Path

import pytest

from riskkit.policy import read_policy
from riskkit.rates.policy import RatePolicy
from riskkit.workflow.audit_scope import CostScope, find_cost_scope, share_cost_scope

RATES = Path(__file__).parents[3] / "models" / "rates"


def find(name: str, paid: int, **more: int) -> CostScope:
    """The scope of a shipped policy whose rates come to `paid` of 1,000 expected."""
    certificate: dict[str, object] = {"budget_minor": paid, "expected_cost_minor": 1000, **more}
    return find_cost_scope(read_policy(RATES / f"{name}.toml", RatePolicy), certificate)


def test_a_share_that_the_policy_states_is_the_scope_and_its_level_is_judged() -> None:
    # the shipped capitation states 40%
    scope = find("capitation", 400)
    assert (scope.share, scope.stated, scope.judged) == (0.40, 0.40, True)


@pytest.mark.parametrize("paid", [3, 320])
def test_a_package_that_states_no_share_is_not_judged_whatever_it_pays(paid: int) -> None:
    # 12 or 1,200 a year: the share is what is paid, so that A/E is the same and says nothing of the level
    scope = find("package_1200", paid)
    assert (scope.share, scope.paid, scope.stated, scope.judged) == (paid / 1000, paid / 1000, None, False)
    record = scope.to_record()
    assert record["level_judged"] is False
    assert "does not state what part of the cost the product covers" in record["level_reason"]


def test_rates_above_all_care_are_held_against_all_care() -> None:
    scope = find("tier_base", 1430)
    assert (scope.share, scope.paid, scope.judged) == (1.0, 1.43, True)
    assert "143.0% of the expected cost, and no product costs more than all care" in scope.reason


def test_what_affordability_cut_stays_in_the_scope() -> None:
    assert find("package_1200", 270, asked_minor=300).share == 0.30


def test_two_policies_have_one_share_in_either_order() -> None:
    fee, package, over, stated = find("package_1200", 40), find("package_1200", 320), find("tier_base", 1430), 0.40
    budget = find("capitation", 400)
    pairs = (((fee, package), 0.32), ((fee, over), 1.0), ((fee, budget), stated), ((budget, budget), stated))
    for pair, share in pairs:
        one, other = share_cost_scope(pair)
        swapped = share_cost_scope(pair[::-1])
        assert one.share == other.share == share
        assert swapped == [other, one]
    # a share that both state is judged; of a fee and a larger one neither is; what is above all care is judged alone
    assert [scope.judged for scope in share_cost_scope((budget, budget))] == [True, True]
    assert [scope.judged for scope in share_cost_scope((fee, budget))] == [False, False]
    assert [scope.judged for scope in share_cost_scope((fee, over))] == [False, True]
