"""A year that a source does not hold is refused in one line with the years that there are."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from riskkit.data.adapters.known import NATIVE
from riskkit.data.io import conform, write_tables
from riskkit.data.presets import find_presets
from riskkit.data.schemas import TABLES
from riskkit.errors import DataContractError
from riskkit.workflow.monitor import watch_source
from riskkit.workflow.quality import score_quality

MODELS = find_presets() / "models" / "settlement"
ENROLLED = ("2021-01-01", "2025-01-01")


def write_source(folder: Path, *days: str) -> Path:
    """Write one member, in a team from 2021 to 2024, with a visit on each day."""
    visit = {"setting": "outpatient", "adjustment": "original", "person_id": "P1"}
    claims = [
        {**visit, "claim_id": f"C{place}", "start_date": day, "end_date": day, "available_date": day}
        for place, day in enumerate(days)
    ]
    rows = {
        "person": [{"person_id": "P1", "birth_date": "1960-05-01", "sex": "male"}],
        "enrollment": [{"person_id": "P1", "team_id": "T1", "start_date": ENROLLED[0], "end_date": ENROLLED[1]}],
        "medical_claim": claims,
    }
    frames = {name: conform(pd.DataFrame(held), TABLES[name]) for name, held in rows.items()}
    return write_tables(frames, folder / "source")


def watch(source: Path, out: Path, start: str) -> None:
    watch_source(MODELS / "monitors" / "integrity.toml", source, out, pd.Timestamp(start), adapter=NATIVE)


def score(source: Path, out: Path, start: str) -> None:
    score_quality(MODELS / "scorecards" / "thousand_points.toml", source, out, pd.Timestamp(start), adapter=NATIVE)


@pytest.mark.parametrize(
    ("start", "days", "found"),
    [
        (
            "1999-01-01",
            ("2022-05-01", "2023-05-01"),
            "nobody for long enough in a team from 1999-01-01 .* 2022 to 2023",
        ),
        # in a team, and no claim: the records end before the enrolment does
        ("2024-01-01", ("2022-05-01",), r"no record from 2024-01-01 to 2025-01-01, .* holds: 2022\."),
        ("2023-01-01", ("2022-05-01", "2024-05-01"), r"no record from 2023-01-01 .* holds: 2022, 2024\."),
        ("2023-01-01", (), "expected a year that the source holds: none, for it has no record"),
    ],
    ids=["before-all", "after-the-records", "between", "empty"],
)
def test_a_year_that_is_not_there_is_refused_with_those_that_are(
    tmp_path: Path, start: str, days: tuple[str, ...], found: str
) -> None:
    source = write_source(tmp_path, *days)
    for ask in (watch, score):
        with pytest.raises(DataContractError, match=found):
            ask(source, tmp_path / "out", start)
        assert not (tmp_path / "out").exists()
