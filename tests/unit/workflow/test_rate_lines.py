"""The lines of a rate sum to it for every member, and say which part is which."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from riskkit.data.presets import find_presets
from riskkit.errors import AcceptanceError
from riskkit.policy import read_policy, read_toml
from riskkit.rates.capitation import compute_rates, fit_rates
from riskkit.rates.frozen import FrozenRates
from riskkit.rates.ledger import STEP_ITEMS
from riskkit.rates.policy import RatePolicy
from riskkit.workflow.rate_lines import ITEM_WORDS_ZH, KEYS, RateLines, explain_rate

PRESETS = find_presets() / "models" / "rates"
CATALOGUE = pd.DataFrame({"name": ["hba1c", "glucose", "egfr"], "group": ["glycaemia", "glycaemia", "kidney"]})


def _members() -> pd.DataFrame:
    keys = {"person_id": ["A", "B", "C"], "index_date": pd.to_datetime(["2025-01-01"] * 3)}
    cost = {"expected_cost": [3000.0, 6000.0, 9000.0], "exposure_months": 12.0, "region": ["east", "west", "east"]}
    return pd.DataFrame({**keys, **cost})


def _contributions(members: pd.DataFrame) -> pd.DataFrame:
    """A base of 5,000; the distance is split 1/2, 1/4, 1/4 among the features."""
    far = members["expected_cost"] - 5000.0
    return members[KEYS].assign(base_value=5000.0, hba1c=far / 2, glucose=far / 4, egfr=far / 4)


def _policy(**blocks: object) -> RatePolicy:
    shipped = read_policy(PRESETS / "capitation.toml", RatePolicy)
    return shipped.model_copy(update=blocks)


def _explain(policy: RatePolicy, order: list[int] | None = None) -> tuple[RateLines, pd.DataFrame, FrozenRates]:
    members = _members()
    frozen = fit_rates(policy, members, reference_population="three members")
    rates, ledger = compute_rates(frozen, members)
    shown = _contributions(members).iloc[order or [0, 1, 2]]
    return explain_rate(frozen, shown, rates, ledger, CATALOGUE), rates, frozen


def _amounts(lines: RateLines, row: int) -> dict[str, float]:
    return {line["item"]: line["amount"] for line in lines.to_records()[row]}


def test_without_further_steps_the_rate_is_base_groups_and_one_factor() -> None:
    # Mean cost 6,000; the base is fitted to the mean, so every rate is the member's expected cost.
    policy = _policy(region=None, floor_cap=None, budget=None)
    block = policy.base.model_copy(update={"method": "reference_cost", "amount": None, "trend": None})
    lines, _, _ = _explain(policy.model_copy(update={"base": block}))
    # A: 5,000 - 1,500 (half and a quarter of -2,000) - 500.
    expected = {"mean cost that the model starts from": 5000.0, "glycaemia": -1500.0, "kidney": -500.0, "rounding": 0.0}
    assert _amounts(lines, 0) == expected
    assert [line.kind for line in lines.lines] == ["base", "group", "group", "adjustment", "factor", "rounding"]


def test_lines_sum_to_the_rate_to_the_cent_under_every_step() -> None:
    lines, rates, _ = _explain(_policy())
    np.testing.assert_array_equal(lines.minor.sum(axis=1), rates["rate_minor"])
    kinds = {line.kind for line in lines.lines}
    assert kinds == {"base", "group", "factor", "adjustment", "rounding"}


def test_rounding_of_the_lines_is_a_line_of_its_own() -> None:
    lines, rates, _ = _explain(_policy())
    before = lines.minor[:, :-1].sum(axis=1)
    np.testing.assert_array_equal(lines.minor[:, -1], rates["rate_minor"] - before)
    # Each of the other lines is off by half a minor unit at most, and so is the rate.
    assert (np.abs(lines.minor[:, -1]) <= len(lines.lines) / 2).all()


def test_members_come_in_the_order_of_their_contributions() -> None:
    straight, _, _ = _explain(_policy())
    turned, _, _ = _explain(_policy(), [2, 0, 1])
    assert turned.keys["person_id"].tolist() == ["C", "A", "B"]
    np.testing.assert_array_equal(turned.minor, straight.minor[[2, 0, 1]])


def test_the_frame_has_one_row_per_member_and_line() -> None:
    lines, rates, _ = _explain(_policy())
    frame = lines.to_frame()
    assert list(frame) == [*KEYS, "kind", "item", "item_zh", "amount"]
    assert len(frame) == 3 * len(lines.lines)
    total = frame.groupby("person_id")["amount"].sum()
    np.testing.assert_allclose(total, rates.set_index("person_id")["rate_amount"], atol=1e-9)


def test_contributions_that_miss_the_expected_cost_are_refused() -> None:
    members = _members()
    frozen = fit_rates(_policy(), members, reference_population="three members")
    rates, ledger = compute_rates(frozen, members)
    wrong = _contributions(members)
    wrong.loc[1, "egfr"] += 0.02
    with pytest.raises(AcceptanceError, match=r"person_id='B': the lines sum to 6000\.0200, the expected cost is 6000"):
        explain_rate(frozen, wrong, rates, ledger, CATALOGUE)
    with pytest.raises(AcceptanceError, match=r"the lines sum to .* the rate is"):
        explain_rate(frozen, _contributions(members), rates, ledger.assign(amount=ledger["amount"] * 1.01), CATALOGUE)
    with pytest.raises(AcceptanceError, match="not the same"):
        explain_rate(frozen, _contributions(members).head(2), rates, ledger, CATALOGUE)


def test_every_scored_member_has_lines_that_sum_to_the_rate(scores: pd.DataFrame) -> None:
    for text, rate in zip(scores["rate_lines"], scores["rate_amount"], strict=True):
        lines = json.loads(text)
        assert sum(line["amount"] for line in lines) == pytest.approx(rate, abs=1e-6)
        assert lines[0]["kind"] == "base"
        assert lines[-1]["kind"] == "rounding"


def test_the_relativity_of_a_tier_is_a_factor() -> None:
    policy = _policy(region=None, floor_cap=None, budget=None)
    block = policy.base.model_copy(update={"method": "reference_cost", "amount": None, "trend": None})
    risk = policy.relative_risk.model_copy(update={"method": "tier_mean"})
    policy = policy.model_copy(update={"base": block, "relative_risk": risk})
    members = _members().assign(risk_tier=["low", "low", "high"])
    frozen = fit_rates(policy, members, reference_population="three members")
    rates, ledger = compute_rates(frozen, members)
    lines = explain_rate(frozen, _contributions(members), rates, ledger, CATALOGUE)
    # A costs 3,000 and the low tier 4,500 on average: the tier adds 1,500 to the member's own cost.
    assert _amounts(lines, 0)["relativity of the tier"] == 1500.0
    assert lines.minor.sum(axis=1).tolist() == [450_000, 450_000, 900_000]


def _number(value: float) -> dict[str, Any]:
    return {"value": value, "unit": "as written", "reference": "test", "effective": "2025-01-01"}


def _everybody() -> pd.DataFrame:
    """Members for any policy: old and young, with and without a complication, in every tier and region, one new."""
    cost = [2000.0, 3000.0, 4500.0, 6000.0, 9000.0, 30_000.0]
    return pd.DataFrame(
        {
            "person_id": list("ABCDEF"),
            "index_date": pd.Timestamp("2025-01-01"),
            "exposure_months": [12.0, 12.0, 6.0, 12.0, 9.5, 12.0],
            "expected_cost": cost,
            "observed_cost": cost,
            "region": ["east", "west", "central"] * 2,
            "risk_tier": ["low", "low", "medium", "high", "high", "unassessed"],
            "age_years": [40.0, 50.0, 66.0, 70.0, 81.0, 66.0],
            "is_female": [0.0, 1.0] * 3,
            "any_complication_730d": [0.0, 1.0, 0.0, 1.0, 1.0, 1.0],
            "enrolled_months_365d": [12.0, 12.0, 12.0, 3.0, 12.0, 12.0],
        }
    )


def _explain_everybody(policy: RatePolicy) -> tuple[RateLines, pd.DataFrame, pd.DataFrame]:
    members = _everybody()
    frozen = fit_rates(policy, members, reference_population="six members", model_features=["hba1c"])
    rates, ledger = compute_rates(frozen, members)
    return explain_rate(frozen, _contributions(members), rates, ledger, CATALOGUE), rates, ledger


@pytest.mark.parametrize("file", sorted(PRESETS.glob("*.toml")), ids=lambda file: file.stem)
def test_every_shipped_policy_is_explained_to_the_cent(file: Path) -> None:
    lines, rates, ledger = _explain_everybody(read_policy(file, RatePolicy))
    amounts = lines.to_frame().groupby("person_id")["amount"].sum()
    np.testing.assert_allclose(amounts, rates["rate_amount"], atol=0.01)
    # every step of the ledger between score and rounding has a line of its own, in both languages
    steps = set(ledger.loc[~ledger["step"].isin([1, 2, 13]), "item"])
    said = {line.item: line.item_zh for line in lines.lines}
    assert {item: ITEM_WORDS_ZH[item] for item in steps} == {item: said[item] for item in steps}


def test_every_step_has_words_in_both_languages() -> None:
    assert set(STEP_ITEMS.values()) - {STEP_ITEMS[1], STEP_ITEMS[2], STEP_ITEMS[13]} <= set(ITEM_WORDS_ZH)
    assert len(set(ITEM_WORDS_ZH.values())) == len(ITEM_WORDS_ZH)


def test_an_uplift_is_shown_as_an_uplift_and_not_as_floor_and_cap() -> None:
    values = read_toml(PRESETS / "flat_uplift.toml")
    values["floor_cap"] = {"floor": _number(0.5), "cap": _number(3.0)}
    lines, rates, _ = _explain_everybody(RatePolicy.model_validate(values))
    shown = {person: _amounts(lines, row) for row, person in enumerate(rates["person_id"])}
    # A is young and well; C is 66: 1,200 and 20%. Nobody stands at 600 or 3,600, so no line says floor and cap.
    assert "uplifts" not in shown["A"]
    assert rates["rate_amount"].tolist()[:3] == [1200.0, 1440.0, 1440.0]
    assert all("floor and cap" not in amounts for amounts in shown.values())
    # C costs 4,500, and the year's rate is 1,440: the factors together take 3,060, shared by their logarithms.
    # The factors: mean/4,500 x 1,200/mean x 1.2, so the uplift has 3,060 x ln 1.2 / ln(4,500 / 1,440) = 489.63.
    assert shown["C"]["uplifts"] == pytest.approx(489.63, abs=0.01)
    assert "one relativity for everybody" in shown["C"]
    assert "relativity of the tier" not in shown["C"]


def test_the_pooling_charge_has_a_line_of_its_own() -> None:
    values = read_toml(PRESETS / "capitation.toml")
    for block in ("region", "floor_cap", "budget"):
        del values[block]
    values["base"] = {"method": "reference_cost"}
    values["pooling"] = {"by": "spend", "threshold": _number(1e5), "ceded": _number(1.0), "charge": _number(0.1)}
    lines, rates, _ = _explain_everybody(RatePolicy.model_validate(values))
    # 10% of the mean cost: 24,000 + 36,000 + 27,000 + 72,000 + 85,500 + 360,000 over 63.5 months is 9,519.69.
    charge = 0.1 * 604_500 / 63.5
    assert [_amounts(lines, row)["pooling charge"] for row in range(6)] == [pytest.approx(-charge, abs=0.01)] * 6
    assert rates["rate_amount"].iloc[1] == pytest.approx(3000 - charge, abs=0.01)


def test_the_table_of_new_enrollees_has_a_line_of_its_own() -> None:
    values = read_toml(PRESETS / "capitation.toml")
    values["new_enrollees"] = {"column": "enrolled_months_365d", "lookback": _number(12), "ages": [_number(65)]}
    lines, rates, _ = _explain_everybody(RatePolicy.model_validate(values))
    words = "own table of age and sex, for a member without a history"
    # D is new, a woman of 70; the only other woman of 65 and over is F at 30,000: D's 6,000 become 30,000.
    assert [person for row, person in enumerate("ABCDEF") if words in _amounts(lines, row)] == ["D"]
    assert _amounts(lines, 3)[words] == pytest.approx(24_000, abs=0.01)
    assert all("coding factor and decimals of the score" not in _amounts(lines, row) for row in range(6))
    np.testing.assert_array_equal(lines.minor.sum(axis=1), rates["rate_minor"])
