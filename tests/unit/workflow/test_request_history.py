"""A request carries the tier history of its member, and is answered as a batch with the same history."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from riskkit.errors import DataContractError, PolicyError
from riskkit.tiers.final import TierHistory
from riskkit.workflow.request_history import read_request_history
from riskkit.workflow.score import answer_request, score_members
from riskkit.workflow.training import Training
from riskkit.workflow.what_if import ask_what_if
from tests.unit.workflow.conftest import Held

LAST = {"last_risk_tier": "high", "last_index_date": "2024-12-01"}
OVERRIDE = {
    "override_risk_tier": "high",
    "override_code": "dka",
    "override_author": "Dr. Li",
    "override_expiry": "2030-01-01",
}


@pytest.fixture
def rows(held: Held, members: pd.DataFrame) -> pd.DataFrame:
    """Three members whose own tier is not high, the date as text."""
    own = score_members(held.bundle, members)
    chosen = own.loc[own["risk_tier"] != "high", "person_id"].head(3)
    return members[members["person_id"].isin(chosen)].assign(index_date="2025-01-01").reset_index(drop=True)


def test_a_request_with_a_history_gets_the_answer_of_the_batch(held: Held, rows: pd.DataFrame) -> None:
    sent = rows.assign(**{name: [value, None, None] for name, value in LAST.items()})
    sent = sent.assign(**{name: [None, value, None] for name, value in OVERRIDE.items()})
    found = answer_request(held.bundle, sent)
    # the first was high a month ago and stays through the minimum stay; the second is raised; the third has nothing
    assert found["tier_reason"].tolist()[:2] == ["minimum_stay", "clinical_override"]
    assert found["risk_tier"].tolist()[:2] == ["high", "high"]
    assert found["risk_tier"].iloc[2] == found["model_tier"].iloc[2] != "high"
    persons = rows["person_id"].tolist()
    last = pd.DataFrame({"person_id": persons[:1], "risk_tier": "high", "index_date": pd.Timestamp("2024-12-01")})
    asked = {"person_id": persons[1:2], "risk_tier": "high", "code": "dka", "author": "Dr. Li"}
    overrides = pd.DataFrame(asked).assign(expiry_date=pd.Timestamp("2030-01-01"))
    batch = score_members(held.bundle, rows, history=TierHistory(last, overrides))
    same = [name for name in batch if name not in {"index_date", "tier_since", "override_expiry"}]
    pd.testing.assert_frame_equal(found[same].astype("object").fillna(""), batch[same].astype("object").fillna(""))
    assert found["tier_since"].tolist() == ["2024-12-01", "2025-01-01", "2025-01-01"]
    assert found["override_expiry"].tolist() == [None, "2030-01-01", None]


def test_without_a_history_the_answer_is_the_models_own(held: Held, rows: pd.DataFrame) -> None:
    empty = rows.assign(**dict.fromkeys([*LAST, *OVERRIDE]))
    pd.testing.assert_frame_equal(answer_request(held.bundle, empty), answer_request(held.bundle, rows))
    assert read_request_history(held.bundle, empty).is_empty


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"last_risk_tier": "high"}, "last_index_date is missing in 3 of 3 rows that hold last_risk_tier"),
        ({**OVERRIDE, "override_author": " "}, "override_author is missing in 3 of 3 rows"),
        ({**LAST, "last_risk_tier": "severe"}, "found tier 'severe', expected .* low, medium, high"),
        ({**LAST, "last_index_date": "soon"}, "last_index_date holds a value that is no date, expected YYYY-MM-DD"),
        ({**LAST, "last_tier_since": "2024-12-02"}, "last_tier_since of 3 of 3 rows is after last_index_date"),
        ({**LAST, "last_index_date": "2025-01-01"}, "last_index_date of 3 of 3 rows is not before index_date"),
        ({**OVERRIDE, "override_code": "whim"}, "code 'whim' .* is not one of new_esrd"),
        ({**OVERRIDE, "override_start": "2031-01-01"}, "start_date of 3 of 3 rows is not before expiry_date"),
        ({**LAST, "index_date": None}, "an index_date is missing, expected one in each row"),
    ],
)
def test_a_history_that_cannot_be_applied_is_refused(
    sent: dict[str, str], said: str, held: Held, rows: pd.DataFrame
) -> None:
    with pytest.raises(DataContractError, match=said):
        answer_request(held.bundle, rows.assign(**sent))


def test_a_policy_that_holds_no_tier_says_so(training: Training, rows: pd.DataFrame) -> None:
    with pytest.raises(DataContractError, match=r"no \[hysteresis\], so no last tier can be held"):
        answer_request(training.bundle, rows.assign(**LAST))
    with pytest.raises(PolicyError, match="it holds no tier policy"):
        answer_request(replace(training.bundle, tiers=None), rows.assign(**LAST))


def test_a_what_if_moves_the_final_tier_with_the_models_own_beside_it(held: Held, rows: pd.DataFrame) -> None:
    row = rows.head(1).assign(**LAST)
    history = read_request_history(held.bundle, row)
    found = ask_what_if(held.bundle, row, {"hba1c_latest_365d": 9.5}, history=history)
    # an HbA1c above 9.0 is high by the documents' rule: the model rises, and the final tier was held there already
    assert found.answers["risk_tier"] == ("high", "high")
    assert found.answers["model_tier"][0] != "high"
    assert found.answers["model_tier"][1] == "high"
    assert found.answers["tier_change"][0].startswith("held at high, where the model says")
    assert found.answers["tier_change"][1] == ""
