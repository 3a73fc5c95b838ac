"""The window semantics, row by row of windows.toml; run as a script it renders them to docs/windows.md."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from riskkit.cohort.eligibility import CohortSpec, build_discharge_cohort
from riskkit.cohort.outcomes import label_admission
from riskkit.cohort.readmission import label_readmission
from riskkit.data.io import conform
from riskkit.data.schemas import TABLES
from riskkit.features.build import build_features
from riskkit.features.contents import make_catalogue

HERE = Path(__file__).parent
DOCUMENT = HERE.parents[1] / "docs" / "windows.md"
SPEC: list[dict[str, Any]] = tomllib.loads((HERE / "windows.toml").read_text(encoding="utf-8"))["table"]
HEADINGS = {"as_of": "as-of date", "index": "index date", "event": "event date", "available": "available date"}
INTRODUCTION = """# What an index date may see

Every event carries two clocks: the day it happened and the day the payer could know it (`available_date`). These \
tables say which records a member's features may use, and which the label counts. Every row is run through the code \
by `tests/spec/test_windows.py`, over every kind of record; this page is rendered from `tests/spec/windows.toml`.
"""
# One feature of every canonical table and window: it is positive where the event is seen, else zero or missing.
FEATURES = {
    "medical_claim": {days: f"inpatient_visits_{days}d" for days in (90, 365, 730)},
    "diagnosis": {365: "dx_diabetes_records_365d", 730: "dx_diabetes_730d"},
    "pharmacy_claim": {365: "metformin_365d"},
    "lab_result": {365: "hba1c_tests_365d", 730: "hba1c_latest_730d"},
    "care_event": {365: "follow_up_365d", 730: "days_since_follow_up"},
}
CONTEXT = {"age_years": 60.0, "sex": "male", "urban": True, "insurance_type": "employee", "institution_level": 2}
CODE_GROUPS = pd.DataFrame({"list": "conditions", "group": ["diabetes", "asthma"]})
CODE_MAP = pd.DataFrame(
    {
        "code": ["E11", "J45"],
        "vocabulary": "who_cn",
        "code_group": "conditions:" + CODE_GROUPS["group"],
        "points": 1.0,
    }
)
RECORD: dict[str, object] = {
    "setting": "inpatient",
    "adjustment": "original",
    "allowed_amount": 900.0,
    "position": 1,
    "code": "E11",
    "vocabulary": "who_cn",
    "source": "outpatient",
    "atc_code": "A10BA02",
    "analyte": "hba1c",
    "value": 7.5,
    "unit": "%",
    "kind": "follow_up",
    "discharge_status": "home",
}


def render(spec: list[dict[str, Any]]) -> str:
    """Write the tables in Markdown."""
    return "\n".join([INTRODUCTION, *(_render_table(table) for table in spec)])


def _render_table(table: dict[str, Any]) -> str:
    names = list(table["rows"][0])
    window = f" Window: {table['window']} days." if table["kind"] == "event" else ""
    lines = [f"## {table['title']}", "", table["note"] + window, ""]
    lines += ["| " + " | ".join(HEADINGS.get(name, name) for name in names) + " |", "|---" * len(names) + "|"]
    lines += ["| " + " | ".join(_say(row[name]) for name in names) + " |" for row in table["rows"]]
    return "\n".join(lines) + "\n"


def _say(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) or "-"


def _rows(kind: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    return [(table, row) for table in SPEC if table["kind"] == kind for row in table["rows"]]


def _record(table: str, person: str, day: date, available: date, **change: object) -> dict[str, object]:
    schema = TABLES[table]
    row = {
        **RECORD,
        schema.key[0]: f"{person}-{change}",
        "person_id": person,
        "available_date": available,
        "end_date": day,
    }
    row[str(schema.event_date)] = day
    row |= change
    return {name: row[name] for name in schema.column_names if name in row}


def _table(name: str, records: list[dict[str, object]]) -> pd.DataFrame:
    return conform(pd.DataFrame(records), TABLES[name])


def _features(rows: list[dict[str, Any]], tables: dict[str, pd.DataFrame], names: list[str]) -> pd.DataFrame:
    """Give each row of the spec a member of its own, so that one call answers a whole table."""
    everything = make_catalogue(CODE_GROUPS)
    cohort = pd.DataFrame(
        {
            "person_id": [f"m{place:03d}" for place in range(len(rows))],
            "index_date": pd.to_datetime([row["index"] for row in rows]).astype("datetime64[us]"),
            "as_of_date": pd.to_datetime([row["as_of"] for row in rows]).astype("datetime64[us]"),
        }
    ).assign(**CONTEXT)
    chosen = everything.select((), tuple(names))
    return build_features(cohort, tables, chosen, everything=everything, code_map=CODE_MAP)


@pytest.mark.parametrize("source", FEATURES)
def test_every_kind_of_record_keeps_the_window_tables(source: str) -> None:
    spec = _rows("event")
    rows = [row for _, row in spec]
    records = [_record(source, f"m{place:03d}", row["event"], row["available"]) for place, row in enumerate(rows)]
    found = _features(rows, {source: _table(source, records)}, list(FEATURES[source].values()))
    checked = 0
    for place, (table, row) in enumerate(spec):
        name = FEATURES[source].get(table["window"])
        if name:
            checked += 1
            assert (found.loc[place, name] > 0) == row["seen"], f"{source}, {table['title']}: {row['case']}"
    assert checked >= 17


def test_corrections_count_from_the_day_they_could_be_known() -> None:
    rows = [{**row, "index": date(2024, 1, 1), "as_of": date(2024, 1, 1)} for _, row in _rows("correction")]
    day, records = date(2023, 6, 1), []
    for place, row in enumerate(rows):
        person = f"m{place:03d}"
        records.append(_record("medical_claim", person, day, date(2023, 7, 1)))
        if row["reversed"]:
            back = {"adjustment": "reversal", "allowed_amount": -900.0}
            records.append(_record("medical_claim", person, day, row["reversed"], **back))
        if row["replaced"]:
            again = {"adjustment": "replacement", "allowed_amount": 700.0}
            records.append(_record("medical_claim", person, day, row["replaced"], **again))
    names = ["inpatient_visits_365d", "inpatient_allowed_amount_365d"]
    found = _features(rows, {"medical_claim": _table("medical_claim", records)}, names)
    for place, row in enumerate(rows):
        assert found.loc[place, names].tolist() == [row["visits"], row["amount"]], row["case"]


def test_a_diagnosis_is_confirmed_by_a_stay_or_by_two_dates() -> None:
    rows = [{**row, "index": date(2024, 1, 1), "as_of": date(2024, 1, 1)} for _, row in _rows("confirmation")]
    diagnoses, claims = [], []
    for place, row in enumerate(rows):
        person, kind = f"m{place:03d}", {"setting": row["setting"]}
        for number, (day, known) in enumerate(((row["first"], row["first"]), (row["second"], row["known"]))):
            if day:
                claims.append(_record("medical_claim", person, day, known, **kind, claim_id=f"{person}-{number}"))
                of_claim = {"record_id": f"{person}-{number}", "source": row["setting"], "code": "J45"}
                diagnoses.append(_record("diagnosis", person, day, known, **of_claim))
        if row["reversed"]:
            back = {**kind, "adjustment": "reversal", "claim_id": f"{person}-back"}
            claims.append(_record("medical_claim", person, row["first"], row["reversed"], **back))
    tables = {"diagnosis": _table("diagnosis", diagnoses), "medical_claim": _table("medical_claim", claims)}
    found = _features(rows, tables, ["dx_asthma_confirmed_730d"])
    for place, row in enumerate(rows):
        assert found.loc[place, "dx_asthma_confirmed_730d"] == row["confirmed"], row["case"]


def test_the_window_of_one_day_holds_the_index_stay_alone() -> None:
    rows = [row for _, row in _rows("stay")]
    records = [
        _record(
            "medical_claim", f"m{place:03d}", row["event"], row["available"], start_date=row["event"] - timedelta(4)
        )
        for place, row in enumerate(rows)
    ]
    found = _features(rows, {"medical_claim": _table("medical_claim", records)}, ["index_stay_days"])
    for place, row in enumerate(rows):
        assert (found.loc[place, "index_stay_days"] == 4) == row["seen"], row["case"]


def test_the_label_counts_what_the_features_may_not_see() -> None:
    rows = [row for _, row in _rows("outcome")]
    records = [_record("medical_claim", f"m{place:03d}", row["event"], row["event"]) for place, row in enumerate(rows)]
    cohort = pd.DataFrame(
        {
            "person_id": [f"m{place:03d}" for place in range(len(rows))],
            "index_date": pd.to_datetime([row["index"] for row in rows]).astype("datetime64[us]"),
            "exposure_months": 12.0,
        }
    )
    labels = label_admission(
        cohort,
        {"medical_claim": _table("medical_claim", records)},
        horizon_days=365,
        follow_up_end=pd.Timestamp("2099-01-01"),
    )
    for place, row in enumerate(rows):
        assert labels.loc[place, "observed"] == row["counted"], row["case"]


def test_readmissions_begin_on_days_2_to_30() -> None:
    rows = [row for _, row in _rows("readmission")]
    persons = [f"m{place:03d}" for place in range(len(rows))]
    first, second = [], []
    for person, row in zip(persons, rows, strict=True):
        first.append(_record("medical_claim", person, row["discharge"], row["discharge"], start_date=date(2024, 2, 1)))
        kind = {"admission_type": row["type"] or None, "discharge_status": None, "end_date": date(2024, 5, 1)}
        second.append(_record("medical_claim", person, row["admitted"], date(2024, 5, 1), **kind))
    claims = _table("medical_claim", first + second)
    person = _table("person", [{"person_id": name, "birth_date": date(1950, 1, 1)} for name in persons])
    spec = CohortSpec(kind="discharge", horizon_days=30)
    cohort, _ = build_discharge_cohort(person, conform(pd.DataFrame(), TABLES["enrollment"]), claims, spec)
    labels = label_readmission(cohort, {"medical_claim": claims}, horizon_days=30)
    # A stay that continues the first leaves no discharge of its own to be followed.
    observed = dict(zip(labels["person_id"], labels["observed"], strict=True))
    for person, row in zip(persons, rows, strict=True):
        assert observed.get(person, 0.0) == row["counted"], row["case"]


def test_the_document_is_the_rendered_spec() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == render(SPEC), "run: python tests/spec/test_windows.py"


if __name__ == "__main__":
    DOCUMENT.write_text(render(SPEC), encoding="utf-8")
