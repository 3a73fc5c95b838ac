"""What the documents ask of a year under contract, against the shipped presets: services, targets, gains, costs."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from riskkit.evaluation.net_compensation import compute_net_compensation
from riskkit.policy import read_policy
from riskkit.rates.capitation import compute_rates, fit_rates
from riskkit.rates.policy import RatePolicy
from riskkit.settlement.accounts import attribute_claims
from riskkit.settlement.counted import count_claims
from riskkit.settlement.policy import SettlementPolicy
from riskkit.tiers.follow_up import FollowUpPolicy, make_worklist

MODELS = Path(__file__).parents[2] / "models"
KEYS = {"index_date": pd.Timestamp("2025-01-01")}
SERVICES = ("follow_up", "hba1c", "eye_exam", "uacr_screen", "neuropathy_screen", "therapy_review")


def list_due(package: str, age: float = 50.0, days: float = 400.0) -> pd.DataFrame:
    """The worklist of one member whose every service was given so many days ago, by service."""
    since = {f"days_since_{name}": [days] for name in SERVICES}
    members = pd.DataFrame({"person_id": ["A"], **KEYS, "age_years": [age], "team_id": ["T"], **since})
    assigned = members[["person_id", "index_date"]].assign(risk_tier="low", package=package)
    schedule = read_policy(MODELS / "followup" / "diabetes.toml", FollowUpPolicy)
    return make_worklist(schedule, assigned, members).set_index("service")


@pytest.mark.parametrize("package", ["basic", "intermediate", "advanced"])
def test_c21_four_visits_two_hba1c_eyes_albumin_and_nerves_once_and_therapy_in_three_to_six_months(
    package: str,
) -> None:
    # POLICY_RULES C21. 365 days / times a year, whole days: 91, 182, 365; given 400 days ago
    late = {"follow_up": 400 - 91, "hba1c": 400 - 182, "eye_exam": 35, "uacr_screen": 35, "neuropathy_screen": 35}
    # every six months, every three in the advanced package
    late["therapy_review"] = 400 - (91 if package == "advanced" else 182)
    # the advanced package adds nerve conduction and tele-ECG, of which no record says that they were given: due today
    late |= {"nerve_conduction": 0, "tele_ecg": 0} if package == "advanced" else {}
    found = list_due(package)
    assert found["overdue_days"].to_dict() == late
    added = found.loc[[name for name in late if name not in SERVICES], "due_date"]
    assert added.tolist() == [KEYS["index_date"]] * len(added)


@pytest.mark.parametrize(("age", "target"), [(18, 6.5), (44, 6.5), (45, 7.0), (64, 7.0), (65, 8.0), (90, 8.0)])
def test_c20_below_six_and_a_half_for_the_young_eight_for_the_old_seven_between(age: float, target: float) -> None:
    # POLICY_RULES C20; the ages at which they change are this project's
    assert list_due("basic", age)["hba1c_target"].tolist() == [target] * len(SERVICES)


def test_c19_a_flat_package_gains_on_the_simple_and_loses_on_the_complex() -> None:
    # POLICY_RULES C19 under the package of 1,200 (C8): 1,200 - 700 = 500 on two simple cases, 1,200 - 2,400 = -1,200 on
    # a complex one
    policy = read_policy(MODELS / "rates" / "package_1200.toml", RatePolicy)
    cost = [700.0, 700.0, 2400.0]
    members = pd.DataFrame({"person_id": ["A", "B", "C"], **KEYS, "exposure_months": 12.0, "expected_cost": cost})
    rates, _ = compute_rates(fit_rates(policy, members, reference_population="three"), members)
    frame = members.assign(
        observed=cost, predicted=rates["rate_amount"], weight=1.0, risk_tier=["simple", "simple", "complex"]
    )
    found = compute_net_compensation(frame, ["risk_tier"], n_bootstrap=20, seed=0, min_persons=1).set_index("group")
    assert found["net_compensation"].to_dict() == {"simple": 500.0, "complex": -1200.0}


def test_c22_of_who_signs_outpatient_and_inpatient_cost_are_the_teams() -> None:
    # POLICY_RULES C22, whole cost counted. A signs with T1 on 1 January, B with T2 on 1 July; C signs with nobody.
    services = read_policy(MODELS / "rates" / "team_pool.toml", RatePolicy).product.services
    assert {"outpatient care", "inpatient care"} <= set(services)
    spans = pd.DataFrame(
        {
            "person_id": ["A", "B"],
            "team_id": ["T1", "T2"],
            "start_date": pd.to_datetime(["2025-01-01", "2025-07-01"]),
            "end_date": pd.to_datetime(["2026-01-01", "2026-01-01"]),
        }
    )
    claims = pd.DataFrame(
        {
            "person_id": ["A", "A", "B", "B", "C"],
            "setting": ["outpatient", "inpatient", "inpatient", "outpatient", "inpatient"],
            "date": pd.to_datetime(["2025-02-03", "2025-08-01", "2025-03-01", "2025-09-09", "2025-05-05"]),
            "amount": [120.0, 9000.0, 8000.0, 80.0, 7000.0],
        }
    )
    claims["team_id"] = attribute_claims(claims, spans)
    policy = read_policy(MODELS / "settlement" / "full_retention.toml", SettlementPolicy)
    told = count_claims(policy, claims, spans)
    # T1: 120 + 9,000 = 9,120; T2: 80, as B's stay was before B signed; what is nobody's is not lost
    assert told.groupby("team_id")["cost_minor"].sum().to_dict() == {"T1": 912_000, "T2": 8_000}
    assert told.loc[told["team_id"].isna(), "full_minor"].sum() == 1_500_000
