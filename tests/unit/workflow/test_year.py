"""A visit or stay counts once, as its corrections leave it, and no record counts before it was known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from riskkit.data.adapters.known import NATIVE
from riskkit.data.io import Tables, conform, read_tables, write_tables
from riskkit.data.presets import find_presets
from riskkit.data.schemas import TABLES
from riskkit.settlement.measures import YearOfCare
from riskkit.workflow.quality import score_quality
from riskkit.workflow.year import find_year, read_year_of_care

CARD = find_presets() / "models" / "settlement" / "scorecards" / "thousand_points.toml"
START = pd.Timestamp("2023-01-01")
KNOWN_BY = pd.Timestamp("2024-03-31")
NAMES = ("person", "enrollment", "medical_claim", "lab_result", "care_event")
Rows = list[dict[str, Any]]


def claim(name: str, first: str, last: str = "", **change: Any) -> dict[str, Any]:
    """Make a stay of P1; a visit where no last day is given."""
    stay = {
        "setting": "inpatient" if last else "outpatient",
        "end_date": last or first,
        "facility_level": 1,
        "admission_type": "emergency" if last else None,
        "discharge_status": "home" if last else None,
        "adjustment": "original",
        "available_date": last or first,
    }
    return {"claim_id": name, "person_id": "P1", "start_date": first, **stay, **change}


def write_source(folder: Path, claims: Rows, labs: Rows | None = None, events: Rows | None = None) -> Path:
    """Write P1 and P2, who were in team T1 from 2022 to 2024, with the given records."""
    persons = [{"person_id": name, "birth_date": "1960-05-01", "sex": "female"} for name in ("P1", "P2")]
    span = {"team_id": "T1", "start_date": "2022-01-01", "end_date": "2025-01-01"}
    spans = [{"person_id": name, **span} for name in ("P1", "P2")]
    rows = dict(zip(NAMES, (persons, spans, claims, labs or [], events or []), strict=True))
    return write_tables({name: conform(pd.DataFrame(rows[name]), TABLES[name]) for name in NAMES}, folder / "source")


def read_records(folder: Path, *records: Rows) -> Tables:
    return read_tables(write_source(folder, *records), folder / "tables")


def read_care(folder: Path, *records: Rows) -> YearOfCare:
    return read_year_of_care(read_records(folder, *records), find_year(START), 180)


def read_counts(folder: Path, source: Path, **options: Any) -> dict[str, tuple[float, float]]:
    """Score the source and return numerator and denominator by indicator of the one team."""
    scored = score_quality(CARD, source, folder / "out", START, adapter=NATIVE, **options)
    lines = scored.lines.set_index("indicator")[["numerator", "denominator"]]
    return {str(name): (row["numerator"], row["denominator"]) for name, row in lines.iterrows()}


REVERSED = [claim("A", "2023-05-01", "2023-05-06"), claim("B", "2023-05-01", "2023-05-06", adjustment="reversal")]
CORRECTED = [
    claim("C", "2023-07-01", "2023-07-05"),
    claim("D", "2023-07-01", "2023-07-05", adjustment="reversal", available_date="2023-08-01"),
    # the day of discharge was corrected
    claim("E", "2023-07-01", "2023-07-09", adjustment="replacement", available_date="2023-08-01"),
]


def test_of_a_reversed_stay_none_counts_and_of_a_corrected_one_the_replacement(tmp_path: Path) -> None:
    assert read_care(tmp_path, [*REVERSED, *CORRECTED]).stays["claim_id"].tolist() == ["E"]


def test_of_visits_and_contacts_those_count_that_stand(tmp_path: Path) -> None:
    visits = [
        claim("V1", "2023-02-01"),
        claim("V2", "2023-02-01", adjustment="reversal"),
        claim("V3", "2023-03-01"),
        claim("V4", "2023-03-01", adjustment="reversal"),
        claim("V5", "2023-03-01", adjustment="replacement", facility_level=3),
        claim("V6", "2022-12-20"),
        claim("V7", "2022-12-20", adjustment="reversal"),
        claim("V8", "2024-01-10"),
    ]
    care = read_care(tmp_path, visits)
    # the visit of the month after the year follows a discharge, but is no contact of the year
    assert [f"{day:%Y-%m-%d}" for day in care.visits["date"]] == ["2023-03-01", "2024-01-10"]
    assert care.contacts is not None
    assert care.contacts[["date", "level"]].to_numpy().tolist() == [[pd.Timestamp("2023-03-01"), 3]]


def test_the_scorecard_counts_a_reversed_and_a_corrected_stay_as_they_stand(tmp_path: Path) -> None:
    # P2's one stay was taken back. P1 was admitted on 1 July, by the correction until the 9th, seen on the 15th and
    # admitted again on 1 August: within 7 and 30 days of the 9th; after the 5th, the 15th would be too late.
    back = [row | {"person_id": "P2"} for row in REVERSED]
    later = [claim("V", "2023-07-15"), claim("F", "2023-08-01", "2023-08-02")]
    counts = read_counts(tmp_path, write_source(tmp_path, [*back, *CORRECTED, *later]))
    assert counts["admission"] == (1, 2)
    assert counts["readmission"] == (1, 2)
    assert counts["visit_7_days"] == (1, 2)
    # contacts of P1: 1 July after half a year without any is a first one at level 1; later ones lie within 30 days
    assert counts["first_contact"] == (1, 1)


def test_a_correction_counts_from_the_day_on_which_it_was_known(tmp_path: Path) -> None:
    tables = read_records(tmp_path, CORRECTED)
    for known_by, stands in (("2023-07-31", "C"), ("2023-08-01", "E")):
        care = read_year_of_care(tables, find_year(START), 180, pd.Timestamp(known_by))
        assert care.stays["claim_id"].tolist() == [stands]


def make_records(number: int, day: str, known: str) -> tuple[Rows, Rows, Rows]:
    """Make a stay, a visit a week after it, a good HbA1c and an eye examination, known on a day."""
    record = {"record_id": f"R{number}", "person_id": "P1", "date": day, "available_date": known}
    seen = f"{pd.Timestamp(day) + pd.Timedelta(days=7):%Y-%m-%d}"
    claims = [claim(f"S{number}", day, day, available_date=known), claim(f"V{number}", seen, available_date=known)]
    return claims, [record | {"analyte": "hba1c", "value": 6.0, "unit": "%"}], [record | {"kind": "eye_exam"}]


def test_a_record_of_any_kind_counts_only_if_it_was_known_by_the_day(tmp_path: Path) -> None:
    in_time, late = make_records(1, "2023-03-01", "2024-03-31"), make_records(2, "2023-06-01", "2024-04-01")
    tables = read_records(tmp_path, *(first + second for first, second in zip(in_time, late, strict=True)))
    for known_by, months in ((KNOWN_BY, {3}), (None, {3, 6})):
        care = read_year_of_care(tables, find_year(START), 180, known_by)
        assert care.contacts is not None
        days = [care.lab_results["date"], care.care_events["date"], care.stays["start_date"], care.visits["date"]]
        assert [set(dates.dt.month) for dates in [*days, care.contacts["date"]]] == [months] * 5


def test_the_scorecard_does_not_count_what_came_after_the_run_out_date(tmp_path: Path) -> None:
    source = write_source(tmp_path, *make_records(1, "2023-06-01", "2024-04-01"))
    counts = read_counts(tmp_path, source, known_by=KNOWN_BY)
    told = [counts[name][0] for name in ("control", "eye_exam", "admission", "visit_7_days", "first_contact")]
    assert told == [0] * 5
