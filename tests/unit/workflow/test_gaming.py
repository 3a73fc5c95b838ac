"""What one more code, visit or unit of spend would gain, by the figures as they are frozen."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from riskkit.workflow.audit import read_audit_policy
from riskkit.workflow.audit_policy import AuditPolicy
from riskkit.workflow.gaming import compute_gaming
from riskkit.workflow.rate import RatedPopulation
from riskkit.workflow.training import Training, context_of

FAMILIES = ["code", "spend", "visit"]


@pytest.fixture(scope="module")
def asked() -> AuditPolicy:
    return read_audit_policy(Path(__file__).parents[3] / "models" / "audit" / "rates.toml")


def test_the_payment_model_gains_nothing_by_visits_or_spend(
    rated: RatedPopulation, training: Training, asked: AuditPolicy
) -> None:
    found = compute_gaming(rated.bundle, context_of(training.rating), asked)
    assert found["family"].drop_duplicates().tolist() == FAMILIES
    activity = found[found["family"] != "code"]
    assert (activity["feature"] == "none in the model").all()
    assert (activity["gain"] == 0).all()
    codes = found[found["family"] == "code"]
    # a code is held monotone, so that setting one never lowers a rate
    assert (codes["gain"] >= 0).all()
    assert codes["gain"].is_monotonic_decreasing


def test_members_beyond_the_asked_number_are_not_tried(
    rated: RatedPopulation, training: Training, asked: AuditPolicy
) -> None:
    few = asked.model_copy(update={"gaming_members": asked.gaming_members.model_copy(update={"value": 20.0})})
    found = compute_gaming(rated.bundle, context_of(training.rating), few)
    assert found["members"].max() <= 20
    pd.testing.assert_frame_equal(found, compute_gaming(rated.bundle, context_of(training.rating), few))
