"""No future record changes a feature, whatever the records; and the engine agrees with a slow reading row by row."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from riskkit.data.io import conform
from riskkit.data.schemas import TABLES
from riskkit.features.build import build_features
from riskkit.features.catalogue import Feature
from riskkit.features.contents import make_catalogue

INDEX = date(2024, 1, 1)
GROUPS = [
    ("conditions", "diabetes", "E11", 1.0),
    ("complications", "nephropathy", "N18", 1.0),
    ("dcsi", "nephropathy", "N18", 2.0),
    ("dcsi", "nephropathy", "N08", 1.0),
    ("dcsi", "retinopathy", "H36", 1.0),
]
CODE_GROUPS = pd.DataFrame(GROUPS, columns=["list", "group", "code", "points"])
CODE_MAP = CODE_GROUPS.assign(vocabulary="who_cn", code_group=CODE_GROUPS["list"] + ":" + CODE_GROUPS["group"])
EVERYTHING = make_catalogue(CODE_GROUPS)
CONTEXT = {"age_years": 60.0, "sex": "male", "urban": True, "insurance_type": "employee", "institution_level": 2}
Record = dict[str, Any]
quickly = settings(deadline=None, max_examples=7, suppress_health_check=[HealthCheck.too_slow])

# Days before the index date: everywhere, and often at the edges of the windows.
AGES = st.one_of(st.sampled_from([1, 2, 90, 91, 365, 366, 730, 731]), st.integers(1, 900))
LAGS = st.one_of(st.just(0), st.integers(0, 200))
AMOUNTS = st.integers(0, 10**7).map(lambda cents: cents / 100)
VALUES: dict[str, st.SearchStrategy[Record]] = {
    "medical_claim": st.fixed_dictionaries(
        {
            "setting": st.sampled_from(["inpatient", "inpatient", "outpatient"]),
            "stay": st.integers(0, 20),
            "allowed_amount": st.one_of(st.none(), AMOUNTS),
            "adjustment": st.sampled_from(["original", "original", "replacement", "reversal", "summary"]),
        }
    ),
    "diagnosis": st.fixed_dictionaries(
        {
            "code": st.sampled_from(["E11", "N18", "N08", "H36", "J44"]),
            "position": st.integers(1, 3),
            "source": st.sampled_from(["outpatient", "outpatient", "emergency", "inpatient"]),
        }
    ),
    "pharmacy_claim": st.fixed_dictionaries(
        {
            "atc_code": st.one_of(st.none(), st.sampled_from(["A10AB01", "A10BA02", "C10AA05"])),
            "days_supply": st.one_of(st.none(), st.integers(0, 90)),
        }
    ),
    "lab_result": st.fixed_dictionaries(
        {
            "analyte": st.sampled_from(["hba1c", "hba1c", "uacr"]),
            "value": st.integers(30, 250000).map(lambda tenths: tenths / 10),
        }
    ),
    "care_event": st.fixed_dictionaries({"kind": st.sampled_from(["follow_up", "eye_exam"])}),
    "enrollment": st.fixed_dictionaries({"team_id": st.just("T1")}),
}
NAMES = {
    "medical_claim": [
        *[f"inpatient_visits_{days}d" for days in (90, 365, 730)],
        "inpatient_allowed_amount_365d",
        "allowed_amount_90d",
        "allowed_amount_730d",
        "inpatient_days_365d",
        "days_since_inpatient_visit",
        "index_stay_days",
        "allowed_amount_trend",
    ],
    "diagnosis": [
        "dx_diabetes_730d",
        "dx_diabetes_records_365d",
        "index_principal_diabetes",
        "dcsi_nephropathy_730d",
        "dcsi_total_730d",
        "dcsi_nephropathy_coded_730d",
        "dcsi_total_confirmed_730d",
        "distinct_diagnoses_365d",
        "distinct_diagnoses_730d",
    ],
    "pharmacy_claim": ["insulin_365d", "diabetes_drug_days_supply_365d", "distinct_drugs_365d", "index_drug_a10a"],
    "lab_result": [
        *[
            f"hba1c_{part}"
            for part in ("latest_365d", "latest_730d", "mean_730d", "sd_730d", "slope_730d", "tests_365d")
        ],
        "uacr_sustained_730d",
        "days_since_hba1c",
        "uacr_slope_730d",
        "hba1c_above_target",
    ],
    "care_event": ["follow_up_365d", "days_since_eye_exam"],
    "enrollment": ["days_since_joining", "enrolment_spans_730d"],
}


def _frame(table: str, records: list[Record]) -> pd.DataFrame:
    """Make a canonical table; a record holds `person`, `day`, `available`, `number` and its values."""
    schema = TABLES[table]
    fixed = {"vocabulary": "who_cn", "source": "outpatient", "unit": "-"}
    rows = []
    for record in records:
        row = {**fixed, **record, "person_id": record["person"], "available_date": record["available"]}
        if table != "enrollment":
            row[schema.key[0]] = f"{record['number']:04d}-{record['person']}"
        row[str(schema.event_date)] = record["day"]
        row["end_date"] = record["day"] + timedelta(days=record.get("stay", 0))
        rows.append({name: row[name] for name in schema.column_names if name in row})
    return conform(pd.DataFrame(rows, columns=None if rows else schema.column_names), schema)


def _build(cohort: pd.DataFrame, tables: dict[str, list[Record]], *, shuffle: int | None = None) -> pd.DataFrame:
    frames = {name: _frame(name, records) for name, records in tables.items()}
    if shuffle is not None:
        frames = {name: frame.sample(frac=1, random_state=shuffle) for name, frame in frames.items()}
        cohort = cohort.sample(frac=1, random_state=shuffle)
    chosen = EVERYTHING.select((), tuple(name for table in tables for name in NAMES[table]))
    return build_features(cohort, frames, chosen, everything=EVERYTHING, code_map=CODE_MAP)


def _cohort(*keys: tuple[str, date, date]) -> pd.DataFrame:
    frame = pd.DataFrame(keys, columns=["person_id", "index_date", "as_of_date"])
    return frame.astype({"index_date": "datetime64[us]", "as_of_date": "datetime64[us]"}).assign(**CONTEXT)


@st.composite
def past_records(draw: st.DrawFn, table: str, as_of: date) -> list[Record]:
    drawn = draw(st.lists(st.tuples(AGES, LAGS, VALUES[table]), max_size=12))
    records = []
    for number, (age, lag, values) in enumerate(drawn):
        day = INDEX - timedelta(days=age)
        available = day if table == "enrollment" else min(day + timedelta(days=lag), as_of)
        records.append({**values, "number": number, "day": day, "available": available})
    return records


@st.composite
def future_records(draw: st.DrawFn, table: str, as_of: date) -> list[Record]:
    """Records on or after the index date, or known after the as-of date only."""
    drawn = draw(st.lists(st.tuples(st.booleans(), AGES, LAGS, VALUES[table]), max_size=8))
    records = []
    for number, (happened, age, lag, values) in enumerate(drawn, start=1000):
        late = happened and table != "enrollment"
        day = INDEX - timedelta(days=age) if late else INDEX + timedelta(days=lag)
        available = as_of + timedelta(days=1 + lag) if late else day
        records.append({**values, "number": number, "day": day, "available": available})
    return records


@pytest.mark.parametrize("table", list(VALUES))
@quickly
@given(data=st.data())
def test_future_records_added_moved_or_removed_change_no_feature(table: str, data: st.DataObject) -> None:
    as_of = INDEX + timedelta(days=data.draw(st.sampled_from([0, 30])))
    past = data.draw(past_records(table, as_of))
    # Twins with one past: the first has no future, the others have one each.
    futures = [[], data.draw(future_records(table, as_of)), data.draw(future_records(table, as_of))]
    twins = [f"m{number}" for number in range(len(futures))]
    records = [{**row, "person": twin} for twin, later in zip(twins, futures, strict=True) for row in past + later]
    found = _build(_cohort(*[(twin, INDEX, as_of) for twin in twins]), {table: records})
    values = found.drop(columns=["person_id", "index_date"]).to_numpy()
    for row in values[1:]:
        assert np.array_equal(values[0], row, equal_nan=True)


Worlds = tuple[pd.DataFrame, dict[str, list[Record]]]


@st.composite
def worlds(draw: st.DrawFn) -> Worlds:
    """Members at one or two index dates each, with records of every table before, between and after them."""
    keys, tables = [], {table: list[Record]() for table in VALUES}
    for person in ("a", "b", "c"):
        for years in draw(st.sampled_from([(0,), (0, 1)])):
            index = date(INDEX.year + years, 1, 1)
            keys.append((person, index, index + timedelta(days=draw(st.sampled_from([0, 30])))))
        for table, values in VALUES.items():
            drawn = draw(st.lists(st.tuples(st.integers(-450, 800), LAGS, values), max_size=8))
            tables[table] += [
                _between(table, person, number, drawn_record) for number, drawn_record in enumerate(drawn)
            ]
    return _cohort(*keys), tables


def _between(table: str, person: str, number: int, drawn: tuple[int, int, Record]) -> Record:
    age, lag, values = drawn
    # No two spans of a member begin on one day.
    day = INDEX - timedelta(days=age * 8 + number if table == "enrollment" else age)
    available = day if table == "enrollment" else day + timedelta(days=lag)
    return {**values, "person": person, "number": number, "day": day, "available": available}


@quickly
@given(world=worlds(), seed=st.integers(0, 1000))
def test_the_order_of_rows_never_matters(world: Worlds, seed: int) -> None:
    cohort, tables = world
    pd.testing.assert_frame_equal(_build(cohort, tables), _build(cohort, tables, shuffle=seed), check_exact=True)


@settings(quickly, max_examples=12)
@given(world=worlds())
def test_every_feature_equals_a_slow_reading_row_by_row(world: Worlds) -> None:
    cohort, tables = world
    found = _build(cohort, tables)
    for _, row in found.iterrows():
        as_of = cohort.set_index(["person_id", "index_date"]).loc[(row["person_id"], row["index_date"]), "as_of_date"]
        slow = _read_slowly(tables, row["person_id"], row["index_date"].date(), as_of.date())
        for name, expected in slow.items():
            assert row[name] == pytest.approx(float(expected), rel=1e-9, abs=1e-6, nan_ok=True), name


def _read_slowly(tables: dict[str, list[Record]], person: str, index: date, as_of: date) -> dict[str, float]:
    """Compute the features from what they mean, one record at a time, without the catalogue's machinery."""

    def seen(table: str, days: int, wanted: Callable[[Record], bool] = lambda _: True) -> list[Record]:
        return [
            {**record, "age": (index - record["day"]).days}
            for record in tables[table]
            if record["person"] == person
            and index - timedelta(days=days) <= record["day"] < index
            and record["available"] <= as_of
            and wanted(record)
        ]

    return {
        **_slow_claims(seen, tables["medical_claim"], (person, index, as_of)),
        **_slow_records(seen),
        **_slow_labs(seen, "hba1c"),
        "uacr_slope_730d": _slope(seen("lab_result", 730, lambda r: r["analyte"] == "uacr")),
        **_slow_confirmed(seen),
    }


Seen = Callable[..., list[Record]]
SIGN = {"original": 1, "replacement": 1, "reversal": -1, "summary": 0}


def _money(records: list[Record]) -> float:
    return round(sum(record["allowed_amount"] or 0 for record in records), 2)


def _slow_claims(seen: Seen, claims: list[Record], key: tuple[str, date, date]) -> dict[str, float]:
    def inpatient(days: int) -> list[Record]:
        return seen("medical_claim", days, lambda r: r["setting"] == "inpatient")

    def visits(records: list[Record]) -> float:
        return sum(SIGN[record["adjustment"]] for record in records)

    person, index, as_of = key
    ended = [
        record["stay"]
        for record in claims
        if record["person"] == person and record["setting"] == "inpatient"
        if record["adjustment"] in {"original", "replacement"} and record["available"] <= as_of
        if record["day"] + timedelta(days=record["stay"]) == index - timedelta(days=1)
    ]
    year = _money(seen("medical_claim", 365))
    happened = [record["age"] for record in inpatient(730) if SIGN[record["adjustment"]] > 0]
    return {
        **{f"inpatient_visits_{days}d": visits(inpatient(days)) for days in (90, 365, 730)},
        "inpatient_allowed_amount_365d": _money(inpatient(365)),
        "allowed_amount_90d": _money(seen("medical_claim", 90)),
        "allowed_amount_730d": _money(seen("medical_claim", 730)),
        "allowed_amount_trend": _money(seen("medical_claim", 90)) / year if year > 0 else math.nan,
        "inpatient_days_365d": sum(r["stay"] * SIGN[r["adjustment"]] for r in inpatient(365)),
        "days_since_inpatient_visit": min(happened, default=math.nan),
        "index_stay_days": max(ended, default=math.nan),
    }


def _slow_records(seen: Seen) -> dict[str, float]:
    def codes(days: int, *wanted: str) -> list[Record]:
        return seen("diagnosis", days, lambda r: not wanted or r["code"] in wanted)

    points = {
        group: {code: p for name, g, code, p in GROUPS if (name, g) == ("dcsi", group)}
        for group in ("nephropathy", "retinopathy")
    }
    severity = {
        group: max([worth[record["code"]] for record in codes(730, *worth)], default=0.0)
        for group, worth in points.items()
    }
    exams = [record["age"] for record in seen("care_event", 730, lambda r: r["kind"] == "eye_exam")]
    insulin = seen("pharmacy_claim", 365, lambda r: (r["atc_code"] or "").startswith("A10A"))
    diabetes = seen("pharmacy_claim", 365, lambda r: (r["atc_code"] or "").startswith("A10"))
    spans = [record["age"] for record in seen("enrollment", 730)]
    return {
        "dx_diabetes_730d": bool(codes(730, "E11")),
        "dx_diabetes_records_365d": len(codes(365, "E11")),
        "index_principal_diabetes": any(record["position"] == 1 for record in codes(1, "E11")),
        "dcsi_nephropathy_730d": severity["nephropathy"],
        "dcsi_total_730d": sum(severity.values()),
        **{f"distinct_diagnoses_{days}d": len({r["code"] for r in codes(days)}) for days in (365, 730)},
        "insulin_365d": bool(insulin),
        "index_drug_a10a": any(record["age"] == 1 for record in insulin),
        "diabetes_drug_days_supply_365d": sum(record["days_supply"] or 0 for record in diabetes),
        "distinct_drugs_365d": len({r["atc_code"] for r in seen("pharmacy_claim", 365)} - {None}),
        "follow_up_365d": len(seen("care_event", 365, lambda r: r["kind"] == "follow_up")),
        "days_since_eye_exam": min(exams, default=math.nan),
        "days_since_joining": max(spans, default=math.nan),
        "enrolment_spans_730d": len(spans),
    }


def _slow_confirmed(seen: Seen) -> dict[str, float]:
    """Try each claim of severity against what two dates or a stay say; a claim of the tables is a record's or not."""
    taken = _taken_back(seen("medical_claim", 100_000))
    records = [r for r in seen("diagnosis", 730) if (r["number"], r["person"]) not in taken]

    def is_confirmed(group: str, at_least: float) -> bool:
        worth = {code: p for name, g, code, p in GROUPS if (name, g) == ("dcsi", group)}
        counted = [r for r in records if worth.get(r["code"], 0) >= at_least]
        outside = {r["day"] for r in counted if r["source"] != "inpatient"}
        return any(r["source"] == "inpatient" for r in counted) or len(outside) > 1

    kidney, eye = (
        max([level for level in (1.0, 2.0) if is_confirmed(group, level)], default=0.0)
        for group in ("nephropathy", "retinopathy")
    )
    ratios = seen("lab_result", 730, lambda r: r["analyte"] == "uacr")
    pairs = [
        min(one["value"], other["value"])
        for one in ratios
        for other in ratios
        if (one["day"] - other["day"]).days >= 90
    ]
    level = max(pairs, default=math.nan)
    return {
        "dcsi_nephropathy_coded_730d": kidney,
        "dcsi_total_confirmed_730d": max(kidney, 1.0 if level >= 30 else 0.0) + eye,
        "uacr_sustained_730d": level,
    }


def _taken_back(claims: list[Record]) -> set[tuple[int, str]]:
    """Name the claims that no longer stand: of one setting and the same days, with as many reversals as bills."""
    gone = set()
    for claim in claims:
        same = [
            other["adjustment"]
            for other in claims
            if (other["setting"], other["day"], min(other["stay"], other["age"]))
            == (claim["setting"], claim["day"], min(claim["stay"], claim["age"]))
        ]
        back = same.count("reversal")
        bills = {"original": same.count("original"), "replacement": same.count("original") + same.count("replacement")}
        if claim["adjustment"] == "reversal" or (back and bills.get(claim["adjustment"], back + 1) <= back):
            gone.add((claim["number"], claim["person"]))
    return gone


def _slow_labs(seen: Seen, analyte: str) -> dict[str, float]:
    def readings(days: int) -> list[Record]:
        found = seen("lab_result", days, lambda r: r["analyte"] == analyte)
        return sorted(found, key=lambda record: (record["day"], record["number"]))

    values = [record["value"] for record in readings(730)]
    latest = values[-1] if values else math.nan
    return {
        f"{analyte}_latest_365d": readings(365)[-1]["value"] if readings(365) else math.nan,
        f"{analyte}_latest_730d": latest,
        f"{analyte}_mean_730d": statistics.fmean(values) if values else math.nan,
        f"{analyte}_sd_730d": statistics.stdev(values) if len(values) > 1 else math.nan,
        f"{analyte}_slope_730d": _slope(readings(730)),
        f"{analyte}_tests_365d": len(readings(365)),
        f"days_since_{analyte}": min([record["age"] for record in readings(730)], default=math.nan),
        f"{analyte}_above_target": max(latest - 7.0, 0.0) if values else math.nan,
    }


def _slope(records: list[Record]) -> float:
    days, values = [-record["age"] for record in records], [record["value"] for record in records]
    if len(records) < 3 or len(set(days)) == 1:
        return math.nan
    return statistics.linear_regression(days, values).slope * 365.25


def test_the_slow_reading_covers_every_aggregate_of_the_catalogue() -> None:
    declared: dict[str, Feature] = {feature.name: feature for feature in EVERYTHING.features}
    read = {declared[name].aggregate for names in NAMES.values() for name in names}
    assert read == {feature.aggregate for feature in EVERYTHING.features} - {"context"}
