"""What must hold for any contract: sums are exact, more saved never retains less, and order never matters."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from riskkit.data.presets import find_presets
from riskkit.policy import read_policy
from riskkit.settlement.accounts import Newcomers, build_accounts
from riskkit.settlement.money import split_whole
from riskkit.settlement.policy import SettlementPolicy
from riskkit.settlement.statement import settle

FOLDER = find_presets() / "models" / "settlement"
POLICIES = {
    name: read_policy(FOLDER / f"{name}.toml", SettlementPolicy)
    for name in ("seed_50_70", "aca_risk_corridor", "reach_global", "legacy_50_30", "emergency_60_40", "xiaoyi", "mssp")
}
BOUNDED = [name for name in POLICIES if name != "mssp"]
PERSONS, TEAMS = ["a", "b", "c", "d", "e"], ["T1", "T2", None]
YEAR_START, YEAR_END = pd.Timestamp("2023-01-01"), pd.Timestamp("2024-01-01")
AMOUNT = st.integers(min_value=1, max_value=10**12)


@given(st.integers(-(10**12), 10**12), st.lists(st.fractions(0, 1000), min_size=1, max_size=20))
def test_parts_sum_to_the_whole_and_are_within_a_unit(total: int, weights: list[Fraction]) -> None:
    weights = [*weights, Fraction(1)]
    parts = split_whole(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(total) * weight / sum(weights)) < 1


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(sorted(POLICIES)), AMOUNT, AMOUNT, st.floats(0, 100), st.sampled_from([None, "quality"]))
def test_every_statement_reconciles(name: str, prepaid: int, actual: int, quality: float, cause: str | None) -> None:
    row = {
        "team_id": "T",
        "prepaid_minor": prepaid,
        "actual_minor": actual,
        "quality": quality / (100 if name == "mssp" else 1),
        "share_rate": 0.5,
        "lives": 10000,
        "track": "3" if name == "mssp" else None,
        "cause": cause if name == "seed_50_70" else None,
    }
    # settle refuses totals that do not reconcile; the lines say the same
    settlement = settle(POLICIES[name], pd.DataFrame([row]))
    held = settlement.lines.groupby(["section", "item"])["amount_minor"].sum()
    total = settlement.totals.iloc[0]
    assert held["account", "prepaid"] + held["account", "actual"] == total["surplus_minor"]
    # where the team holds the money, what moves is the fund's side of the same difference
    moved = total["retained_minor"] - total["borne_team_minor"]
    others = total[["borne_fund_minor", "borne_treasury_minor", "borne_other_minor"]].sum() - total["returned_minor"]
    assert held["net", "net"] == (others if POLICIES[name].contract.funds == "prepaid" else moved)
    assert 0 <= total["retained_minor"] <= max(total["surplus_minor"], 0)
    assert 0 <= total["borne_team_minor"] <= max(-total["surplus_minor"], 0)


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(BOUNDED), AMOUNT, st.lists(AMOUNT, min_size=2, max_size=6, unique=True))
def test_a_team_that_costs_less_never_ends_worse(name: str, prepaid: int, costs: list[int]) -> None:
    ordered = sorted(costs)
    rows = [
        {"team_id": f"T{at}", "prepaid_minor": prepaid, "actual_minor": cost, "quality": 80.0}
        for at, cost in enumerate(ordered)
    ]
    totals = settle(POLICIES[name], pd.DataFrame(rows)).totals
    net = (totals["retained_minor"] - totals["borne_team_minor"]).tolist()
    assert net == sorted(net, reverse=True)


@settings(deadline=None, max_examples=30)
@given(st.randoms(use_true_random=False))
def test_the_order_of_contracts_never_matters(random: object) -> None:
    rows = pd.DataFrame(
        {
            "team_id": [f"T{at}" for at in range(6)],
            "prepaid_minor": 1000003,
            "actual_minor": [999001 + 7 * at for at in range(6)],
            "quality": 77.7,
        }
    )
    order = list(range(6))
    random.shuffle(order)  # type: ignore[attr-defined]
    first = settle(POLICIES["seed_50_70"], rows)
    second = settle(POLICIES["seed_50_70"], rows.iloc[order])
    pd.testing.assert_frame_equal(first.lines, second.lines)
    pd.testing.assert_frame_equal(first.totals, second.totals)


SPAN = st.tuples(st.sampled_from(PERSONS), st.sampled_from(TEAMS), st.integers(-500, 364), st.integers(1, 500))
CLAIM = st.tuples(st.sampled_from([*PERSONS, "z"]), st.integers(0, 364), st.integers(-5000, 100000))


@settings(deadline=None, max_examples=60)
@given(
    st.lists(SPAN, min_size=1, max_size=5, unique_by=lambda span: span[0]),
    st.lists(CLAIM, max_size=12),
    st.lists(st.sampled_from(PERSONS), unique=True, max_size=4),
    st.sampled_from(["stop_loss", "seed_50_70", "full_retention"]),
    st.integers(0, 10**6),
)
def test_no_claim_of_a_year_is_lost_whoever_joins_or_leaves(
    spans: list[tuple[str, str | None, int, int]],
    claims: list[tuple[str, int, int]],
    rated: list[str],
    name: str,
    stated: int,
) -> None:
    policy = read_policy(FOLDER / f"{name}.toml", SettlementPolicy)
    day = pd.Timedelta(days=1)
    rows = [
        (person, team, YEAR_START + first * day, YEAR_START + (first + length) * day)
        for person, team, first, length in spans
    ]
    # one member is in a team all year, so that there is something to settle
    rows.append(("w", "T1", YEAR_START - 500 * day, YEAR_END))
    table = pd.DataFrame(rows, columns=["person_id", "team_id", "start_date", "end_date"])
    made = [(person, YEAR_START + at * day, "outpatient", cents / 100) for person, at, cents in claims]
    told = pd.DataFrame(made, columns=["person_id", "date", "setting", "amount"])
    rates = pd.DataFrame({"person_id": ["w", *rated], "rate_minor": 36500})
    persons = pd.DataFrame({"person_id": ["w", *PERSONS], "sex": "female", "birth_date": pd.Timestamp("1970-01-01")})
    accounts = build_accounts(
        policy,
        rates,
        told.astype({"date": "datetime64[ns]", "amount": "float64"}),
        table,
        start=YEAR_START,
        end=YEAR_END,
        newcomers=Newcomers(persons, {"T2": stated}),
    )
    share = Fraction(repr(policy.actual.pool_share.value)) if policy.actual else Fraction(1)
    contracts, outside = accounts.contracts, accounts.outside
    whole = sum(cents for _, _, cents in claims)
    assert contracts["full_minor"].sum() + outside["full_minor"].sum() == whole
    # each team's claims in full times the share, rounded once; outside, the groups are a team's or of no team
    assert contracts["paid_minor"].tolist() == [round(int(full) * share) for full in contracts["full_minor"]]
    assert abs(outside["paid_minor"].sum() - outside["full_minor"].sum() * share) <= 0.5 * (len(TEAMS) + 1)
    assert (outside["prepaid_minor"] == outside["actual_minor"] + outside["surplus_minor"]).all()
    assert contracts["prepaid_minor"].sum() == accounts.members["prepaid_minor"].sum()
    # a member's prepaid amounts are the rates of the teams times the days in each, rounded once
    for person, own in accounts.members.groupby("person_id"):
        days = own["member_months"] * 365 / 12
        flat = own["joined"] & (own["team_id"] == "T2")
        due = (days * flat.map({True: stated, False: 36500})).sum() / 365
        assert abs(own["prepaid_minor"].sum() - due) <= 0.5 + 1e-6, person
