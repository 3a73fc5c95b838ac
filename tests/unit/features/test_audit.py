"""The audit finds a later record, a late one and a label among the features, and nothing where there is none."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import pytest

from riskkit.data.io import conform
from riskkit.data.schemas import TABLES
from riskkit.errors import LeakageError
from riskkit.features.audit import audit_sample
from riskkit.features.build import build_features
from riskkit.features.catalogue import Catalogue

INDEX = pd.Timestamp("2024-01-01")
GROUPS = ("use", "cost", "glycaemia", "membership", "care")


@pytest.fixture
def cohort() -> pd.DataFrame:
    keys = pd.DataFrame({"person_id": [f"P{n}" for n in range(30)], "index_date": INDEX, "as_of_date": INDEX})
    return keys.assign(age_years=60.0, sex="male", urban=True, insurance_type="employee", institution_level=2)


@pytest.fixture
def tables(cohort: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """A visit before and one after the index date, a result known late, and a span that ends later, for everybody."""
    persons = cohort["person_id"]

    def claims(prefix: str, day: str) -> pd.DataFrame:
        when = pd.Timestamp(day)
        held = pd.DataFrame({"claim_id": prefix + persons, "person_id": persons, "setting": "outpatient"})
        return held.assign(
            start_date=when, end_date=when, available_date=when, allowed_amount=9.5, adjustment="original"
        )

    visits = pd.concat([claims("before", "2023-06-01"), claims("after", "2024-02-01")], ignore_index=True)
    labs = pd.DataFrame(
        {"record_id": "L" + persons, "person_id": persons, "analyte": "hba1c", "unit": "%", "value": 8.0}
    )
    labs = labs.assign(date=pd.Timestamp("2023-12-20"), available_date=pd.Timestamp("2024-01-05"))
    spans = pd.DataFrame({"person_id": persons, "start_date": pd.Timestamp("2023-01-01")})
    held = {
        "person": pd.DataFrame({"person_id": persons, "birth_date": pd.Timestamp("1960-01-01")}),
        "medical_claim": visits,
        "lab_result": labs,
        "enrollment": spans.assign(end_date=pd.Timestamp("2025-01-01"), team_id="T1"),
    }
    return {name: conform(frame, TABLES[name]) for name, frame in held.items()}


@dataclass
class Case:
    """Features as they were built, and all that is needed to build them again."""

    cohort: pd.DataFrame
    features: pd.DataFrame
    tables: dict[str, pd.DataFrame]
    everything: Catalogue
    code_map: pd.DataFrame

    def audit(self, features: pd.DataFrame, members: int = 200) -> int:
        return audit_sample(
            self.cohort,
            features,
            self.tables,
            self.everything.select(GROUPS),
            everything=self.everything,
            code_map=self.code_map,
            members=members,
        )


@pytest.fixture
def case(cohort: pd.DataFrame, tables: dict[str, pd.DataFrame], everything: Catalogue, code_map: pd.DataFrame) -> Case:
    built = build_features(cohort, tables, everything.select(GROUPS), everything=everything, code_map=code_map)
    assert built["outpatient_visits_365d"].eq(1.0).all()
    assert built["hba1c_latest_365d"].isna().all()
    return Case(cohort.sort_values("person_id", ignore_index=True), built, tables, everything, code_map)


def test_sound_features_pass_and_the_rows_are_counted(case: Case) -> None:
    assert case.audit(case.features, members=10) == 10
    assert case.audit(case.features, members=500) == 30


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        # the visit of February counted as if it were known
        ("outpatient_visits_365d", 2.0, r"'outpatient_visits_365d': found 2 in row \d+, expected 1 from"),
        # the result of December, known on 5 January
        ("hba1c_latest_365d", 8.0, r"'hba1c_latest_365d': found 8 in row \d+, expected nan"),
        # the cost of next year, joined in
        ("allowed_amount_365d", 12345.0, r"'allowed_amount_365d': found 12345 in row \d+, expected 9.5"),
    ],
)
def test_what_was_not_known_is_found_and_no_person_is_named(case: Case, name: str, value: float, said: str) -> None:
    third = case.features.index % 3 == 0
    leaking = case.features.assign(**{name: case.features[name].mask(third, value)})
    with pytest.raises(LeakageError, match=said) as caught:
        case.audit(leaking)
    assert "P1" not in str(caught.value)
    assert "10 of 30 sampled rows" in str(caught.value)
