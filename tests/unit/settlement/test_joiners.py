"""Members who join within the year are prepaid by their days, or stand in an account of their own; nothing is lost."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from pydantic import ValidationError

from riskkit.settlement.accounts import Accounts, Newcomers, build_accounts
from riskkit.settlement.joiners import Joiners, find_joiners, rate_joiners
from riskkit.settlement.outside import sum_outside
from riskkit.settlement.policy import SettlementPolicy
from riskkit.settlement.statement import settle
from tests.unit.settlement.conftest import make_policy, number
from tests.unit.settlement.test_accounts import END, FOREVER, START, make_claims, make_spans

DEMOGRAPHIC = {"rate": "demographic", "ages": [number(65, "years")]}
# two women below 65 at 365.00 and 730.00 for 6 and 12 months, a man of 70 at 1,460.00
RATES = pd.DataFrame(
    {"person_id": ["f", "g", "m"], "rate_minor": [36500, 73000, 146000], "exposure_months": [6.0, 12.0, 12.0]}
)
PERSONS = pd.DataFrame(
    {
        "person_id": ["f", "g", "m", "n", "o", "x"],
        "sex": ["female", "female", "male", "female", "male", None],
        "birth_date": pd.to_datetime(
            ["1973-01-01", "1983-01-01", "1953-01-01", "1980-01-01", "1980-01-01", "1980-01-01"]
        ),
    }
)
SPANS = make_spans(
    ("f", "T1", "2022-01-01", FOREVER),
    ("g", "T1", "2022-01-01", FOREVER),
    ("m", "T2", "2022-01-01", FOREVER),
    ("n", "T1", "2023-03-15", "2023-05-27"),  # a woman who joins T1 for 73 days,
    ("n", "T2", "2023-05-27", "2023-08-08"),  # and T2 for 73 more
    ("o", "T2", "2023-12-22", FOREVER),  # a man below 65 for 10 days
    ("x", "T1", "2023-07-01", FOREVER),  # of a sex that is not known
)
CLAIMS = make_claims(
    ("f", "2023-02-01", "outpatient", 1.0),
    ("n", "2023-04-01", "outpatient", 2.0),
    ("n", "2023-06-01", "inpatient", 4.0),
    ("n", "2023-09-01", "outpatient", 8.0),  # after leaving
    ("o", "2023-12-24", "outpatient", 16.0),
    ("x", "2023-08-01", "outpatient", 32.0),
    ("z", "2023-08-01", "outpatient", 64.0),  # nobody of ours
)


def build(policy: SettlementPolicy, **stated: int) -> Accounts:
    newcomers = Newcomers(PERSONS, stated)
    return build_accounts(policy, RATES, CLAIMS, SPANS, start=START, end=END, newcomers=newcomers)


def test_a_joiner_is_one_without_a_rate_who_was_in_no_team_as_the_year_began() -> None:
    old = make_spans(("p", "T1", "2022-01-01", "2023-06-01"), ("p", "T2", "2023-06-01", FOREVER))
    found = find_joiners(RATES, pd.concat([SPANS, old]), START, END)
    assert found.to_numpy().tolist() == [["n", "T1"], ["n", "T2"], ["o", "T2"], ["x", "T1"]]


@pytest.mark.parametrize(
    ("months", "found"),
    [
        (0, ["r"]),  # r came back after a year without a team
        (3, ["r"]),  # s joined three months before the year to the day
        (4, ["r", "s"]),  # four months leave too little to be rated by
        (7, ["r", "s"]),  # t has been back for seven months
        (12, ["r", "s", "t"]),
    ],
)
def test_who_joined_too_late_to_be_rated_is_a_joiner_as_well(months: int, found: list[str]) -> None:
    spans = make_spans(
        ("q", "T1", "2020-01-01", FOREVER),  # has been a member for years: without a rate not of the scheme
        ("r", "T1", "2020-01-01", "2021-12-31"),
        ("r", "T1", "2023-03-01", FOREVER),
        ("s", "T1", "2022-10-01", FOREVER),
        ("f", "T1", "2022-10-01", FOREVER),  # has a rate
        ("t", "T1", "2020-01-01", "2022-05-01"),  # was away in May
        ("t", "T2", "2022-06-01", FOREVER),
    )
    joined = find_joiners(RATES, spans, START, END, lookback_months=months)
    assert joined["person_id"].tolist() == found


def test_a_member_of_less_than_the_look_back_is_prepaid_for_the_whole_year() -> None:
    spans = pd.concat([SPANS, make_spans(("p", "T1", "2022-10-01", FOREVER))])
    persons = pd.concat([PERSONS, PERSONS.tail(1).assign(person_id="p", sex="female")], ignore_index=True)
    for lookback, extra in ((None, 0), (number(12, "months"), 36500)):
        block = {**DEMOGRAPHIC, **({} if lookback is None else {"lookback": lookback})}
        accounts = build_accounts(
            make_policy(joiners=block),
            RATES,
            CLAIMS,
            spans,
            start=START,
            end=END,
            newcomers=Newcomers(persons, {"T1": 36500}),
        )
        # n and x as before, 73 and 184 days; p for 365 days
        joined = accounts.contracts.set_index("team_id")["joined_prepaid_minor"]
        assert joined["T1"] == 7300 + 18400 + extra


def test_the_rate_is_the_mean_of_the_rated_of_the_same_age_and_sex() -> None:
    joiners = find_joiners(RATES, SPANS, START, END)
    block = Joiners.model_validate(DEMOGRAPHIC)
    rated = rate_joiners(block, joiners, RATES, PERSONS, start=START)
    # women below 65: (6 x 36,500 + 12 x 73,000) / 18 = 60,833.33; men below 65 have no cell, so they count as the mean
    # of all, (219,000 + 876,000 + 1,752,000) / 30 = 94,900; x has no sex and so no rate
    assert rated.to_numpy().tolist() == [["n", "T1", 60833], ["n", "T2", 60833], ["o", "T2", 94900]]


def test_a_stated_rate_goes_before_the_mean_and_is_the_teams_own() -> None:
    joiners = find_joiners(RATES, SPANS, START, END)
    rated = rate_joiners(
        Joiners.model_validate(DEMOGRAPHIC), joiners, RATES, PERSONS, start=START, stated={"T2": 36500}
    )
    assert rated["rate_minor"].tolist() == [60833, 36500, 36500]
    only = rate_joiners(Joiners(rate="stated"), joiners, RATES, PERSONS, start=START, stated={"T2": 36500})
    assert only.to_numpy().tolist() == [["n", "T2", 36500], ["o", "T2", 36500]]


def test_a_joiner_is_prepaid_by_the_days_in_each_team() -> None:
    accounts = build(make_policy(joiners=DEMOGRAPHIC), T1=36500, T2=73000)
    teams = accounts.contracts.set_index("team_id")
    # n: 73 days of 365 in T1 at 365.00 and 73 in T2 at 730.00; x: 184 days in T1; o: 10 days in T2 at 730.00
    assert teams["joined_prepaid_minor"].to_dict() == {"T1": 7300 + 18400, "T2": 14600 + 2000}
    assert teams["prepaid_minor"].to_dict() == {"T1": 36500 + 73000 + 25700, "T2": 146000 + 16600}
    assert teams["joined_lives"].to_dict() == {"T1": 2, "T2": 2}
    assert teams["paid_minor"].to_dict() == {"T1": 100 + 200 + 3200, "T2": 400 + 1600}


def test_a_joiner_without_a_rate_is_an_account_of_its_own_that_reconciles() -> None:
    accounts = build(make_policy(joiners=DEMOGRAPHIC))
    rows = accounts.outside.set_index(["account", "team_id"])
    assert rows["paid_minor"].to_dict() == {
        ("joined_without_a_rate", "T1"): 3200,
        ("without_a_rate", "(no team)"): 6400,
        ("without_a_team", "(no team)"): 800,
    }
    assert (rows["prepaid_minor"] == rows["actual_minor"] + rows["surplus_minor"]).all()
    assert (rows["borne_fund_minor"] == -rows["surplus_minor"]).all()


@pytest.mark.parametrize("blocks", [{}, {"joiners": DEMOGRAPHIC}, {"joiners": {"rate": "stated"}}])
def test_every_claim_is_a_teams_or_stands_outside(blocks: dict[str, Any]) -> None:
    accounts = build(make_policy(**blocks), T1=36500)
    # 1 + 2 + 4 + 8 + 16 + 32 + 64 = 127.00
    assert accounts.contracts["paid_minor"].sum() + sum(sum_outside(accounts.outside).values()) == 12700


def test_a_policy_that_says_nothing_of_joiners_prepays_none() -> None:
    accounts = build(make_policy(), T1=36500)
    assert accounts.contracts["joined_prepaid_minor"].tolist() == [0, 0]
    assert sum_outside(accounts.outside)["joined_without_a_rate_minor"] == 200 + 400 + 1600 + 3200


def test_the_statement_says_what_was_prepaid_for_those_who_joined() -> None:
    accounts = build(make_policy(joiners=DEMOGRAPHIC), T1=36500, T2=73000)
    lines = settle(make_policy(), accounts.contracts).lines
    told = lines[(lines["team_id"] == "T1") & lines["item"].str.startswith("prepaid")]
    assert told[["item", "detail", "amount_minor"]].to_numpy().tolist() == [
        ["prepaid_rated", "", 109500],
        ["prepaid_joined", "2", 25700],
        ["prepaid", "", 135200],
    ]


@pytest.mark.parametrize(
    "block",
    [
        {"rate": "demographic"},
        {"rate": "demographic", "ages": [number(65), number(45)]},
        {"rate": "stated", "ages": [number(65)]},
    ],
)
def test_a_demographic_rate_needs_its_bands(block: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="a demographic rate needs ages that rise"):
        Joiners.model_validate(block)
