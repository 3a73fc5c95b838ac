"""A query that could read past the window is refused before it runs; every query of the catalogue is accepted."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import sqlglot
from sqlglot import exp

from riskkit.data.codes import read_code_lists
from riskkit.errors import LeakageError
from riskkit.features import build
from riskkit.features.catalogue import Catalogue
from riskkit.features.compile import compile_catalogue
from riskkit.features.contents import make_catalogue
from riskkit.features.leakage import guard_plans
from riskkit.features.plan import Plan

LISTS = Path(__file__).parents[3] / "models" / "codelists"
EVENTS = (
    "SELECT person_id, start_date AS event_date, available_date AS available_date, allowed_amount FROM medical_claim"
)
SOUND = """
    SELECT s.row_id, SUM(e.allowed_amount) AS cost FROM spine AS s JOIN (EVENTS) AS e ON e.person_id = s.person_id
    WHERE e.event_date < s.index_date AND e.available_date <= s.as_of_date GROUP BY s.row_id
""".replace("EVENTS", EVENTS)


def plan_of(query: str) -> Plan:
    parsed = sqlglot.parse_one(query, dialect="duckdb")
    assert isinstance(parsed, exp.Select)
    return Plan("claims", "medical_claim", (), parsed)


def test_every_query_of_the_whole_catalogue_is_accepted() -> None:
    plans = compile_catalogue(make_catalogue(read_code_lists(LISTS)))
    assert len(plans) > 20
    guard_plans(plans)
    guard_plans([plan_of(SOUND)])


@pytest.mark.parametrize(
    ("found", "changed", "said"),
    [
        ("e.event_date < s.index_date AND ", "", "not held against"),
        (" AND e.available_date <= s.as_of_date", "", "not held against"),
        ("e.event_date < s.index_date", "e.event_date <= s.index_date", "not held against"),
        ("e.available_date <= s.as_of_date", "e.available_date <= s.index_date", "not held against"),
        ("s.index_date AND e", "s.index_date OR e", "not held against"),
        ("WHERE e.event_date", "WHERE TRUE OR e.event_date", "not held against"),
        ("start_date AS event_date", "available_date AS event_date", "without its event_date"),
        ("available_date AS available_date", "start_date AS available_date", "without its available_date"),
        ("start_date AS event_date", "start_date - INTERVAL 400 DAY AS event_date", "without its event_date"),
        (f"({EVENTS})", "medical_claim", "without its event_date"),
        ("FROM medical_claim", "FROM person", "'person' has no clocks"),
        ("spine AS s", "(SELECT row_id, person_id, as_of_date, as_of_date AS index_date FROM spine) AS s", "computed"),
        ("GROUP BY s.row_id", "AND EXISTS (SELECT 1 FROM diagnosis) GROUP BY s.row_id", "'diagnosis' is read"),
    ],
)
def test_a_query_with_a_hole_in_its_window_is_refused(found: str, changed: str, said: str) -> None:
    assert found in SOUND
    with pytest.raises(LeakageError, match=f"features of source 'claims': .*{said}"):
        guard_plans([plan_of(SOUND.replace(found, changed))])


def test_features_are_not_built_from_a_query_with_a_hole(
    everything: Catalogue, code_map: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    def compile_with_a_hole(catalogue: Catalogue) -> list[Plan]:
        """Take the first condition out of every WHERE that has an index date: the seeded leak."""
        plans = compile_catalogue(catalogue)
        for plan in plans:
            for condition in plan.query.find_all(exp.LT):
                if condition.this.name == "event_date":
                    condition.replace(exp.true())
        return plans

    monkeypatch.setattr(build, "compile_catalogue", compile_with_a_hole)
    cohort = pd.DataFrame({"person_id": ["a"], "index_date": ["2024-01-01"], "as_of_date": ["2024-01-01"]})
    cohort = cohort.astype({"index_date": "datetime64[us]", "as_of_date": "datetime64[us]"})
    context = {"age_years": 60.0, "sex": "male", "urban": True, "insurance_type": "employee", "institution_level": 2}
    with pytest.raises(LeakageError, match="could be seen"):
        build.build_features(
            cohort.assign(**context), {}, everything.select(("use",)), everything=everything, code_map=code_map
        )
