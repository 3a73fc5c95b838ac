"""Rates times exposure come to the budget, whoever stands at floor and cap and however few rates there are."""

from __future__ import annotations

import json
import math
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from riskkit.policy import read_toml
from riskkit.rates.allocation import allocate_budget
from riskkit.rates.capitation import compute_rates, fit_rates
from riskkit.rates.certificate import make_certificate
from riskkit.rates.frozen import FrozenRates
from riskkit.rates.move_search import search_moves
from riskkit.rates.moves import apply_moves, fit_moves
from riskkit.rates.policy import RatePolicy

MODELS = Path(__file__).parents[2] / "models" / "rates"
SEEDS, HELD = st.integers(0, 2**32 - 1), st.integers(100, 500)
FLOAT_NOISE = 1e-6


def _members(cost: np.ndarray, months: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "person_id": [f"P{at:05d}" for at in range(len(cost))],
            "index_date": pd.Timestamp("2025-01-01"),
            "exposure_months": months,
            "expected_cost": cost,
            "region": rng.choice(["east", "central", "west"], len(cost)),
        }
    )


def _rate(members: pd.DataFrame, share: float) -> tuple[pd.DataFrame, dict[str, object]]:
    values = read_toml(MODELS / "capitation.toml")
    values["budget"]["number"]["value"] = share
    frozen = fit_rates(RatePolicy.model_validate(values), members, reference_population="drawn")
    table = allocate_budget(frozen, compute_rates(frozen, members)[0])
    return table, make_certificate(frozen, table)


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, low=HELD, high=st.integers(0, 60), share=st.floats(0.2, 0.9))
def test_hundreds_at_floor_and_cap_leave_at_most_half_a_minor_unit(
    seed: int, low: int, high: int, share: float
) -> None:
    # Every amount is drawn from a continuum, so each step of the sum is one member's move by one minor unit, at most a
    # member year. A staircase whose steps are at most 1 passes within 1/2 of any height: the bound is 0.5.
    rng = np.random.default_rng(seed)
    free = rng.uniform(4000, 8000, 300)
    cost = np.concatenate([rng.uniform(10, 100, low), free, rng.uniform(2e5, 3e5, high)])
    table, certificate = _rate(_members(cost, rng.choice([12.0, 6.0, 9.5, 1.0], len(cost)), rng), share)
    assert (table["at_floor"] | table["at_cap"]).sum() >= 100
    due = math.fsum((table["rate_minor"] * table["exposure_months"] / 12).tolist())
    assert abs(due - certificate["budget_minor"]) <= 0.5 + FLOAT_NOISE
    assert certificate["rates_tie"] is True
    assert certificate["rate_due_minor"] == round(due, 6)


@settings(max_examples=10, deadline=None)
@given(seed=SEEDS, shared=st.integers(1, 8))
def test_members_who_share_a_rate_leave_at_most_half_of_their_years(seed: int, shared: int) -> None:
    # 40 amounts, each of which `shared` members of a whole year have in one region: a step is `shared` minor units.
    rng = np.random.default_rng(seed)
    cost = np.repeat(rng.uniform(4000, 8000, 40), shared)
    members = _members(cost, np.full(len(cost), 12.0), rng).assign(region="east")
    _, certificate = _rate(members, 0.4)
    assert abs(float(str(certificate["rate_due_difference_minor"]))) <= shared / 2 + FLOAT_NOISE


def _read_tier_policy() -> dict[str, Any]:
    values = read_toml(MODELS / "capitation_flat_region.toml")
    values["relative_risk"]["method"] = "tier_mean"
    values["budget"]["number"]["value"] = 1.0
    del values["floor_cap"]
    return values


def _rate_tiers(
    values: dict[str, Any], cost: np.ndarray, tiers: list[str], months: np.ndarray
) -> tuple[FrozenRates, pd.DataFrame, pd.DataFrame, dict[str, Any]]:
    members = _members(cost, months, np.random.default_rng(0)).assign(risk_tier=tiers)
    frozen = fit_rates(RatePolicy.model_validate(values), members, reference_population="tiers")
    rates, ledger = compute_rates(frozen, members)
    table = allocate_budget(frozen, rates)
    return frozen, table, ledger, make_certificate(frozen, table)


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, n_classes=st.integers(6, 19), fractional=st.booleans())
def test_a_table_of_few_rates_ties_in_order_and_to_the_ledger(seed: int, n_classes: int, fractional: bool) -> None:
    # Exposures are whole years or whole months and days; a class of one more year than its neighbour is always there,
    # so that every whole number is a sum of moves.
    rng = np.random.default_rng(seed)
    sizes = rng.integers(20, 120, n_classes)
    sizes[1] = sizes[0] + 1
    means = np.sort(rng.choice(np.arange(2000, 60000), n_classes, replace=False)) + rng.uniform(0, 1, n_classes)
    cost, tiers = np.repeat(means, sizes), [f"t{at:02d}" for at in np.repeat(np.arange(n_classes), sizes)]
    months = 12 * rng.integers(1, 366, len(cost)) / 365 if fractional else np.full(len(cost), 12.0)
    frozen, table, ledger, certificate = _rate_tiers(_read_tier_policy(), cost, tiers, months)
    due = math.fsum((table["rate_minor"] * table["exposure_months"] / 12).tolist())
    assert abs(due - frozen.budget_minor) <= 0.5 + FLOAT_NOISE
    assert certificate["rates_tie"] is True
    assert table.groupby("relativity")["rate_minor"].nunique().eq(1).all()
    rising = table.drop_duplicates("relativity").sort_values("relativity")["rate_minor"].to_numpy()
    assert (np.diff(rising) > 0).all()
    sums = ledger.groupby("person_id")["amount"].sum().to_numpy()
    assert np.abs(sums - table["rate_amount"].to_numpy()).max() < 0.005
    # one member alone, and the figures once stored and read, give the same rate
    read = FrozenRates.from_dict(json.loads(json.dumps(frozen.to_dict())))
    alone = _members(cost, months, np.random.default_rng(0)).assign(risk_tier=tiers).iloc[[0]]
    assert compute_rates(read, alone)[0]["rate_minor"].tolist() == table["rate_minor"].tolist()[:1]


@settings(max_examples=100, deadline=None)
@given(
    minor=st.lists(st.integers(1, 400), min_size=2, max_size=30),
    years=st.lists(st.integers(1, 60), min_size=30, max_size=30),
    missing=st.integers(-200, 200),
)
def test_moves_keep_the_order_of_every_rate_and_never_leave_the_budget_further(
    minor: list[int], years: list[int], missing: int
) -> None:
    # Rates stand as close as one unit apart; limits at 5 and 390 hold whoever stands there.
    rates = np.clip(np.array(minor, dtype=np.float64), 5, 390)
    exposure = np.array(years[: len(minor)], dtype=np.float64) / 12
    due = math.fsum((rates * exposure).tolist())
    budget = round(due) + missing
    moves = fit_moves(rates, exposure, budget=budget, limits=(5.0, 390.0), most_move=0.05)
    assert all(abs(move) <= 0.05 * rate + FLOAT_NOISE for rate, move in moves.items())
    assert not {5, 390} & set(moves)
    whole = apply_moves(np.arange(401.0), moves)
    assert (np.diff(whole) >= 0).all()
    assert (np.diff(apply_moves(np.unique(rates), moves)) > 0).all()
    assert whole[5] >= 5
    after = math.fsum((apply_moves(rates, moves) * exposure).tolist())
    assert abs(budget - after) <= max(abs(budget - due), 0.5) + FLOAT_NOISE


@settings(max_examples=60, deadline=None)
@given(
    years=st.lists(st.integers(1, 40), min_size=2, max_size=5),
    limits=st.lists(st.integers(0, 3), min_size=5, max_size=5),
    missing=st.integers(-120, 120),
)
def test_the_search_finds_what_trying_every_move_finds(years: list[int], limits: list[int], missing: int) -> None:
    held, high = np.array(years, dtype=np.float64) / 4, np.array(limits[: len(years)])
    found = search_moves(held, -high, high, missing / 4)
    every = list(product(*(range(-limit, limit + 1) for limit in high.tolist())))
    met = [moves for moves in every if abs(np.dot(moves, held) - missing / 4) <= 0.5]
    if met:
        best = min((max(map(abs, moves)), sum(map(abs, moves))) for moves in met)
        assert abs(found @ held - missing / 4) <= 0.5
        assert (np.abs(found).max(), np.abs(found).sum()) == best
    else:
        near = min(abs(np.dot(moves, held) - missing / 4) for moves in every if max(map(abs, moves)) <= 1)
        assert abs(found @ held - missing / 4) == near


def test_a_rate_by_tier_that_no_small_move_ties_says_what_remains() -> None:
    # The budget is the expected cost, so the rates are 300,012.3, 600,045.6 and 900,078.9 cents; rounded, they miss it
    # by -0.3 x 400 + 0.4 x 300 + 0.1 x 300 = 30 cents. Tiers hold hundreds of years, so no sum of moves is -30.
    values = _read_tier_policy()
    tiers = ["low"] * 400 + ["medium"] * 300 + ["high"] * 300
    cost = np.repeat([3000.123, 6000.456, 9000.789], [400, 300, 300])
    _, _, _, certificate = _rate_tiers(values, cost, tiers, np.full(1000, 12.0))
    assert certificate["tie_moves"] == []
    assert str(certificate["tie"]).startswith("no whole moves of at most 0.001 of a rate")
    assert (certificate["different_rates"], certificate["rates_tie"]) == (3, False)
    assert certificate["rate_due_difference_minor"] == 30.0
    assert certificate["allocated_minor"] == certificate["budget_minor"]


def test_a_rate_by_tier_ties_by_the_smallest_moves_there_are() -> None:
    # 401, 300 and 299 years at 300,012.3, 600,045.6 and 900,078.9 cents are 569,442,203.4, budget 569,442,203. Rounded,
    # the rates add -.3 x 401 + .4 x 300 + .1 x 299 = 29.6 to it: 569,442,233, so that 401 a + 300 b + 299 c = -30.
    values = _read_tier_policy()
    tiers = ["low"] * 401 + ["medium"] * 300 + ["high"] * 299
    cost = np.repeat([3000.123, 6000.456, 9000.789], [401, 300, 299])
    frozen, _, _, certificate = _rate_tiers(values, cost, tiers, np.full(1000, 12.0))
    assert certificate["rates_tie"] is True
    rounded = 300_012 * 401 + 600_046 * 300 + 900_079 * 299
    lacks = frozen.budget_minor - rounded
    assert lacks == -30
    span = range(-40, 41)
    met = [(a, b, c) for a in span for b in span for c in span if 401 * a + 300 * b + 299 * c == lacks]
    best = min((max(map(abs, moves)), sum(map(abs, moves))) for moves in met)
    found = [frozen.rate_moves.get(rate, 0) for rate in (300_012, 600_046, 900_079)]
    assert (max(map(abs, found)), sum(map(abs, found))) == best
