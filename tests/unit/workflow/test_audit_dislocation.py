"""What moved between two bundles: exact in sum by member, team and group, and nothing moves that was not moved."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from riskkit.data.io import Tables, write_tables
from riskkit.data.synthetic import make_cohort
from riskkit.features.contents import make_catalogue
from riskkit.policy import read_toml
from riskkit.rates.dislocation import PARTS
from riskkit.rates.policy import RatePolicy
from riskkit.workflow.audit import read_audit_policy
from riskkit.workflow.audit_dislocation import dislocate, name_moved, sum_up_dislocation
from riskkit.workflow.audit_population import (
    AuditPopulation,
    LastMembers,
    open_audit_population,
    rate_population,
)
from riskkit.workflow.bundle import Bundle
from riskkit.workflow.members import FeaturePlan, build_members
from riskkit.workflow.scheme import read_scheme
from riskkit.workflow.training import Training, train_scheme

ROOT = Path(__file__).parents[3]
NOW, THEN = date(2024, 1, 1), date(2023, 1, 1)
SOURCE = {"unit": "as written", "reference": "test", "effective": "2025-01-01"}


def make_policy(*, mean: float = 6000.0, coding: float = 0.0, base: float = 2400.0, **blocks: Any) -> RatePolicy:
    """A policy without anything that is fitted: score over a published mean, times an amount."""
    values = read_toml(ROOT / "models" / "rates" / "capitation.toml")
    kept = {name: block for name, block in values.items() if name not in {"region", "floor_cap", "budget"}}
    numbers = {name: {"value": value, **SOURCE} for name, value in (("mean", mean), ("coding", coding), ("base", base))}
    risk = {"method": "individual", "normalization": numbers["mean"], "coding_factor": numbers["coding"]}
    changed = {"relative_risk": risk, "base": {"method": "amount", "amount": numbers["base"]}, **blocks}
    return RatePolicy.model_validate({**kept, **changed})


@pytest.fixture(scope="module")
def other(start: Path, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """Last year's bundle: other members, another seed, fewer features."""
    text = (
        (start / "pipelines" / "synthetic.toml").read_text(encoding="utf-8").replace('"heart", "nerves", "foot", ', "")
    )
    file = start / "pipelines" / "last_year.toml"
    file.write_text(text, encoding="utf-8")
    cohort = make_cohort(500, 5, 11)
    source = write_tables(cohort.tables, tmp_path_factory.mktemp("other") / "native")
    scheme = read_scheme(file, tuning_trials=0, n_bootstrap=20)
    return train_scheme(scheme, source, tmp_path_factory.mktemp("last_year")).bundle


@pytest.fixture(scope="module")
def this(training: Training) -> Bundle:
    return training.bundle


def split(
    now: Bundle, last: Bundle, population: AuditPopulation, policies: tuple[RatePolicy, RatePolicy]
) -> pd.DataFrame:
    """Split what moved, and hold the sums of members, teams and groups to the move."""
    assert population.last is not None
    before = rate_population(last, policies[0], population.last.then)
    after = rate_population(now, policies[1], population.members)
    table = dislocate(before, after, population)
    parts = list(PARTS)
    assert (table[parts].sum(axis=1) == table["change_minor"]).all()
    assert (table["last_minor"] + table["change_minor"] == table["now_minor"]).all()
    # both ends are the rate tables themselves
    for column, rated in (("last_minor", before), ("now_minor", after)):
        rates = rated.table.set_index("person_id")["rate_minor"]
        assert table.set_index("person_id").loc[rates.index, column].tolist() == rates.tolist()
    summed = sum_up_dislocation(table, name_moved(before, after, population))
    for name in ("all", "status", "team_id", "risk_tier", "age_band", "region"):
        rows = pd.DataFrame(summed[name])
        assert (rows[parts].sum(axis=1) == rows["change_minor"]).all(), name
        assert rows["change_minor"].sum() == table["change_minor"].sum(), name
        assert rows["members"].sum() == len(table), name
        assert "missing" not in set(rows["group"]), name
    return table


@pytest.fixture(scope="module")
def two_years(this: Bundle, other: Bundle, source: Path) -> AuditPopulation:
    limits = read_audit_policy(None)
    few = limits.gaming_members.model_copy(update={"value": 1.0})
    limits = limits.model_copy(update={"gaming_members": few})
    return open_audit_population(this, source, NOW, limits=limits, last=(other, THEN))


@pytest.fixture(scope="module")
def same_bundle(this: Bundle, two_years: AuditPopulation, tables: Tables) -> AuditPopulation:
    """The same members, set against the year before under this year's bundle."""
    plan = FeaturePlan(make_catalogue(this.code_lists), this.catalogue, this.code_lists)
    then = build_members(tables, this.cohort, plan, index_dates=[THEN], audited=1)
    return replace(two_years, last=LastMembers(then, two_years.members))


def moved(table: pd.DataFrame) -> set[str]:
    """The parts that moved for anybody who stayed."""
    stayed = table[table["status"] == "stayed"]
    assert len(stayed) > 100
    return {part for part in PARTS if (stayed[part] != 0).any()}


def test_two_bundles_under_one_policy_differ_by_year_and_model_alone(
    this: Bundle, other: Bundle, two_years: AuditPopulation
) -> None:
    assert set(other.models["payment_cost"].feature_names) != set(this.models["payment_cost"].feature_names)
    policy = make_policy()
    assert moved(split(this, other, two_years, (policy, policy))) == {"population", "model"}


def test_a_year_under_one_bundle_and_policy_is_population_alone(this: Bundle, same_bundle: AuditPopulation) -> None:
    policy = make_policy()
    assert moved(split(this, this, same_bundle, (policy, policy))) == {"population"}


def test_the_same_day_under_two_bundles_is_model_alone(this: Bundle, other: Bundle, two_years: AuditPopulation) -> None:
    assert two_years.last is not None
    population = replace(two_years, last=LastMembers(two_years.last.now, two_years.last.now))
    policy = make_policy()
    table = split(this, other, population, (policy, policy))
    assert (table["status"] == "stayed").all()
    assert moved(table) == {"model"}


@pytest.mark.parametrize(
    ("changed", "part"),
    [({"coding": 0.059}, "coding"), ({"mean": 6500.0}, "normalisation"), ({"base": 2500.0}, "policy")],
)
def test_one_number_of_the_policy_moves_one_part(
    this: Bundle, same_bundle: AuditPopulation, changed: dict[str, float], part: str
) -> None:
    table = split(this, this, same_bundle, (make_policy(), make_policy(**changed)))
    assert moved(table) == {"population", part}
    # less for coding, less under a higher mean, more on a higher base: the same sign for everybody who stayed
    stayed = table.loc[table["status"] == "stayed", part]
    assert (stayed > 0).all() if part == "policy" else (stayed < 0).all()


def test_everything_at_once_is_still_exact(this: Bundle, other: Bundle, two_years: AuditPopulation) -> None:
    fitted = RatePolicy.model_validate(read_toml(ROOT / "models" / "rates" / "capitation.toml"))
    risk = {"method": "individual", "coding_factor": {"value": 0.03, **SOURCE}}
    values = fitted.model_dump(mode="json", exclude_none=True)
    now = RatePolicy.model_validate({**values, "relative_risk": risk})
    # the mean and the budget factor are fitted on each year's own members, and the coding factor is new
    # and no other number of the policy
    assert moved(split(this, other, two_years, (fitted, now))) == set(PARTS) - {"policy"}


def test_who_left_stands_under_the_team_and_tier_of_the_year_before() -> None:
    def year(people: list[str], teams: list[str], tiers: list[str]) -> tuple[Any, Any]:
        cohort = pd.DataFrame({"person_id": people, "team_id": teams, "age_years": 50.0})
        table = pd.DataFrame({"person_id": people[::-1], "risk_tier": tiers[::-1]})
        return SimpleNamespace(cohort=cohort), SimpleNamespace(table=table)

    # A goes from team T1 to T2 and from low to high, B leaves T9 and the medium tier, C comes
    then, before = year(["A", "B"], ["T1", "T9"], ["low", "medium"])
    now, after = year(["A", "C"], ["T2", "T3"], ["high", "low"])
    population: Any = SimpleNamespace(members=now, last=SimpleNamespace(then=then))
    found = name_moved(before, after, population).set_index("person_id")
    assert found["team_id"].to_dict() == {"A": "T2", "B": "T9", "C": "T3"}
    assert found["risk_tier"].to_dict() == {"A": "high", "B": "medium", "C": "low"}
