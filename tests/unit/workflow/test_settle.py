"""A file of contracts or of published results is settled whole, or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from riskkit.data.presets import find_presets
from riskkit.errors import DataContractError, PolicyError, RiskkitError
from riskkit.workflow.settle import settle_file
from riskkit.workflow.settle_text import describe_settlement

PRESETS = find_presets() / "models" / "settlement"
CONTRACTS = "team_id,prepaid_amount,actual_amount,quality\n007,10000.00,9000.00,70\n008,10000,9999.99,50\n"
INSTITUTIONS = "team_id,institution_id,role,volume\n007,01,1,1\n007,02,1,3\n"
HEAD = "ACO_Num,ACO_Name,Start_Date,Track1,Track2,N_AB,MinSavPerc,BnchmkMinExp,GenSaveLoss,EarnSaveLoss,QualScore,"
RESULTS = (
    f"{HEAD}ABtotBnchmk,ABtotExp,QualPerfShare,FinalShareRate\n"
    # 10% of 100,000 saved: .45 x .98 of 10,000 = 4,410; and a row whose payment is 100 too high
    "A1,One,4/1/2012,1,0,20000,2.5%,10000,10000,4410,90%,100000,90000,50%,45.00%\n"
    "A2,Two,4/1/2012,1,0,20000,2.5%,10000,10000,4510,90%,100000,90000,50%,45.00%\n"
)


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def summary(out: Path) -> dict[str, Any]:
    held: dict[str, Any] = json.loads((out / "summary.json").read_text(encoding="utf-8"))["settlement"]
    return held


def test_contracts_are_settled_with_statements_that_tie_to_the_fund(tmp_path: Path) -> None:
    source = write(tmp_path, "contracts.csv", CONTRACTS)
    year = settle_file(PRESETS / "seed_50_70.toml", source, tmp_path / "out")
    held = summary(tmp_path / "out")
    # 1,000.00 at quality 70: 566.67; 0.01 at quality 50: behind the gate
    assert held["fund_totals"]["retained_minor"] == 56667
    assert held["fund_totals"]["surplus_minor"] == 100001
    assert held["reconciles"] is True
    totals = pd.read_csv(tmp_path / "out" / "totals.csv", dtype={"team_id": "str"})
    assert totals["team_id"].tolist() == ["007", "008"]
    assert totals["net_minor"].sum() == held["fund_totals"]["net_minor"]
    assert (tmp_path / "out" / "statements" / "007.zh.html").is_file()
    assert "Settled 2 teams under seed_50_70" in describe_settlement(year)[0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        # one cell too many once made team "100" with prepaid 90 of row "A"
        ("team_id,prepaid_amount,actual_amount\nA,100,90,7\n", "row 2 has 4 cells, the header 3"),
        ("team_id,prepaid_amount,prepaid_amount,actual_amount\nA,1,2,3\n", "'prepaid_amount' stands 2 times"),
        ("team_id,prepaid_amount,actual_amount\nA,1e400,90\n", "prepaid_amount of team 'A' .row 2. is '1e400'"),
    ],
)
def test_a_contract_that_cannot_be_read_as_written_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataContractError, match=message):
        settle_file(PRESETS / "full_retention.toml", write(tmp_path, "contracts.csv", text), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_published_results_go_with_tracks_and_without_institutions(tmp_path: Path) -> None:
    source = write(tmp_path, "puf_2014.csv", RESULTS)
    with pytest.raises(PolicyError, match=r"policy full_retention: it has no \[tracks\]"):
        settle_file(PRESETS / "full_retention.toml", source, tmp_path / "out")
    given = write(tmp_path, "institutions.csv", INSTITUTIONS)
    with pytest.raises(DataContractError, match="Leave out --institutions"):
        settle_file(PRESETS / "mssp.toml", source, tmp_path / "out", institutions=given)


def test_a_contract_twice_or_without_a_benchmark_is_a_miss_and_the_year_is_settled(tmp_path: Path) -> None:
    head, first, _, _ = RESULTS.split("\n")
    empty = "A3,Three,4/1/2012,1,0,20000,2.5%,0,0,0,90%,0,0,50%,45.00%"
    source = write(tmp_path, "puf_2014.csv", "\n".join([head, first, first, empty, ""]))
    settle_file(PRESETS / "mssp.toml", source, tmp_path / "out")
    held = summary(tmp_path / "out")
    # A1 alone is reproduced, of three rows: its second row and the one without a benchmark are not
    assert held["rows"] == 3
    assert held["rows_repeated"] == 1
    assert held["reproduced_share"] == pytest.approx(1 / 3)
    reasons = {(miss["aco_id"], miss["check"]): miss["reason"] for miss in held["misses"]}
    assert sorted(reasons) == [("A1", "identifier"), ("A3", "earned"), ("A3", "minimum_rate_rule")]
    assert reasons["A1", "identifier"].startswith("row 3 of the file repeats")
    assert reasons["A3", "earned"].startswith("its benchmark 0")
    assert held["fund_totals"]["surplus_minor"] == 10000


@pytest.mark.parametrize(
    ("policy", "columns", "row", "message"),
    [
        ("full_retention", "", "100,-90", "actual_amount must be at least 0, found -90.0 .*, row 3"),
        ("full_retention", "", "-100,90", "prepaid_amount must be more than 0, found -100.0 .*, row 3"),
        ("full_retention", "", ",90", "prepaid_amount must be a whole number .*, row 3"),
        ("full_retention", "lives", "1,1,-5", "lives must be at least 0, found -5"),
        ("seed_50_70", "quality", "100,90,850", "quality must be 0 to 100, found 850"),
        ("seed_50_70", "quality", "100,90,-5", "quality must be 0 to 100, found -5"),
        ("seed_50_70", "quality", "100,90,0.85", "it looks like a fraction, found 0.85"),
        # no overspend, and still no cause of the policy
        ("seed_50_70", "quality,cause", "100,90,85,storm", "one of force_majeure, quality, or none, found storm"),
        ("step_bonus", "heads,control_rate,control_rate_prior", "1,1,-3,0.3,0.2", "heads must be at least 0, found -3"),
        ("step_bonus", "heads,control_rate,control_rate_prior", "1,1,3,35,.1", "control_rate must be 0 to 1, found 35"),
        ("remission_bonus", "remissions", "1,1,-1", "remissions must be at least 0, found -1"),
        ("mssp", "track,quality,share_rate", "9,9,E,1,45", "share_rate must be 0 to 1, found 45"),
    ],
)
def test_a_number_that_no_year_can_give_is_refused_by_file_row_and_column(
    tmp_path: Path, policy: str, columns: str, row: str, message: str
) -> None:
    head = "team_id,prepaid_amount,actual_amount" + (f",{columns}" if columns else "")
    # row 2 is blank
    source = write(tmp_path, "contracts.csv", f"{head}\n\nA,{row}\n")
    with pytest.raises(DataContractError, match=message):
        settle_file(PRESETS / f"{policy}.toml", source, tmp_path / "out")


def test_what_is_retained_is_handed_on_to_institutions(tmp_path: Path) -> None:
    source = write(tmp_path, "contracts.csv", "team_id,prepaid_amount,actual_amount\n007,385000000,379488800\n")
    institutions = write(tmp_path, "institutions.csv", INSTITUTIONS)
    settle_file(PRESETS / "xiaoyi.toml", source, tmp_path / "out", institutions=institutions)
    table = pd.read_csv(tmp_path / "out" / "distribution.csv", dtype={"institution_id": "str"})
    # halves by role, 1 to 3 by volume: .375 and .625 of 5,180,400.00
    assert table["amount_minor"].tolist() == [194265000, 323775000]
    with pytest.raises(DataContractError, match="has no \\[distribution\\] block"):
        settle_file(PRESETS / "full_retention.toml", source, tmp_path / "other", institutions=institutions)


def test_published_results_are_held_to_the_engine_and_misses_are_named(tmp_path: Path) -> None:
    source = write(tmp_path, "puf_2014.csv", RESULTS)
    year = settle_file(PRESETS / "mssp.toml", source, tmp_path / "out")
    held = summary(tmp_path / "out")
    assert held["rows"] == 2
    assert held["year"] == 2014
    assert held["benchmark_identity_share"] == held["rule_share"] == 1.0
    assert held["reproduced_share"] == 0.5
    assert [miss["aco_id"] for miss in held["misses"]] == ["A2"]
    assert held["misses"][0]["difference"] == -100
    assert any("A2 earned" in line for line in describe_settlement(year))


def test_a_year_that_was_paid_by_another_sequestration_is_doubted(tmp_path: Path) -> None:
    # both rows are paid less 2%; in 2021 the policy takes nothing
    text = RESULTS.replace("4510", "4410")
    told = describe_settlement(
        settle_file(PRESETS / "mssp.toml", write(tmp_path, "puf_2021.csv", text), tmp_path / "a")
    )
    assert any("imply a sequestration of 2.00%, the policy takes 0.00% in the year 2021" in line for line in told)
    known = describe_settlement(
        settle_file(PRESETS / "mssp.toml", write(tmp_path, "puf_2014.csv", text), tmp_path / "b")
    )
    assert not any("imply" in line for line in known)


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("", DataContractError, "not readable as CSV"),
        ("team_id,prepaid_amount\nT,1\n", DataContractError, "lack column 'actual_amount'"),
        (
            "team_id,prepaid_amount,actual_amount\nT,x,1\n",
            DataContractError,
            r"prepaid_amount of team 'T' \(row 2\) is 'x'",
        ),
        ("team_id,prepaid_amount,actual_amount\n", DataContractError, "there is no contract"),
        (CONTRACTS.replace("70", "abc"), DataContractError, "quality of team '007' .* is 'abc', expected a number"),
        (CONTRACTS + "007,1,1,1\n", DataContractError, "one row per team"),
        (CONTRACTS.replace("70", ""), DataContractError, "no 'quality'"),
    ],
)
def test_a_bad_file_leaves_nothing_behind(tmp_path: Path, text: str, error: type[RiskkitError], message: str) -> None:
    source = write(tmp_path, "contracts.csv", text)
    with pytest.raises(error, match=message):
        settle_file(PRESETS / "seed_50_70.toml", source, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["contracts.csv"]


def test_an_absent_policy_or_source_is_named(tmp_path: Path) -> None:
    source = write(tmp_path, "contracts.csv", CONTRACTS)
    with pytest.raises(PolicyError, match="no such file"):
        settle_file(tmp_path / "none.toml", source, tmp_path / "out")
    with pytest.raises(DataContractError, match="no such file"):
        settle_file(PRESETS / "seed_50_70.toml", tmp_path / "none.csv", tmp_path / "out")


def test_a_started_folder_settles_under_its_own_policy(tmp_path: Path) -> None:
    from riskkit.data.presets import write_starting_set

    start = write_starting_set(tmp_path / "county")
    source = write(tmp_path, "contracts.csv", CONTRACTS)
    policy = start / "models" / "settlement" / "full_retention.toml"
    policy.write_text(policy.read_text(encoding="utf-8").replace("value = 1.0", "value = 0.8", 1), encoding="utf-8")
    year = settle_file(policy, source, tmp_path / "out")
    # 80% of 1,000.00 and of 0.01: 800.00 and, rounded, 0.01
    assert year.settlement.totals["retained_minor"].tolist() == [80000, 1]


def test_commas_between_thousands_are_read(tmp_path: Path) -> None:
    text = 'team_id,prepaid_amount,actual_amount,quality\nT,"1,000","1,234.50",70\n'
    year = settle_file(PRESETS / "seed_50_70.toml", write(tmp_path, "contracts.csv", text), tmp_path / "out")
    assert year.settlement.totals[["prepaid_minor", "actual_minor"]].iloc[0].tolist() == [100000, 123450]
    with pytest.raises(DataContractError, match="is '1,00'"):
        settle_file(
            PRESETS / "seed_50_70.toml",
            write(tmp_path, "wrong.csv", text.replace("1,000", "1,00")),
            tmp_path / "other",
        )
