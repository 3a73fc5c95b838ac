"""The engine against published results: official files where they are at hand, misses where a figure is altered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from riskkit.data.mssp_results import PublishedResults, read_results
from riskkit.data.presets import find_presets
from riskkit.policy import read_policy
from riskkit.settlement.policy import SettlementPolicy
from riskkit.settlement.published import compare_results

FOLDER = Path(__file__).parents[4] / "shared" / "data" / "mssp_aco"
OFFICIAL = {
    # rows, contracts with savings, with losses, held by a cap (official results of the three years)
    2014: (333, 92, 0, 0),
    2015: (392, 120, 0, 0),
    2016: (432, 134, 4, 1),
}
needs_data = pytest.mark.skipif(not FOLDER.is_dir(), reason="../shared/data/mssp_aco is not there")


@pytest.fixture(scope="module")
def policy() -> SettlementPolicy:
    return read_policy(find_presets() / "models" / "settlement" / "mssp.toml", SettlementPolicy)


def official(year: int) -> PublishedResults:
    return read_results(FOLDER / f"mssp_aco_puf_{year}.csv")


@needs_data
@pytest.mark.shared_data
@pytest.mark.parametrize("year", OFFICIAL)
def test_every_official_contract_is_reproduced(policy: SettlementPolicy, year: int) -> None:
    results = official(year)
    summary = compare_results(policy, results.frame).summarise()
    assert summary["misses"] == []
    counts = tuple(summary[name] for name in ("rows", "savings_rows", "loss_rows", "capped_rows"))
    assert counts == OFFICIAL[year]
    assert summary["benchmark_identity_share"] == summary["rule_share"] == summary["reproduced_share"] == 1.0
    # the printed share rate has four places, of .25 at least: .00005 / .25 = .02%
    assert summary["largest_earned_relative_difference"] <= 0.0002


@needs_data
@pytest.mark.shared_data
def test_another_printing_of_an_official_file_is_reproduced_as_well(policy: SettlementPolicy, tmp_path: Path) -> None:
    raw = pd.read_csv(FOLDER / "mssp_aco_puf_2016.csv", dtype="str", keep_default_na=False)
    amounts = ["ABtotBnchmk", "ABtotExp", "BnchmkMinExp", "GenSaveLoss", "EarnSaveLoss"]
    for name in amounts:
        numbers = pd.to_numeric(raw[name])
        raw[name] = [f"(${-value:,})" if value < 0 else f"${value:,}" if value else "*" for value in numbers]
    flags = [name for name in raw.columns if "Track" in name]
    track = raw[[f"Current_Track_{number}" for number in (1, 2, 3)]].eq("1").to_numpy().argmax(axis=1) + 1
    mutated = raw.drop(columns=[*flags, "ACO_State"]).assign(Current_Track=[f"Track {number}" for number in track])
    path = tmp_path / "results 2016.csv"
    mutated.assign(Comment="1,000").rename(columns=str.upper).to_csv(path, index=False)
    summary = compare_results(policy, read_results(path).frame).summarise()
    assert (summary["rows"], summary["reproduced_share"], summary["misses"]) == (432, 1.0, [])


@needs_data
@pytest.mark.shared_data
def test_the_minimum_rate_by_lives_is_the_published_one_from_5000_lives_on(policy: SettlementPolicy) -> None:
    from riskkit.settlement.bands import read_minimum

    surplus = policy.tracks["1"].surplus
    assert surplus is not None
    assert surplus.minimum is not None
    for year, tolerance in ((2014, 1e-6), (2015, 6e-5), (2016, 1e-6)):
        frame = official(year).frame
        large = frame[(frame["track"] == "1") & (frame["lives"] >= 5000)]
        ours = [float(read_minimum(surplus.minimum, lives) or 0) for lives in large["lives"]]
        assert large["minimum_rate"].tolist() == pytest.approx(ours, abs=tolerance)


def results(**change: object) -> pd.DataFrame:
    # 5% of 100,000,000 saved in track 1 at a share of .45: 2,250,000 less 2% = 2,205,000
    row = {
        "aco_id": "A1",
        "name": "One",
        "track": "1",
        "agreement_year": 1.0,
        "lives": 20000.0,
        "benchmark": 1e8,
        "expenditure": 9.5e7,
        "difference": 5e6,
        "generated": 5e6,
        "earned": 2205000.0,
        "minimum_rate": 0.025,
        "share_rate": 0.45,
        "loss_rate": float("nan"),
        "quality": 0.9,
        "disaster_adjustment": float("nan"),
        "share_rate_half_unit": 0.00005,
        "minimum_rate_half_unit": 0.00005,
    }
    return pd.DataFrame([{**row, **change}])


def test_a_contract_by_the_rules_is_reproduced(policy: SettlementPolicy) -> None:
    assert compare_results(policy, results()).misses == []


def test_without_a_share_rate_the_share_is_that_of_the_track_times_quality(policy: SettlementPolicy) -> None:
    assert compare_results(policy, results(share_rate=float("nan"))).misses == []


def test_a_year_that_prints_no_generated_amount_is_held_to_its_payments(policy: SettlementPolicy) -> None:
    assert compare_results(policy, results(generated=float("nan"))).misses == []
    unpaid = compare_results(policy, results(generated=float("nan"), earned=0.0)).misses
    assert {miss["check"] for miss in unpaid} == {"minimum_rate_rule", "earned"}


def test_a_loss_without_a_share_rate_is_shared_by_the_track_and_quality(policy: SettlementPolicy) -> None:
    # track 3: 75% x quality .8 = .6, so .4 of a loss of 5,000,000 is owed; of 60% of a printed largest share, 1 - .48
    change = {"track": "3", "expenditure": 1.05e8, "difference": -5e6, "generated": -5e6, "quality": 0.8}
    unknown = {**change, "share_rate": float("nan")}
    assert compare_results(policy, results(**unknown, earned=-2e6)).misses == []
    assert compare_results(policy, results(**unknown, earned=-2.6e6, largest_share=0.6)).misses == []


@pytest.mark.parametrize(
    ("year", "rate", "earned"),
    [
        # .45 x 5,000,000 = 2,250,000, less 2%, 4/12 of 2%, nothing, (3 x 1% + 6 x 2%) / 12 = 1.25%, and 2%
        (2019, 0.02, 2205000.0),
        (2020, 0.02 / 3, 2235000.0),
        (2021, 0.0, 2250000.0),
        (2022, 0.0125, 2221875.0),
        (2023, 0.02, 2205000.0),
    ],
)
def test_sequestration_is_that_of_the_performance_year(
    policy: SettlementPolicy, year: int, rate: float, earned: float
) -> None:
    comparison = compare_results(policy, results(performance_year=float(year), earned=earned))
    summary: dict[str, Any] = comparison.summarise()
    assert comparison.misses == []
    assert summary["sequestration_rate"] == pytest.approx(rate)
    assert summary["sequestration_implied"] == pytest.approx(rate, abs=5e-5)
    # one hundredth of what was earned too little is a miss, and what was implied says so
    missed: dict[str, Any] = compare_results(
        policy, results(performance_year=float(year), earned=earned - 22500)
    ).summarise()
    assert [miss["check"] for miss in missed["misses"]] == ["earned"]
    assert missed["sequestration_implied"] == pytest.approx(rate + 0.01, abs=5e-5)


def test_the_rounding_of_whole_amounts_is_no_miss(policy: SettlementPolicy) -> None:
    assert compare_results(policy, results(difference=5e6 + 1, generated=5e6 + 1)).misses == []


@pytest.mark.parametrize(
    ("change", "check", "reason"),
    [
        ({"difference": 5e6 + 2}, "benchmark_identity", "not benchmark less expenditure"),
        ({"difference": float("nan")}, "benchmark_identity", "difference is not published"),
        ({"generated": 0.0}, "minimum_rate_rule", "says otherwise"),
        ({"generated": 5e6 - 1}, "minimum_rate_rule", "says otherwise"),
        ({"generated": float("nan"), "name": "Two"}, "minimum_rate_rule", "generated amount is not published"),
        ({"track": ""}, "minimum_rate_rule", "no flag of a track is set"),
        ({"track": ""}, "earned", "no flag of a track is set"),
        ({"track": "9"}, "earned", "its track '9' is none of the policy's"),
        ({"earned": 0.0}, "earned", "the rules give 2,205,000"),
        ({"earned": 1e6, "share_rate": float("nan")}, "earned", "share rate not published"),
        ({"minimum_rate": 0.05004}, "minimum_rate_rule", "within the printed rounding"),
        ({"earned": 0.0}, "earned", "nothing was paid although"),
        ({"earned": 2250000.0}, "earned", "0.450000 of what was generated"),
        ({"earned": 2205000.0 + 450.0}, "earned", "no rule of the policy gives it"),
        ({"earned": float("nan")}, "earned", "not published"),
        ({"benchmark": float("nan")}, "earned", "benchmark or expenditure is not published"),
    ],
)
def test_an_altered_figure_is_a_miss_with_its_reason(
    policy: SettlementPolicy, change: dict[str, Any], check: str, reason: str
) -> None:
    # a second contract by the rules, so that the year prints what it prints
    frame = pd.concat([results(**change), results(aco_id="B1")], ignore_index=True)
    misses = compare_results(policy, frame).misses
    found = [miss for miss in misses if miss["check"] == check]
    assert len(found) == 1
    assert reason in str(found[0]["reason"])
    assert found[0]["aco_id"] == "A1"


def test_a_tie_with_the_printed_rate_is_decided_by_the_rate_of_its_lives(policy: SettlementPolicy) -> None:
    # 20,000 lives: 2.5%. Printed as 2.50%, a rate of 2.499% misses it and one of 2.5% reaches it
    below = {"expenditure": 97501000.0, "difference": 2499000.0, "lives": 20000.0, "minimum_rate": 0.02502}
    assert compare_results(policy, results(**below, generated=0.0, earned=0.0)).misses == []
    reached = {**below, "expenditure": 97500000.0, "difference": 2500000.0, "generated": 2500000.0}
    assert compare_results(policy, results(**reached, earned=1102500.0)).misses == []


def test_less_owed_than_the_rules_give_points_to_a_limit_on_revenue(policy: SettlementPolicy) -> None:
    # Track 1+: 30% of 5,000,000 is 1,500,000; a limit of 8% of revenue may have held it at 900,000
    change = {"track": "1+", "expenditure": 1.05e8, "difference": -5e6, "generated": -5e6, "earned": -9e5}
    misses = compare_results(policy, results(**change)).misses
    assert ["limit on revenue" in str(miss["reason"]) for miss in misses] == [True]


def test_a_disaster_adjustment_lowers_what_is_owed(policy: SettlementPolicy) -> None:
    # track 3: 5% lost, 1 - .72 = .28 rises to .40: 2,000,000 owed, 300,000 forgiven
    change = {"track": "3", "expenditure": 1.05e8, "difference": -5e6, "generated": -5e6, "share_rate": 0.72}
    assert compare_results(policy, results(**change, earned=-2e6)).misses == []
    forgiven = results(**change, earned=-1.7e6, disaster_adjustment=3e5)
    assert compare_results(policy, forgiven).misses == []


@pytest.mark.parametrize(
    ("half_unit", "beyond", "held"),
    [
        # .0002 x (2,205,000 + 441) = 441.09, and 1: 442 holds, 443 does not; a finer share takes nothing away
        (0.00005, 442.0, True),
        (0.00005, 443.0, False),
        (5e-13, 442.0, True),
        # a share of three places: .0005 x 5,000,000 = 2,500, and 1; one of a single place allows no more
        (0.0005, 2501.0, True),
        (0.05, 2501.0, True),
        (0.05, 2502.0, False),
    ],
)
def test_an_earned_amount_may_differ_by_the_rounding_of_its_own_share(
    policy: SettlementPolicy, half_unit: float, beyond: float, held: bool
) -> None:
    change = {"earned": 2205000.0 + beyond, "share_rate_half_unit": half_unit}
    assert (compare_results(policy, results(**change)).misses == []) is held


@pytest.mark.parametrize(("rate", "check"), [("minimum_rate", "minimum_rate_rule"), ("share_rate", "earned")])
def test_a_rate_above_one_is_the_rows_own_fault(policy: SettlementPolicy, rate: str, check: str) -> None:
    misses = compare_results(policy, results(**{rate: 3.1})).misses
    assert f"its {rate} is 3.1, above 1" in next(str(miss["reason"]) for miss in misses if miss["check"] == check)


def test_rows_without_an_identifier_count_and_are_named(policy: SettlementPolicy) -> None:
    summary: dict[str, Any] = compare_results(policy, results(), [(7, "Two")]).summarise()
    assert (summary["rows"], summary["rows_without_identifier"]) == (2, 1)
    assert summary["reproduced_share"] == summary["rule_share"] == summary["benchmark_identity_share"] == 0.5
    assert [(miss["name"], miss["reason"]) for miss in summary["misses"]] == [
        ("Two", "row 7 of the file has no identifier and is not settled")
    ]


def test_the_funds_cost_is_the_sum_of_the_published_expenditure(policy: SettlementPolicy) -> None:
    # the first prints a difference that is 1 more than its amounts, the third has no track: 3 x 95,000,000
    frame = pd.concat(
        [results(difference=5e6 + 1, generated=5e6 + 1), results(aco_id="B1"), results(aco_id="C1", track="")]
    )
    comparison = compare_results(policy, frame)
    assert comparison.settlement.totals["actual_minor"].sum() == 285000000
    assert comparison.settlement.totals["prepaid_minor"].tolist() == [100000000, 100000000, 95000000]
    assert comparison.summarise()["identity_rounding"] == 1.0
