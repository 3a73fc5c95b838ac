"""What one more code, visit or unit of spend would gain, by the figures as they are frozen."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from riskkit.policy import read_policy
from riskkit.rates.policy import RatePolicy
from riskkit.workflow.added_records import RecordSample
from riskkit.workflow.audit import read_audit_policy
from riskkit.workflow.audit_policy import AuditPolicy
from riskkit.workflow.gaming import FAMILIES, compute_gaming
from riskkit.workflow.rate import RatedPopulation, rate_members
from riskkit.workflow.training import Training

MODELS = Path(__file__).parents[3] / "models"


@pytest.fixture(scope="module")
def asked() -> AuditPolicy:
    return read_audit_policy(MODELS / "audit" / "rates.toml")


@pytest.fixture(scope="module")
def found(rated: RatedPopulation, records: RecordSample, asked: AuditPolicy) -> pd.DataFrame:
    return compute_gaming(rated.bundle, records, asked)


def test_under_the_payment_model_neither_spend_nor_a_code_on_one_visit_gains_anything(found: pd.DataFrame) -> None:
    # its diagnoses are confirmed ones, from a stay or from two dates, and it sees no cost
    nothing = found[found["family"].isin(["code", "spend"])]
    assert len(nothing) > 1
    assert (nothing["gain"].dropna() == 0).all()
    assert (nothing["features"] == 0).all()


def test_a_code_on_two_dates_moves_several_features_at_once_and_never_lowers_a_rate(found: pd.DataFrame) -> None:
    codes = found[found["family"] == "code_twice"]
    assert codes["features"].max() > 1
    assert codes["gain"].max() > 0
    # a confirmed diagnosis is held monotone
    assert (codes["gain"].dropna() >= 0).all()
    assert codes["gain"].dropna().is_monotonic_decreasing


def test_the_families_stand_in_order_and_a_gain_of_few_members_is_withheld(found: pd.DataFrame) -> None:
    assert found["family"].drop_duplicates().tolist() == [name for name in FAMILIES if name in set(found["family"])]
    assert (found["gain"].isna() == (found["members"] < 11)).all()


def test_under_a_flat_rate_nothing_gains(training: Training, records: RecordSample, asked: AuditPolicy) -> None:
    policy = read_policy(MODELS / "rates" / "package_1200.toml", RatePolicy)
    rated = rate_members(training.bundle, policy, training.rating, population="flat")
    assert (compute_gaming(rated.bundle, records, asked)["gain"].dropna() == 0).all()


def test_where_the_tier_is_priced_a_code_that_lifts_the_tier_gains_the_step(
    training: Training, records: RecordSample, asked: AuditPolicy
) -> None:
    # retinopathy on one visit puts a member into the high tier by the documents' rule: 15,000 against 3,750 or 7,500
    policy = read_policy(MODELS / "rates" / "tier_base.toml", RatePolicy)
    rated = rate_members(training.bundle, policy, training.rating, population="tiers")
    codes = compute_gaming(rated.bundle, records, asked).set_index("family").loc["code"]
    eye = codes[codes["record"].str.contains("complications:retinopathy")]
    assert eye["largest"].isin([7_500.0, 11_250.0]).all()
    assert (eye["gain"] > 0).all()
    assert len(eye) == 1
