"""Reasons for a tier are given where the predicted risk placed the member, and measured from its cut."""

from __future__ import annotations

import json

import pandas as pd

from riskkit.workflow.rate import RatedPopulation


def test_members_placed_by_risk_have_reasons_of_their_side_of_the_cut(
    rated: RatedPopulation, scores: pd.DataFrame
) -> None:
    tiers = rated.bundle.tiers
    assert tiers is not None
    assert tiers.policy.cuts is not None
    by_risk = scores[scores["tier_reason"] == "predicted_risk"]
    assert len(by_risk)
    for text, risk in zip(by_risk["tier_reasons"], by_risk[tiers.policy.cuts.outcome], strict=True):
        for reason in json.loads(text):
            above = risk >= reason["cut"]
            assert reason["direction"] == ("raises" if above else "lowers")
            assert abs(reason["distance"] - (risk - reason["cut"])) < 1e-9


def test_where_a_rule_placed_the_member_there_are_none(scores: pd.DataFrame) -> None:
    by_rule = scores[scores["tier_reason"] != "predicted_risk"]
    assert (by_rule["tier_reasons"] == "[]").all()
