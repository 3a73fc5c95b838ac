"""The section on the two policies sets them side by side and begins with the sentence for the actuary."""

from __future__ import annotations

from riskkit.report.policy_section import make_policy_section


def _three(clinical: float, payment: float) -> dict[str, dict[str, float]]:
    change = payment - clinical
    sides = {"clinical": clinical, "payment": payment, "difference": change}
    return {name: {"value": value, "low": value - 0.01, "high": value + 0.01} for name, value in sides.items()}


PAIR = {
    "clinical": "next_year_cost",
    "payment": "payment_cost",
    "kind": "cost",
    "members": 1234,
    "metrics": {"r2": _three(0.21, 0.12), "oe_ratio": _three(1.0, 1.0) | {"difference": None}},
    "mapl": {"prior_cost_fifth": _three(145.0, 1009.0)},
    "sentence": "Paying for nothing that a provider can raise by activity changes R² by −0.090.",
}


def test_both_policies_stand_side_by_side() -> None:
    section = make_policy_section({"outcomes": {"next_year_cost": {"title": "Cost"}}, "policy_price": [PAIR]})
    assert section is not None
    note, table = section["blocks"]
    assert note["text"] == PAIR["sentence"]
    assert table["caption"] == "Cost: 1,234 members"
    cells = [[cell["text"] for cell in row] for row in table["rows"]]
    assert cells[0] == ["R²", "0.210", "0.120", "−0.090"]
    assert cells[1] == ["Observed / expected", "1.000", "1.000", ""]
    assert cells[2] == ["MAPL over fifths of the prior year's cost", "145", "1,009", "864"]


def test_a_scheme_with_one_policy_has_no_such_section() -> None:
    assert make_policy_section({"outcomes": {}, "policy_price": []}) is None
    assert make_policy_section({"outcomes": {}}) is None
