"""An audit on a closed year: cost within the scope of the rate, groups that sum to the whole, files as they are."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import PolicyError
from riskkit.policy import read_toml
from riskkit.rates.policy import RatePolicy
from riskkit.report.audit_page import make_audit_document
from riskkit.workflow import audit as audit_module
from riskkit.workflow.added_records import RecordSample
from riskkit.workflow.audit import AuditOptions, audit_policy, read_audit_policy, write_audit
from riskkit.workflow.audit_population import FAIRNESS, AuditPopulation, make_audit_frame, rate_population
from riskkit.workflow.audit_runs import run_comparison
from riskkit.workflow.audit_scope import find_cost_scope
from riskkit.workflow.scheme import Scheme
from riskkit.workflow.training import Training

RATES = Path(__file__).parents[3] / "models" / "rates"


@pytest.fixture(scope="module")
def population(training: Training, records: RecordSample) -> AuditPopulation:
    """The rated members as if their year were known: each costs 1,000 more than a gamma draw of mean 6,000."""
    cohort = training.rating.cohort
    rng = np.random.default_rng(4)
    labels = cohort[["person_id", "index_date"]].assign(
        observed=1000 + rng.gamma(2, 3000, len(cohort)), weight=cohort["exposure_months"].to_numpy() / 12
    )
    return AuditPopulation(training.rating, labels, records)


def test_cost_is_scaled_to_the_share_that_the_policy_states(
    scheme: Scheme, training: Training, population: AuditPopulation
) -> None:
    assert scheme.rate_policy is not None
    rated = rate_population(training.bundle, scheme.rate_policy, population.members)
    # the shipped policy states 40% of the expected cost
    share = find_cost_scope(scheme.rate_policy, rated.certificate).share
    assert share == 0.40
    frame = make_audit_frame(population, rated, share=share, new_below=12)
    joined = frame.merge(population.labels, on=["person_id", "index_date"], suffixes=("", "_full"))
    assert joined["observed"].tolist() == pytest.approx((joined["observed_full"] * share).tolist())
    assert (frame["weight"] > 0).all()
    assert frame["decile"].value_counts().max() - frame["decile"].value_counts().min() <= 1


def test_the_groups_of_every_partition_sum_to_the_whole_and_the_files_hold_the_same(
    scheme: Scheme, training: Training, population: AuditPopulation, tmp_path: Path
) -> None:
    assert scheme.rate_policy is not None
    asked = read_audit_policy(None)
    options = AuditOptions(n_bootstrap=20)
    rated = rate_population(training.bundle, scheme.rate_policy, population.members)
    found = audit_policy(rated, scheme.rate_policy, population, asked, options=options)
    groups = found.tables["groups"]
    overall = found.summary["overall"]["net_compensation"]
    for name, rows in groups.groupby("grouping"):
        if not rows["suppressed"].any():
            assert rows["contribution"].sum() == pytest.approx(overall), name
    # every group of the fairness list but new members, whom this small scheme has no feature for
    assert {"risk_tier", "decile", "tier_decile", "team_id", *FAIRNESS} - {"enrolment"} <= set(groups["grouping"])
    assert set(found.summary["groups_not_known"]) <= {"enrolment"}
    assert groups.loc[groups["grouping"] == "risk_tier", "group"].tolist() == ["low", "medium", "high"]
    assert not (found.tables["order"]["verdict"] == "fails").any()
    written = write_audit([found], tmp_path / "audit", {"dislocation": None, "comparison": None})
    assert json.loads((tmp_path / "audit" / "audit.json").read_text(encoding="utf-8")) == written
    assert {path.name for path in (tmp_path / "audit").iterdir()} == {
        "audit.html",
        "audit.json",
        "gaming.csv",
        "groups.csv",
        "mapl.csv",
        "order.csv",
        "price.csv",
    }


def test_policies_of_different_products_are_refused_before_any_work(training: Training, tmp_path: Path) -> None:
    paths = (RATES / "contract_fee_300.toml", RATES / "device_package_12000.toml")
    with pytest.raises(PolicyError, match="Rates of different products are never compared"):
        run_comparison(training.bundle, tmp_path / "none", tmp_path / "out", paths, options=AuditOptions())


def test_blocks_for_teams_are_left_out_of_an_audit(training: Training, population: AuditPopulation) -> None:
    # the shipped team pool asks for experience and last year's amounts, which an audit of members does without
    policy = RatePolicy.model_validate(read_toml(RATES / "team_pool.toml"))
    assert rate_population(training.bundle, policy, population.members).teams is None


def test_what_affordability_cuts_shows_as_a_gap_and_is_not_absorbed(
    scheme: Scheme, training: Training, population: AuditPopulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_module, "compute_gaming", lambda *_: pd.DataFrame(columns=["family", "gain"]))
    assert scheme.rate_policy is not None
    values = scheme.rate_policy.model_dump(mode="json", exclude_none=True)
    number = {"unit": "as written", "reference": "test", "effective": "2025-01-01"}
    plain = rate_population(training.bundle, scheme.rate_policy, population.members).certificate
    asked = float(str(plain["budget_minor"])) / float(str(plain["member_months"])) * 12 / 100
    # the fund has nine tenths of what the rates ask for, and the policy cuts to it
    block = {"funding": {"value": asked, **number}, "share": {"value": 0.9, **number}, "on_shortfall": "scale"}
    cut = RatePolicy.model_validate({**values, "affordability": block})
    options, limits = AuditOptions(n_bootstrap=20), read_audit_policy(None)
    before, after = (
        audit_policy(
            rate_population(training.bundle, policy, population.members), policy, population, limits, options=options
        ).summary
        for policy in (scheme.rate_policy, cut)
    )
    assert after["overall"]["cost"] == pytest.approx(before["overall"]["cost"])
    assert after["overall"]["paid"] == pytest.approx(0.9 * before["overall"]["paid"], rel=1e-3)
    said = after["affordability"]
    assert said["shortfall_minor"] == said["asked_minor"] - said["budget_minor"] > 0
    assert said["scaled"]


def make_flat(scheme: Scheme, **base: object) -> RatePolicy:
    """A rate for everybody by a base alone."""
    assert scheme.rate_policy is not None
    values = scheme.rate_policy.model_dump(mode="json", exclude_none=True)
    kept = {name: block for name, block in values.items() if name not in {"region", "floor_cap", "budget"}}
    return RatePolicy.model_validate({**kept, "relative_risk": {"method": "flat"}, "base": base})


def test_rates_above_all_care_show_the_true_overpayment(
    scheme: Scheme, training: Training, population: AuditPopulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_module, "compute_gaming", lambda *_: pd.DataFrame(columns=["family", "gain"]))
    number = {"unit": "fraction", "reference": "test", "effective": "2025-01-01"}
    policy = make_flat(scheme, method="reference_cost", load={"value": 0.43, **number})
    rated = rate_population(training.bundle, policy, population.members)
    options = AuditOptions(n_bootstrap=20)
    found = audit_policy(rated, policy, population, read_audit_policy(None), options=options).summary
    assert (found["share_of_expected_cost"], found["cost_share"]) == (pytest.approx(1.43, abs=1e-4), 1.0)
    # everybody is paid the one rate, so that the whole is that rate less the mean cost, nothing scaled
    labels = population.labels
    cost = np.average(labels["observed"], weights=labels["weight"])
    rate = rated.table["rate_amount"].iloc[0]
    assert found["overall"]["net_compensation"] == pytest.approx(rate - cost)


def test_a_package_of_a_hundredth_is_no_more_adequate_and_the_audit_says_that_it_cannot_tell(
    scheme: Scheme, training: Training, population: AuditPopulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_module, "compute_gaming", lambda *_: pd.DataFrame(columns=["family", "gain"]))
    number = {"unit": "CNY", "reference": "test", "effective": "2025-01-01"}
    found = []
    for amount in (1200, 12):
        policy = make_flat(scheme, method="amount", amount={"value": amount, **number})
        rated = rate_population(training.bundle, policy, population.members)
        options = AuditOptions(n_bootstrap=20)
        found.append(audit_policy(rated, policy, population, read_audit_policy(None), options=options).summary)
    package, little = found
    assert little["overall"]["actual_over_expected"] == pytest.approx(package["overall"]["actual_over_expected"])
    assert little["share_of_expected_cost"] == pytest.approx(package["share_of_expected_cost"] / 100)
    assert (package["level_judged"], little["level_judged"]) == (False, False)
    headline = make_audit_document({"audits": [little], "comparison": None, "dislocation": None})["verdict"]
    assert "The level is not judged: the table pays" in headline["sentences"][0]
