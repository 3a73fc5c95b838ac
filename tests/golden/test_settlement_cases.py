"""The worked settlement cases in ``settlement/*.toml``, which an actuary can check without Python."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from riskkit.data.presets import find_presets
from riskkit.policy import read_toml
from riskkit.settlement.distribution import distribute
from riskkit.settlement.policy import SettlementPolicy
from riskkit.settlement.statement import settle
from riskkit.settlement.stop_loss import cede_above
from riskkit.settlement.transfer import compute_transfers

FOLDER = Path(__file__).parent / "settlement"
CASES = [path for path in sorted(FOLDER.glob("*.toml")) if path.stem != "hhs_transfer"]
PRESETS = find_presets() / "models" / "settlement"
INPUTS = {"prepaid", "actual", "revenue", "paid", "completion", "ceded"}
RESULTS = {
    *("paid", "completion", "ceded", "surplus", "retained", "returned", "borne_team", "borne_fund", "borne_treasury"),
    *("withheld", "released", "bonus", "bonus_member", "net"),
}


def read_case(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def make_policy(case: dict[str, Any]) -> SettlementPolicy:
    values = read_toml(PRESETS / f"{case['policy']}.toml")
    _change(values, case.get("change", {}))
    return SettlementPolicy.model_validate(values)


def _change(values: dict[str, Any], change: dict[str, Any]) -> None:
    for key, value in change.items():
        if isinstance(value, dict):
            _change(values[key], value)
        else:
            values[key] = value


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_worked_settlement_case_holds(path: Path) -> None:
    case = read_case(path)
    policy = make_policy(case)
    scale = policy.per_currency_unit
    rows = [
        {
            **{key: value for key, value in row.items() if key not in INPUTS | RESULTS},
            **{f"{key}_minor": round(row[key] * scale) for key in INPUTS & set(row)},
        }
        for row in case["contracts"]
    ]
    settlement = settle(policy, pd.DataFrame(rows))
    totals = settlement.totals.set_index("team_id")
    for row in case["contracts"]:
        for name in RESULTS & set(row):
            found = int(totals.loc[row["team_id"], f"{name}_minor"])
            assert found == round(row[name] * scale), (row["team_id"], name)
    if "institutions" in case:
        _check_distribution(case, settlement.totals, policy)


def _check_distribution(case: dict[str, Any], totals: pd.DataFrame, policy: SettlementPolicy) -> None:
    assert policy.distribution is not None
    expected = pd.DataFrame(case["institutions"])
    outputs = [name for name in ("amount", "doctors") if name in expected]
    parts = distribute(policy.distribution, totals, expected.drop(columns=outputs))
    for name in outputs:
        assert parts[f"{name}_minor"].tolist() == [round(value * policy.per_currency_unit) for value in expected[name]]


def test_worked_stop_loss_holds() -> None:
    case = read_case(FOLDER / "stop_loss.toml")
    policy = make_policy(case)
    assert policy.stop_loss is not None
    members = pd.DataFrame(case["members"])
    amounts = (members[["prepaid", "cost"]] * 100).add_suffix("_minor").assign(person_id=members["person_id"])
    assert (cede_above(policy.stop_loss, amounts, 100) / 100).tolist() == members["ceded"].tolist()


def test_the_published_shares_of_xiaoyi_are_met() -> None:
    # POLICY_RULES N8: 1.4315% of what was prepaid is left over, 93.998% of that retained
    row = read_case(FOLDER / "xiaoyi.toml")["contracts"][0]
    assert row["surplus"] / row["prepaid"] == pytest.approx(0.014315, abs=5e-7)
    assert row["retained"] / row["surplus"] == pytest.approx(0.93998, abs=5e-6)


def test_every_preset_has_a_worked_case() -> None:
    presets = {path.stem for path in PRESETS.glob("*.toml")}
    assert presets == {read_case(path)["policy"] for path in CASES}


@pytest.mark.parametrize("market", read_case(FOLDER / "hhs_transfer.toml")["markets"], ids=["two plans", "three plans"])
def test_worked_transfer_holds(market: dict[str, Any]) -> None:
    expected = pd.DataFrame(market["plans"])
    plans = compute_transfers(expected.drop(columns="transfer_pmpm"), market["premium_pmpm"])
    assert plans["transfer_pmpm"].tolist() == pytest.approx(expected["transfer_pmpm"].tolist(), abs=0.005)
    assert (plans["transfer_pmpm"] * plans["share"]).sum() == pytest.approx(0, abs=1e-9)
