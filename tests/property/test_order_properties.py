"""The proof that sicker is never cheaper: where it holds no pair breaks it, and a planted break is found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskkit.policy import read_toml
from riskkit.rates.capitation import compute_rates, fit_rates
from riskkit.rates.frozen import FrozenRates
from riskkit.rates.order import check_rate_order
from riskkit.rates.policy import RatePolicy
from riskkit.risk.balance import Balance
from riskkit.risk.fit import fit_outcome
from riskkit.risk.model import OutcomeModel
from riskkit.risk.order import check_model_order
from tests.property.test_balance_properties import SPEC, draw_frame

NAMES = ["age_years", "is_female", "sick"]
SIGNS = {"age_years": 1, "sick": 1}
STARTS = (50.0, 60.0, 70.0)
SHARES = ((0.125,) * 4,) * 2
FACTORS = st.lists(st.floats(0.5, 2.0), min_size=8, max_size=8)


@pytest.fixture(scope="module")
def model() -> OutcomeModel:
    rng = np.random.default_rng(3)
    train, calibration = draw_frame(rng, "t", 0.5), draw_frame(rng, "c", 0.5)
    return fit_outcome(SPEC, train, calibration, feature_names=NAMES, directions=SIGNS)


@pytest.fixture(scope="module")
def policy() -> RatePolicy:
    values = read_toml(Path(__file__).parents[2] / "models" / "rates" / "capitation.toml")
    return RatePolicy.model_validate({name: block for name, block in values.items() if name != "floor_cap"})


@pytest.fixture(scope="module")
def frozen(model: OutcomeModel, policy: RatePolicy) -> FrozenRates:
    members = draw_frame(np.random.default_rng(4), "m", 0.5).features
    return fit_rates(policy, as_members(model, members), reference_population="drawn")


def as_members(model: OutcomeModel, features: pd.DataFrame) -> pd.DataFrame:
    kept = features[["person_id", "index_date"]]
    return kept.assign(exposure_months=12.0, region="central", expected_cost=model.predict(features))


def rate(model: OutcomeModel, frozen: FrozenRates, rows: list[tuple[float, float, float]]) -> list[int]:
    features = pd.DataFrame(rows, columns=NAMES)
    keys = {"person_id": [f"P{place}" for place in range(len(rows))], "index_date": pd.Timestamp(2025, 1, 1)}
    rates, _ = compute_rates(frozen, as_members(model, features.assign(**keys)))
    return [int(amount) for amount in rates["rate_minor"]]


def fails(model: OutcomeModel, frozen: FrozenRates) -> set[str]:
    tables = [check_model_order(model, SIGNS), check_rate_order(frozen, SIGNS)]
    table = pd.concat(tables, ignore_index=True)
    return set(table.loc[table["verdict"] == "fails", "step"])


@settings(deadline=None, max_examples=60)
@given(
    factors=FACTORS,
    member=st.tuples(st.floats(25, 95), st.sampled_from([0.0, 1.0]), st.floats(-3, 3)),
    worse=st.tuples(st.floats(0, 40), st.floats(0, 4)),
)
def test_where_every_step_holds_no_sicker_or_older_member_is_cheaper(
    factors: list[float],
    member: tuple[float, float, float],
    worse: tuple[float, float],
    model: OutcomeModel,
    frozen: FrozenRates,
) -> None:
    rising = tuple(tuple(sorted(half)) for half in (factors[:4], factors[4:]))
    balanced = replace(model, balance=Balance(STARTS, rising, SHARES))
    assert not fails(balanced, frozen)
    age, female, sick = member
    one, other = rate(balanced, frozen, [member, (age + worse[0], female, sick + worse[1])])
    assert other >= one


@settings(deadline=None, max_examples=60)
@given(factors=FACTORS, cell=st.tuples(st.integers(0, 1), st.integers(0, 2)), drop=st.floats(0.01, 0.4))
def test_a_planted_step_down_between_age_bands_is_found_and_does_make_someone_cheaper(
    factors: list[float], cell: tuple[int, int], drop: float, model: OutcomeModel, frozen: FrozenRates
) -> None:
    sex, band = cell
    table = [sorted(half) for half in (factors[:4], factors[4:])]
    table[sex][band + 1] = table[sex][band] * (1 - drop)
    broken = replace(model, balance=Balance(STARTS, tuple(map(tuple, table)), SHARES))
    assert "age" in fails(broken, frozen)
    # one birthday across the planted step, unless the trees see a step of their own there
    before, after = STARTS[band] - 1e-6, STARTS[band]
    raw = broken.raw_score(pd.DataFrame([(before, sex, 0.0), (after, sex, 0.0)], columns=NAMES))
    if raw[0] == raw[1]:
        one, other = rate(broken, frozen, [(before, float(sex), 0.0), (after, float(sex), 0.0)])
        assert other < one


@settings(deadline=None, max_examples=30)
@given(place=st.integers(0, 7), factor=st.floats(-2.0, 0.0))
def test_a_planted_cell_in_which_the_sicker_falls_is_found(
    place: int, factor: float, model: OutcomeModel, frozen: FrozenRates
) -> None:
    table = np.ones((2, 4))
    table[divmod(place, 4)] = factor
    broken = replace(model, balance=Balance(STARTS, tuple(map(tuple, table.tolist())), SHARES))
    assert "cells" in fails(broken, frozen)


@settings(deadline=None, max_examples=30)
@given(
    field=st.sampled_from(["normalization_factor", "base_amount", "budget_factor", "region_normalization"]),
    value=st.floats(-1e6, 0.0),
)
def test_a_planted_figure_that_turns_the_rate_round_is_found(
    field: str, value: float, model: OutcomeModel, frozen: FrozenRates
) -> None:
    if field == "region_normalization" and value == 0.0:
        value = -1.0
    assert fails(model, replace(frozen, **{field: value}))
