"""The worked rate cases in ``rates/*.toml``, which an actuary can check without Python."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pandas as pd
import pytest

from riskkit.policy import read_policy
from riskkit.rates.allocation import allocate_budget
from riskkit.rates.capitation import compute_rates, fit_rates
from riskkit.rates.certificate import make_certificate
from riskkit.rates.policy import RatePolicy

CASES = sorted((Path(__file__).parent / "rates").glob("*.toml"))
SHIPPED = Path(__file__).parents[2] / "models" / "rates"


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_worked_rate_case_holds(path: Path) -> None:
    case = tomllib.loads(path.read_text(encoding="utf-8"))
    members = pd.DataFrame(case["members"]).assign(index_date=pd.Timestamp("2025-01-01"))
    frame = members.drop(columns=["rate", "step", "allocated_minor"], errors="ignore")

    policy = (
        read_policy(SHIPPED / case["policy_file"], RatePolicy)
        if "policy_file" in case
        else RatePolicy.model_validate(case["policy"])
    )
    frozen = fit_rates(policy, frame, reference_population=case["title"])
    rates, ledger = compute_rates(frozen, frame)
    table = allocate_budget(frozen, rates)
    certificate = make_certificate(frozen, table)

    assert table["rate_amount"].tolist() == pytest.approx(members["rate"].tolist(), abs=1e-9)
    if "allocated_minor" in members:
        assert table["allocated_minor"].tolist() == members["allocated_minor"].tolist()
    for name, expected in case["expected"].items():
        assert certificate[name] == pytest.approx(expected, rel=1e-6), name
    assert certificate["difference_minor"] == 0
    _check_ledger(case["members"], ledger)


def _check_ledger(members: list[dict[str, object]], ledger: pd.DataFrame) -> None:
    for member in members:
        rows = ledger[ledger["person_id"] == member["person_id"]]
        assert rows["amount"].sum() == pytest.approx(member["rate"], abs=0.005)
        if "step" in member:
            written = {int(step): amount for step, amount in member["step"].items()}
            found = dict(zip(rows["step"].tolist(), rows["amount"].tolist(), strict=True))
            assert found == pytest.approx(written, abs=0.0051)


def test_every_shipped_policy_has_a_worked_case() -> None:
    shown = {tomllib.loads(path.read_text(encoding="utf-8")).get("policy_file") for path in CASES}
    assert {path.name for path in SHIPPED.glob("*.toml")} == shown - {None}


def test_there_are_worked_rate_cases() -> None:
    assert {path.stem for path in CASES} >= {"caps_and_budget", "coding_and_decimals", "region_renormalised"}
