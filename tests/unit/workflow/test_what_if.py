"""What-if moves one member's answers as scoring the changed member would, and says so line by line."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.workflow.rate import RatedPopulation
from riskkit.workflow.score import score_members
from riskkit.workflow.training import Training
from riskkit.workflow.what_if import ask_what_if, describe_what_if


def _pick(members: pd.DataFrame) -> str:
    known = members["hba1c_latest_365d"].notna() & members["creatinine_latest_730d"].notna()
    return str(members.loc[known, "person_id"].iloc[0])


def test_before_and_after_are_the_scores_of_both_members(rated: RatedPopulation, members: pd.DataFrame) -> None:
    person = _pick(members)
    changes = {"age_years": 85.0, "dcsi_cardiovascular_730d": 2.0, "cardiovascular_730d": 1.0}
    changes = {name: value for name, value in changes.items() if name in rated.bundle.feature_names}
    found = ask_what_if(rated.bundle, members, changes, person_id=person)
    row = members[members["person_id"] == person].reset_index(drop=True)
    changed = row.assign(**{name: after for name, (_, after) in found.features.items()})
    first, second = score_members(rated.bundle, row), score_members(rated.bundle, changed)
    for name in ("admission", "payment_cost", "rate_amount", "risk_tier"):
        assert found.answers[name] == (first[name].item(), second[name].item())
    # Age moves the estimated filtration rate, and the points of a category their total.
    assert {"age_years", "dcsi_total_730d", "egfr_latest_730d"} <= set(found.features)


def test_ledger_and_lines_sum_to_the_rates(rated: RatedPopulation, members: pd.DataFrame) -> None:
    found = ask_what_if(rated.bundle, members, {"age_years": 80.0}, person_id=_pick(members))
    for pairs in (found.ledger, found.rate_lines):
        for side in (0, 1):
            total = sum(pair[side] for pair in pairs.values())
            assert total == pytest.approx(found.answers["rate_amount"][side], abs=1e-6)


def test_a_request_without_dates_is_answered(rated: RatedPopulation, members: pd.DataFrame) -> None:
    row = members[members["person_id"] == _pick(members)].drop(columns="index_date")
    found = ask_what_if(rated.bundle, row, {"is_female": 1.0 - row["is_female"].item()})
    assert found.answers["admission"][0] != found.answers["admission"][1] or found.features
    plain = found.to_dict()
    assert plain["features"]["is_female"]["after"] == 1.0 - row["is_female"].item()


def test_without_rates_only_the_risks_move(training: Training, members: pd.DataFrame) -> None:
    found = ask_what_if(training.bundle, members, {"age_years": 80.0}, person_id=_pick(members))
    assert not found.ledger
    assert not found.rate_lines


def test_it_is_said_in_words(rated: RatedPopulation, members: pd.DataFrame) -> None:
    person = _pick(members)
    changes = {"hba1c_latest_365d": None, "days_since_hba1c": 400.0}
    changes = {name: value for name, value in changes.items() if name in rated.bundle.feature_names}
    lines = describe_what_if(ask_what_if(rated.bundle, members, changes, person_id=person))
    assert lines[0] == f"Member {person}; amounts in CNY a member year"
    assert any(line.startswith("  hba1c_latest_365d: ") and line.endswith("-> not measured") for line in lines)
    assert "Ledger:" in lines


def test_an_unknown_member_and_an_impossible_value_are_refused(rated: RatedPopulation, members: pd.DataFrame) -> None:
    with pytest.raises(DataContractError, match="no person_id='nobody' among"):
        ask_what_if(rated.bundle, members, {"age_years": 80.0}, person_id="nobody")
    with pytest.raises(DataContractError, match="no person named"):
        ask_what_if(rated.bundle, members, {"age_years": 80.0})
    with pytest.raises(DataContractError, match="hba1c_latest_365d=2 is impossible"):
        ask_what_if(rated.bundle, members, {"hba1c_latest_365d": 2.0}, person_id=_pick(members))
    with pytest.raises(DataContractError, match="no column person_id"):
        ask_what_if(rated.bundle, members.drop(columns="person_id"), {"age_years": np.nan})
