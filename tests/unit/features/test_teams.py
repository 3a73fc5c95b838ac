"""A panel is who stood with the team on the day before the index date, with what could be known of them."""

from __future__ import annotations

import pandas as pd
import pytest

from riskkit.data.io import conform
from riskkit.data.schemas import TABLES
from riskkit.features.build import build_features
from riskkit.features.catalogue import Catalogue
from riskkit.features.panels import panel_features

NAMES = ("team_panel_size", "team_institution_level", "team_mean_allowed_amount_365d", "team_mean_follow_ups_365d")
SPANS = [
    ("a", "2022-01-01", "2025-01-01", "T1", 1),
    ("b", "2023-01-01", "2024-01-01", "T1", 1),  # to the day before the index date
    ("c", "2023-01-01", "2023-12-31", "T1", 1),  # left a day earlier
    ("d", "2024-01-01", "2025-01-01", "T1", 1),  # joins on the index date
    ("e", "2021-01-01", "2023-07-01", "T1", 1),  # with another team by now
    ("e", "2023-07-01", "2025-01-01", "T2", 2),
    ("f", "2023-01-01", "2025-01-01", None, 3),  # without a team
]
CLAIMS = [
    ("a", "2023-06-01", "2023-06-01", 100.0),
    ("a", "2022-06-01", "2022-06-01", 5000.0),  # before the window
    ("b", "2023-12-31", "2024-01-01", 60.0),
    ("b", "2023-12-01", "2024-01-02", 7000.0),  # known a day too late
    ("a", "2024-01-01", "2024-01-01", 9000.0),  # on the index date
    ("c", "2023-06-01", "2023-06-01", 400.0),
    ("e", "2023-06-01", "2023-06-01", 30.0),
]


def _frame(table: str, rows: list[dict[str, object]]) -> pd.DataFrame:
    return conform(pd.DataFrame(rows), TABLES[table])


@pytest.fixture
def tables() -> dict[str, pd.DataFrame]:
    fixed = {"setting": "outpatient", "adjustment": "original"}
    claims = [
        {
            **fixed,
            "claim_id": f"R{n}",
            "person_id": p,
            "start_date": d,
            "end_date": d,
            "available_date": k,
            "allowed_amount": amount,
        }
        for n, (p, d, k, amount) in enumerate(CLAIMS)
    ]
    care = [
        {"record_id": f"C{n}", "person_id": person, "date": "2023-06-01", "available_date": "2023-06-01", "kind": kind}
        for n, (person, kind) in enumerate(
            [("a", "follow_up"), ("b", "follow_up"), ("b", "follow_up"), ("b", "education")]
        )
    ]
    spans = pd.DataFrame(SPANS, columns=["person_id", "start_date", "end_date", "team_id", "institution_level"])
    return {
        "enrollment": conform(spans, TABLES["enrollment"]),
        "medical_claim": _frame("medical_claim", claims),
        "care_event": _frame("care_event", care),
    }


def _build(
    persons: list[str], tables: dict[str, pd.DataFrame], everything: Catalogue, code_map: pd.DataFrame
) -> pd.DataFrame:
    cohort = pd.DataFrame({"person_id": persons, "index_date": pd.Timestamp("2024-01-01")})
    cohort = cohort.astype({"index_date": "datetime64[us]"})
    context = {"age_years": 60.0, "sex": "male", "urban": True, "insurance_type": "employee", "institution_level": 2}
    cohort = cohort.assign(as_of_date=cohort["index_date"], **context)
    chosen = everything.select((), NAMES)
    found = build_features(cohort, tables, chosen, everything=everything, code_map=code_map)
    return found.set_index("person_id")[list(NAMES)]


def test_panels_hold_who_is_there_and_what_is_known(
    tables: dict[str, pd.DataFrame], everything: Catalogue, code_map: pd.DataFrame
) -> None:
    found = _build(["a", "b", "e", "f"], tables, everything, code_map)
    # T1: a and b, who cost 100 and 60 and had three visits; T2: e alone, whose own 30 stay with e.
    for person in ("a", "b"):
        assert found.loc[person].tolist() == [2, 1, 80, 1.5]
    assert found.loc["e"].tolist() == [1, 2, 30, 0]
    assert found.loc["f"].isna().all()


def test_a_panel_is_of_the_source_and_not_of_who_is_scored(
    tables: dict[str, pd.DataFrame], everything: Catalogue, code_map: pd.DataFrame
) -> None:
    together = _build(["a", "b", "e"], tables, everything, code_map)
    for person in ("a", "b", "e"):
        alone = _build([person], tables, everything, code_map)
        pd.testing.assert_frame_equal(alone, together.loc[[person]])


def test_what_is_of_the_provider_enters_no_rate() -> None:
    assert {feature.policy for feature in panel_features()} == {"clinical"}
