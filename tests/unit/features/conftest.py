"""The whole catalogue on short code lists, and features of one member from a few records."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from riskkit.data.io import conform
from riskkit.data.schemas import TABLES
from riskkit.features.build import build_features
from riskkit.features.catalogue import Catalogue
from riskkit.features.contents import make_catalogue

GROUPS = [
    ("conditions", "diabetes", "E11", 1.0),
    ("conditions", "nephropathy", "N18", 1.0),
    ("conditions", "chronic_kidney", "N18", 1.0),
    ("complications", "nephropathy", "N18", 1.0),
    ("complications", "retinopathy", "H36", 1.0),
    ("dcsi", "nephropathy", "N18", 2.0),
    ("dcsi", "nephropathy", "N08", 1.0),
    ("dcsi", "retinopathy", "H36", 1.0),
    ("charlson", "renal", "N18", 2.0),
    ("elixhauser", "renal_failure", "N18", 1.0),
]
INDEX = "2024-01-01"


@pytest.fixture(scope="session")
def code_groups() -> pd.DataFrame:
    return pd.DataFrame(GROUPS, columns=["list", "group", "prefix", "points"])


@pytest.fixture(scope="session")
def code_map(code_groups: pd.DataFrame) -> pd.DataFrame:
    named = code_groups["list"] + ":" + code_groups["group"]
    return pd.DataFrame(
        {"code": code_groups["prefix"], "vocabulary": "who_cn", "code_group": named, "points": code_groups["points"]}
    )


@pytest.fixture(scope="session")
def everything(code_groups: pd.DataFrame) -> Catalogue:
    return make_catalogue(code_groups)


@pytest.fixture
def compute(everything: Catalogue, code_map: pd.DataFrame) -> Callable[..., dict[str, float]]:
    """Compute features of one member at 2024-01-01: names, then the rows of each table.

    A row leaves out what every record has: its id, the person, and the available date where it is the event's.
    """

    def run(names: list[str], *, context: dict[str, object] | None = None, **rows: list[dict[str, object]]) -> dict:
        member = {"person_id": "a", "index_date": INDEX, "as_of_date": INDEX, "age_years": 60.0, "sex": "male"}
        other = {"urban": True, "insurance_type": "employee", "institution_level": 2}
        cohort = pd.DataFrame([{**member, **other, **(context or {})}])
        cohort = cohort.astype({"index_date": "datetime64[us]", "as_of_date": "datetime64[us]"})
        frame = build_features(
            cohort,
            {name: _table(name, records) for name, records in rows.items()},
            everything.select((), tuple(names)),
            everything=everything,
            code_map=code_map,
        )
        return frame[names].iloc[0].to_dict()

    return run


def _table(name: str, records: list[dict[str, object]]) -> pd.DataFrame:
    schema = TABLES[name]
    fixed = {"vocabulary": "who_cn", "source": "outpatient", "adjustment": "original", "unit": "-", "position": 1}
    rows = []
    for place, record in enumerate(records, start=1):
        day = record[str(schema.event_date)]
        row = {**fixed, schema.key[0]: f"R{place}", "person_id": "a", "available_date": day, "end_date": day, **record}
        rows.append({column: value for column, value in row.items() if column in schema.column_names})
    return conform(pd.DataFrame(rows, columns=None if rows else schema.column_names), schema)
