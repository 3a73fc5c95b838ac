"""Canonical frames from a few short rows."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from riskkit.data.io import conform
from riskkit.data.schemas import TABLES

MakeTable = Callable[..., pd.DataFrame]


@pytest.fixture
def table() -> MakeTable:
    """Make a canonical table from rows of (column, value); what a row leaves out is missing."""

    def make(name: str, *rows: dict[str, object]) -> pd.DataFrame:
        return conform(pd.DataFrame(list(rows)), TABLES[name])

    return make


@pytest.fixture
def stays(table: MakeTable) -> MakeTable:
    """Make stays: (person, first day, last day) and changes."""

    def make(*rows: tuple[str, str, str] | tuple[str, str, str, dict[str, object]]) -> pd.DataFrame:
        made = []
        for place, (person, start, end, *change) in enumerate(rows, start=1):
            stay: dict[str, object] = {
                "claim_id": f"C{place}",
                "person_id": person,
                "setting": "inpatient",
                "start_date": start,
                "end_date": end,
                "available_date": end,
                "discharge_status": "home",
                "adjustment": "original",
            }
            made.append({**stay, **(change[0] if change else {})})
        return table("medical_claim", *made)

    return make


@pytest.fixture
def cohort() -> MakeTable:
    """Make a cohort frame: (person, index date, exposure months)."""

    def make(*rows: tuple[str, str, float]) -> pd.DataFrame:
        frame = pd.DataFrame(rows, columns=["person_id", "index_date", "exposure_months"])
        return frame.astype({"person_id": "str", "index_date": "datetime64[us]"})

    return make
