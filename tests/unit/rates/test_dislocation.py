"""What moved since last year: six parts, exact in sum."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.rates.capitation import compute_rates, fit_rates
from riskkit.rates.dislocation import PARTS, compute_dislocation, sum_dislocation
from riskkit.rates.frozen import FrozenRates
from riskkit.rates.policy import RatePolicy

Number = Callable[[float], dict[str, Any]]


def make_members(costs: dict[str, float], year: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "person_id": list(costs),
            "index_date": pd.Timestamp(year, 1, 1),
            "exposure_months": 12.0,
            "expected_cost": list(costs.values()),
        }
    )


@pytest.fixture
def fit(values: dict[str, Any], number: Number) -> Callable[..., FrozenRates]:
    kept = {name: block for name, block in values.items() if name not in {"region", "floor_cap", "budget", "base"}}

    def fitted(members: pd.DataFrame, normalization: float, coding: float, base: float) -> FrozenRates:
        risk = {"method": "individual", "normalization": number(normalization), "coding_factor": number(coding)}
        blocks = {"relative_risk": risk, "base": {"method": "amount", "amount": number(base)}}
        policy = RatePolicy.model_validate({**kept, **blocks})
        return fit_rates(policy, members, reference_population="drawn")

    return fitted


def test_each_part_is_what_its_exchange_does(fit: Callable[..., FrozenRates]) -> None:
    before, after = make_members({"A": 5000.0}, 2024), make_members({"A": 6600.0}, 2025)
    last, now = fit(before, 5000.0, 0.0, 1000.0), fit(after, 5500.0, 0.1, 1100.0)
    # last 1,000; own year 6,000 / 5,000 -> 1,200; model 6,600 -> 1,320; coding x .9 -> 1,188;
    # normalisation 5,500: 1.2 x .9 x 1,000 = 1,080; base 1,100: 1,188
    found = compute_dislocation(last, now, before, after, now_by_old_model=after.assign(expected_cost=6000.0))
    assert found[list(PARTS)].iloc[0].tolist() == [20_000, 12_000, -13_200, -10_800, 0, 10_800]
    assert found["change_minor"].item() == 18_800


def test_parts_sum_to_the_move_for_members_and_for_groups(fit: Callable[..., FrozenRates]) -> None:
    rng = np.random.default_rng(2)
    costs = {f"P{place:03d}": float(cost) for place, cost in enumerate(rng.gamma(2, 3000, 60))}
    moved = {name: cost * float(rng.uniform(0.5, 2)) for name, cost in list(costs.items())[20:]}
    moved |= {f"N{place}": 4000.0 + place for place in range(10)}
    before, after = make_members(costs, 2024), make_members(moved, 2025)
    last, now = fit(before, 6000.0, 0.0, 2400.0), fit(after, 6543.0, 0.059, 2517.0)
    found = compute_dislocation(
        last, now, before, after, now_by_old_model=after.assign(expected_cost=after["expected_cost"] * 1.1)
    )
    assert (found[list(PARTS)].sum(axis=1) == found["change_minor"]).all()
    assert (found["last_minor"] + found["change_minor"] == found["now_minor"]).all()
    assert found["status"].value_counts().to_dict() == {"stayed": 40, "left": 20, "entered": 10}
    came = found[found["status"] != "stayed"]
    assert (came["population"] == came["change_minor"]).all()
    rates, _ = compute_rates(now, after)
    assert found["now_minor"].sum() == rates["rate_minor"].sum()
    teams = sum_dislocation(found, pd.Series(np.where(np.arange(len(found)) % 2, "T1", None)))
    assert teams["group"].tolist() == ["T1", "missing"]
    assert (teams[list(PARTS)].sum(axis=1) == teams["change_minor"]).all()
    assert teams["change_minor"].sum() == found["change_minor"].sum()


def test_nothing_moved_where_nothing_changed(fit: Callable[..., FrozenRates]) -> None:
    members = make_members({"A": 5000.0, "B": 7000.0}, 2024)
    frozen = fit(members, 6000.0, 0.0, 1000.0)
    found = compute_dislocation(frozen, frozen, members, members, now_by_old_model=members)
    assert not found[[*PARTS, "change_minor"]].to_numpy().any()


def test_a_tier_that_the_new_model_moves_is_the_models_part(values: dict[str, Any], number: Number) -> None:
    kept = {name: block for name, block in values.items() if name not in {"region", "floor_cap", "budget", "base"}}
    risk = {"method": "tier_table", "tiers": {"low": number(0.5), "high": number(2.0)}}
    base = {"method": "amount", "amount": number(1000)}
    policy = RatePolicy.model_validate({**kept, "relative_risk": risk, "base": base})
    before = make_members({"A": 5000.0, "B": 5000.0}, 2024).assign(risk_tier="low")
    by_old = make_members({"A": 5000.0, "B": 5000.0}, 2025).assign(risk_tier=["low", "high"])
    after = by_old.assign(risk_tier="high")
    last, now = (fit_rates(policy, one, reference_population="drawn") for one in (before, after))
    found = compute_dislocation(last, now, before, after, now_by_old_model=by_old)
    # low 500, high 2,000: A goes up by the new model alone, B by its own year alone
    assert found[list(PARTS)].to_numpy().tolist() == [[0, 150_000, 0, 0, 0, 0], [150_000, 0, 0, 0, 0, 0]]


def with_budget(values: dict[str, Any], number: Number, *, base: float, budget: float) -> RatePolicy:
    kept = {name: block for name, block in values.items() if name not in {"region", "floor_cap", "budget", "base"}}
    blocks = {
        "relative_risk": {"method": "individual", "normalization": number(5000.0)},
        "base": {"method": "amount", "amount": number(base)},
        "budget": {"basis": "per_member_year", "number": number(budget)},
    }
    return RatePolicy.model_validate({**kept, **blocks})


def test_a_budget_that_is_met_anew_is_refit_and_only_a_changed_number_is_policy(
    values: dict[str, Any], number: Number
) -> None:
    before, after = make_members({"A": 5000.0}, 2024), make_members({"A": 6000.0}, 2025)
    same, changed = (
        with_budget(values, number, base=1000, budget=1500),
        with_budget(values, number, base=1100, budget=1650),
    )
    last = fit_rates(same, before, reference_population="drawn")
    # last: 1,000 x 1.5 = 1,500; own year 1,200 x 1.5 = 1,800; the factor that meets 1,500 again is 1.25
    now = fit_rates(same, after, reference_population="drawn")
    found = compute_dislocation(last, now, before, after, now_by_old_model=after)
    assert found[list(PARTS)].iloc[0].tolist() == [30_000, 0, 0, 0, -30_000, 0]
    # 1,650 is the new budget: 1,650 less 1,800 is what the policy did, and no factor of its is lent to the old budget
    now = fit_rates(changed, after, reference_population="drawn")
    found = compute_dislocation(last, now, before, after, now_by_old_model=after)
    assert found[list(PARTS)].iloc[0].tolist() == [30_000, 0, 0, 0, 0, -15_000]


def with_share(values: dict[str, Any], number: Number, *, share: float, **blocks: Any) -> RatePolicy:
    """A base from a budget that is a share of the expected cost."""
    kept = {name: block for name, block in values.items() if name not in {"region", "floor_cap"}}
    budget = {"basis": "expected_cost", "number": number(share)}
    risk = {"method": "individual"}
    return RatePolicy.model_validate(
        {**kept, "relative_risk": risk, "base": {"method": "budget"}, "budget": budget, **blocks}
    )


def test_where_only_the_budget_was_changed_all_is_policy(values: dict[str, Any], number: Number) -> None:
    members = make_members({"A": 4000.0, "B": 6000.0}, 2024)
    last, now = (
        fit_rates(with_share(values, number, share=share), members, reference_population="drawn")
        for share in (0.40, 0.50)
    )
    # 40% of 4,000 and 6,000 are 1,600 and 2,400, 50% are 2,000 and 3,000: +400 and +600, all by the budget
    found = compute_dislocation(last, now, members, members, now_by_old_model=members)
    assert found[list(PARTS)].to_numpy().tolist() == [[0, 0, 0, 0, 0, 40_000], [0, 0, 0, 0, 0, 60_000]]


def test_a_table_of_tiers_that_is_doubled_under_a_budget_moves_nothing(values: dict[str, Any], number: Number) -> None:
    members = make_members({"A": 4000.0, "B": 6000.0}, 2024).assign(risk_tier=["low", "high"])
    last, now = (
        fit_rates(
            with_share(
                values,
                number,
                share=0.40,
                relative_risk={"method": "tier_table", "tiers": {"low": number(low), "high": number(4 * low)}},
            ),
            members,
            reference_population="drawn",
        )
        for low in (0.5, 1.0)
    )
    # the budget of 4,000 by 1 to 4 is 800 and 3,200, whatever the numbers are multiplied by
    found = compute_dislocation(last, now, members, members, now_by_old_model=members)
    assert found["last_minor"].tolist() == [80_000, 320_000]
    assert not found[list(PARTS)].to_numpy().any()


def test_other_words_for_the_same_budget_are_no_policy(values: dict[str, Any], number: Number) -> None:
    before, after = make_members({"A": 5000.0}, 2024), make_members({"A": 6000.0}, 2025)
    said = {**number(0.40), "reference": "the same number in another paper"}
    last = fit_rates(with_share(values, number, share=0.40), before, reference_population="drawn")
    policy = with_share(values, number, share=0.40, budget={"basis": "expected_cost", "number": said})
    now = fit_rates(policy, after, reference_population="drawn")
    # last 2,000; own year 6,000 / 5,000 x 2,000 = 2,400; the mean of 6,000 is a score of one: 2,000;
    # the base is 40% of 6,000 again: 2,400
    found = compute_dislocation(last, now, before, after, now_by_old_model=after)
    assert found[list(PARTS)].iloc[0].tolist() == [40_000, 0, 0, -40_000, 40_000, 0]


def test_a_base_that_is_fitted_is_refit(values: dict[str, Any], number: Number) -> None:
    kept = {name: block for name, block in values.items() if name not in {"region", "floor_cap", "budget", "base"}}
    risk = {"method": "individual", "normalization": number(5000.0)}
    policy = RatePolicy.model_validate(
        {
            **kept,
            "relative_risk": risk,
            "base": {"method": "budget"},
            "budget": {"basis": "per_member_year", "number": number(1500)},
        }
    )
    before, after = make_members({"A": 5000.0}, 2024), make_members({"A": 6000.0}, 2025)
    last, now = (fit_rates(policy, one, reference_population="drawn") for one in (before, after))
    # score 1 and base 1,500, then score 1.2 and base 1,250
    found = compute_dislocation(last, now, before, after, now_by_old_model=after)
    assert found[list(PARTS)].iloc[0].tolist() == [30_000, 0, 0, 0, -30_000, 0]


def test_models_that_speak_of_different_members_are_refused(fit: Callable[..., FrozenRates]) -> None:
    members = make_members({"A": 5000.0, "B": 7000.0}, 2024)
    frozen = fit(members, 6000.0, 0.0, 1000.0)
    with pytest.raises(DataContractError, match="1 members of this year, this year's of 2"):
        compute_dislocation(frozen, frozen, members, members, now_by_old_model=members.head(1))
