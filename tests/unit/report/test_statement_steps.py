"""The equation under a line of a statement gives the line's amount."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from riskkit.data.presets import find_presets
from riskkit.policy import read_policy
from riskkit.report.statement_steps import Step, find_steps
from riskkit.settlement.distribution import add_parts, distribute
from riskkit.settlement.policy import SettlementPolicy
from riskkit.settlement.statement import Settlement, settle

GOLDEN = Path(__file__).parents[2] / "golden" / "settlement"
PRESETS = find_presets() / "models" / "settlement"
CASES = sorted(path.stem for path in GOLDEN.glob("*.toml") if (PRESETS / path.name).is_file())
INPUTS = ("prepaid", "actual", "revenue", "paid", "completion", "ceded")


def settle_case(name: str) -> Settlement:
    """Settle the worked cases of a preset, and hand on what is retained where it says so."""
    case = tomllib.loads((GOLDEN / f"{name}.toml").read_text(encoding="utf-8"))
    policy = read_policy(PRESETS / f"{name}.toml", SettlementPolicy)
    scale = policy.per_currency_unit
    rows = [
        {
            f"{key}_minor" if key in INPUTS else key: round(value * scale) if key in INPUTS else value
            for key, value in row.items()
        }
        for row in case["contracts"]
    ]
    settlement = settle(policy, pd.DataFrame(rows))
    if policy.distribution is None or "institutions" not in case:
        return settlement
    return add_parts(settlement, distribute(policy.distribution, settlement.totals, pd.DataFrame(case["institutions"])))


def evaluate(step: Step, row: dict[str, Any], amounts: dict[int, int]) -> float:
    basis = 0 if pd.isna(row["basis_minor"]) else int(row["basis_minor"])
    product = step.product * basis * row["rate"] if step.product else 0.0
    lines = sum((1 if line > 0 else -1) * amounts[abs(line)] for line in step.lines)
    return float(product + lines - (basis if step.less_basis else 0))


@pytest.mark.parametrize("name", CASES)
def test_every_equation_gives_the_amount_of_its_line(name: str) -> None:
    lines = settle_case(name).lines
    told = 0
    for _, own in lines.groupby("team_id"):
        rows: list[dict[str, Any]] = [{str(key): value for key, value in row.items()} for row in own.to_dict("records")]
        amounts = {int(row["line"]): int(row["amount_minor"]) for row in rows}
        for row, step in zip(rows, find_steps(rows), strict=True):
            if not step.say("en"):
                continue
            told += 1
            # sums of lines are exact; a product is rounded, as is the amount before a step
            room = 1.0 if step.product else 0.0
            assert abs(evaluate(step, row, amounts) - row["amount_minor"]) <= room, (row, step.say("en"))
    assert told > 0


def test_an_equation_is_said_in_both_languages() -> None:
    assert Step(lines=(7, 8)).say("en") == "= line 7 + line 8"
    assert Step(lines=(-6, 12)).say("zh") == "= - 第6行 + 第12行"
    assert Step(product=-1).say("en") == "= - basis x rate"
    assert Step(product=1, lines=(-7,)).say("zh") == "= 基数×比例 - 第7行"
    assert Step().say("en") == ""
