"""What holds for the final rate of every member, whatever the members."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from riskkit.errors import PolicyError
from riskkit.policy import read_toml
from riskkit.rates.adjustments import Limits, find_budget_factor
from riskkit.rates.allocation import allocate_budget, split_by_largest_remainder
from riskkit.rates.capitation import compute_rates, fit_rates
from riskkit.rates.certificate import make_certificate
from riskkit.rates.frozen import FrozenRates
from riskkit.rates.policy import RatePolicy
from riskkit.rates.steps import compute_steps

MODELS = Path(__file__).parents[2] / "models" / "rates"
quickly = settings(deadline=None, max_examples=50)

MEMBER = st.tuples(
    st.floats(1.0, 1e6),
    st.one_of(st.integers(0, 12).map(float), st.floats(12 / 365, 12.0)),  # exposure is counted in days
    st.sampled_from(["east", "central", "west"]),
    st.sampled_from(["low", "medium", "high"]),
    st.floats(18.0, 95.0),
    st.sampled_from([0.0, 1.0]),
    st.sampled_from([3.0, 12.0]),
    st.sampled_from([0.0, 1.0]),
)
COLUMNS = [
    "expected_cost",
    "exposure_months",
    "region",
    "risk_tier",
    "age_years",
    "is_female",
    "enrolled_months_365d",
    "any_complication_730d",
]
SOURCE = {"unit": "as written", "reference": "drawn", "effective": "2025-01-01"}
UPLIFT = {
    "name": "complication",
    "share": {"value": 0.2, **SOURCE},
    "conditions": [{"value": 1, "column": "any_complication_730d", "held_by": ["*complication*"], **SOURCE}],
}


@st.composite
def populations(draw: st.DrawFn) -> pd.DataFrame:
    rows = draw(st.lists(MEMBER, min_size=1, max_size=25))
    frame = pd.DataFrame(rows, columns=COLUMNS)
    frame.loc[frame.index[0], ["exposure_months", "enrolled_months_365d"]] = 12.0
    frame.insert(0, "person_id", [f"P{place:02d}" for place in range(len(rows))])
    frame.insert(1, "index_date", pd.Timestamp("2025-01-01"))
    return frame


@st.composite
def policies(draw: st.DrawFn, method: str = "individual") -> RatePolicy:
    values: dict[str, Any] = read_toml(
        MODELS / draw(st.sampled_from(["capitation.toml", "capitation_flat_region.toml"]))
    )
    values["relative_risk"]["method"] = method
    if "region" in values:
        values["region"]["renormalise"] = draw(st.booleans())
    for block in ("region", "floor_cap"):
        if draw(st.booleans()):
            values.pop(block, None)
    values["budget"]["number"]["value"] = draw(st.floats(0.05, 1.0))
    return RatePolicy.model_validate({**values, **draw(further_blocks(method))})


@st.composite
def further_blocks(draw: st.DrawFn, method: str) -> dict[str, Any]:
    """Draw the blocks that a policy may have beside the shipped ones, each of them or none."""
    blocks: dict[str, Any] = {}
    if draw(st.booleans()):
        blocks["modifiers"] = {"combine": draw(st.sampled_from(["max", "add", "product"])), "uplifts": [UPLIFT]}
    if draw(st.booleans()):
        limit = {"value": draw(st.floats(1.0, 1e6)), **SOURCE}
        blocks["affordability"] = {"funding": limit, "share": {"value": 1.0, **SOURCE}, "on_shortfall": "show"}
    if method == "individual" and draw(st.booleans()):
        blocks["new_enrollees"] = {
            "column": "enrolled_months_365d",
            "lookback": {"value": 12, **SOURCE},
            "ages": [{"value": 65, **SOURCE}],
        }
    return blocks


def _rate(policy: RatePolicy, members: pd.DataFrame) -> tuple[FrozenRates, pd.DataFrame, pd.DataFrame]:
    try:
        frozen = fit_rates(policy, members, reference_population="drawn", model_features=())
    except PolicyError as refused:
        # relativities of new enrollees need not have mean one, so that floor or cap can rule a budget out
        assume("cannot be met" not in str(refused))
        raise
    rates, ledger = compute_rates(frozen, members)
    return frozen, rates, ledger


def _payable(policy: RatePolicy, members: pd.DataFrame) -> None:
    """Leave out populations in which somebody's rate is less than half a cent, which is refused."""
    share = policy.budget.number.value if policy.budget else 1.0
    assume(members["expected_cost"].min() * share > 0.02 or policy.floor_cap is not None)


@quickly
@given(members=populations(), policy=policies())
def test_allocated_amounts_sum_to_the_budget(members: pd.DataFrame, policy: RatePolicy) -> None:
    _payable(policy, members)
    frozen, rates, _ = _rate(policy, members)
    table = allocate_budget(frozen, rates)
    due = table["rate_minor"] * table["exposure_months"] / 12
    assert int(table["allocated_minor"].sum()) == frozen.budget_minor
    # a rate is within half a unit of its exact value, the allocation within one unit of the scaled amount due
    assert (table["allocated_minor"] - due).abs().max() <= 1.5 + 0.5 * len(members)


@quickly
@given(members=populations(), policy=policies("tier_mean"))
def test_tier_mean_rates_meet_the_budget_too(members: pd.DataFrame, policy: RatePolicy) -> None:
    _payable(policy, members)
    exposed = members[members["exposure_months"] > 0]
    frozen, rates, _ = _rate(policy, exposed)
    assert make_certificate(frozen, allocate_budget(frozen, rates))["difference_minor"] == 0


@quickly
@given(members=populations(), policy=policies())
def test_the_ledger_sums_to_the_rate(members: pd.DataFrame, policy: RatePolicy) -> None:
    _payable(policy, members)
    _, rates, ledger = _rate(policy, members)
    sums = ledger.groupby("person_id", sort=True)["amount"].sum().to_numpy()
    assert np.abs(sums - rates["rate_amount"].to_numpy()).max() < 1e-6


@quickly
@given(members=populations(), policy=policies())
def test_sicker_is_never_cheaper_within_a_region(members: pd.DataFrame, policy: RatePolicy) -> None:
    _payable(policy, members)
    # a new enrollee is rated by age and sex, so that among them a higher prediction changes nothing
    with_history = members[members["enrolled_months_365d"] == 12.0]
    frozen, _, _ = _rate(policy, members)
    rates, _ = compute_rates(frozen, with_history)
    cells = rates.assign(
        region=with_history["region"].to_numpy(), complication=with_history["any_complication_730d"].to_numpy()
    )
    for _, group in cells.groupby(["region", "complication"]):
        assert group.sort_values("expected_cost")["rate_minor"].is_monotonic_increasing
    sicker, _ = compute_rates(frozen, with_history.assign(any_complication_730d=1.0))
    assert (sicker["rate_minor"] >= rates["rate_minor"]).all()


@quickly
@given(members=populations(), policy=policies(), rise=st.floats(1.0, 3.0))
def test_every_step_is_non_decreasing_in_the_expected_cost(
    members: pd.DataFrame, policy: RatePolicy, rise: float
) -> None:
    _payable(policy, members)
    frozen, _, _ = _rate(policy, members)
    before, _ = compute_steps(frozen, members)
    after, _ = compute_steps(frozen, members.assign(expected_cost=members["expected_cost"] * rise))
    for step, amount in before.items():
        assert (after[step] >= amount * (1 - 1e-12)).all(), step


@quickly
@given(members=populations(), policy=policies(), order=st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters(members: pd.DataFrame, policy: RatePolicy, order: Any) -> None:
    _payable(policy, members)
    places = list(range(len(members)))
    order.shuffle(places)
    frozen, rates, ledger = _rate(policy, members)
    again, rates_again, ledger_again = _rate(policy, members.iloc[places])
    assert again == frozen
    pd.testing.assert_frame_equal(rates_again, rates, check_exact=True)
    pd.testing.assert_frame_equal(ledger_again, ledger, check_exact=True)


@quickly
@given(members=populations(), policy=policies(), data=st.data())
def test_a_member_alone_has_the_same_rate_to_the_last_bit(
    members: pd.DataFrame, policy: RatePolicy, data: st.DataObject
) -> None:
    _payable(policy, members)
    frozen, rates, _ = _rate(policy, members)
    place = data.draw(st.integers(0, len(members) - 1))
    alone, _ = compute_rates(frozen, members.iloc[[place]])
    pd.testing.assert_frame_equal(alone, rates.iloc[[place]].reset_index(drop=True), check_exact=True)


@quickly
@given(members=populations(), policy=policies())
def test_the_same_inputs_give_the_same_bytes_also_after_storage(members: pd.DataFrame, policy: RatePolicy) -> None:
    _payable(policy, members)
    frozen, rates, _ = _rate(policy, members)
    stored = FrozenRates.from_dict(json.loads(json.dumps(frozen.to_dict())))
    again, _ = compute_rates(stored, members)
    first, second = (
        json.dumps(make_certificate(figures, allocate_budget(figures, table)))
        for figures, table in ((frozen, rates), (stored, again))
    )
    assert first == second


@quickly
@given(
    amounts=st.lists(st.tuples(st.floats(1e-3, 1e5), st.floats(1e-2, 1e3)), min_size=1, max_size=30),
    low=st.floats(0.0, 1.0),
    width=st.floats(0.1, 1e4),
    place=st.floats(0.0, 1.0),
)
def test_the_budget_factor_meets_every_feasible_budget(
    amounts: list[tuple[float, float]], low: float, width: float, place: float
) -> None:
    amount, years = np.array(amounts).T
    limits = Limits(low, low + width)
    target = float(years.sum()) * (low + place * width)
    assume(target > 0)
    k = find_budget_factor(amount, years, target=target, limits=limits, policy_name="drawn")
    assert float((years * limits.clip(k * amount)).sum()) == pytest.approx(target, rel=1e-9)


@quickly
@given(due=st.lists(st.floats(0.0, 1e9), min_size=1, max_size=40), total=st.integers(0, 10**12))
def test_integer_parts_sum_to_the_whole_within_one_unit_each(due: list[float], total: int) -> None:
    assume(sum(due) > 1e-3)
    parts = split_by_largest_remainder(np.array(due), total)
    assert int(parts.sum()) == total
    assert np.abs(parts - np.array(due) * (total / sum(due))).max() <= 1 + 1e-3
