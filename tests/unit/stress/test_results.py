"""Figures and frames agree with the paths that they are made from."""

from __future__ import annotations

import numpy as np
import pytest

from riskkit.stress.model import make_model
from riskkit.stress.projection import FundFlows, compute_fund_flows
from riskkit.stress.reading import read_stress_policy
from riskkit.stress.results import make_path_frame, make_team_frame, summarise_fund
from riskkit.stress.simulation import simulate
from tests.stress_policies import BASE, make_policy

MODEL = make_model(read_stress_policy(BASE))
PROJECTION = simulate({"a": MODEL}, 300, 0)["a"]
FLOWS = compute_fund_flows(MODEL, PROJECTION)


def test_breach_ruin_and_first_year_by_hand() -> None:
    growth = np.array([[0.06, 0.01], [0.05, 0.07], [0.0, 0.0], [0.06, 0.06]])
    reserve = np.array([[5.0, -1.0], [-1.0, 3.0], [1.0, 1.0], [0.0, 0.0]])
    ones = np.ones((4, 2))
    model = make_model(make_policy(fund__reserve=2))
    found = summarise_fund(model, FundFlows(ones, ones, ones, ones, reserve, growth, np.ones((4, 2, 1))))
    # .05 is no breach of a line of .05.
    assert [year["value"] for year in found["breach"]["by_year"]] == [0.5, 0.5]
    assert found["breach"]["ever"]["value"] == 0.75
    assert found["breach"]["mean_per_year"]["value"] == 0.5
    assert found["breach"]["first_year"] == [0.5, 0.25]
    assert found["breach"]["none"] == 0.25
    # A reserve of nought is no ruin; once below, ruined it stays.
    assert [year["value"] for year in found["ruin"]["by_year"]] == [0.25, 0.5]
    # Losses 2 - (-1, 3, 1, 0) = 3, -1, 1, 2; the worst 5% of four paths is a part of the 3.
    assert found["loss"]["tvar_95"] == pytest.approx(3)
    assert found["loss"]["mean"]["value"] == 1.25


def test_shares_of_first_breach_sum_to_one() -> None:
    breach = summarise_fund(MODEL, FLOWS)["breach"]
    assert sum(breach["first_year"]) + breach["none"] == pytest.approx(1)
    assert sum(breach["first_year"]) == pytest.approx(breach["ever"]["value"])


def test_the_path_frame_holds_every_path_and_year_in_order() -> None:
    frame = make_path_frame(PROJECTION, FLOWS, "base")
    assert len(frame) == 300 * 5
    row = frame.query("path == 17 and year == 3").iloc[0]
    assert row["cost_amount"] == FLOWS.cost[17, 2]
    assert row["growth"] == FLOWS.growth[17, 2]
    assert frame[["path", "year"]].equals(frame[["path", "year"]].sort_values(["path", "year"]))


def test_teams_sum_to_the_fund() -> None:
    teams = make_team_frame(MODEL, PROJECTION, FLOWS)
    assert len(teams) == 20 * 5
    sums = teams.groupby("year")[["members", "cost_amount", "result_amount"]].sum()
    assert sums["members"].to_numpy() == pytest.approx(FLOWS.members.mean(axis=0))
    assert sums["cost_amount"].to_numpy() == pytest.approx(FLOWS.cost.mean(axis=0))
    assert sums["result_amount"].to_numpy() == pytest.approx(FLOWS.team_result.sum(axis=-1).mean(axis=0))


def test_a_team_that_is_insolvent_stays_so() -> None:
    teams = make_team_frame(MODEL, PROJECTION, FLOWS)
    by_year = teams.pivot_table(index="team", columns="year", values="p_insolvent").to_numpy()
    assert (np.diff(by_year, axis=1) >= 0).all()


def test_smaller_teams_have_more_luck() -> None:
    first = make_team_frame(MODEL, PROJECTION, FLOWS).query("year == 1").set_index("team")
    assert first.loc["team_01", "surplus_share_sd"] > 1.5 * first.loc["team_20", "surplus_share_sd"]
