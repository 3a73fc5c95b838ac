"""Days covered: overlaps are carried forward, days in hospital leave both sides, and a slow reading agrees."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from riskkit.data.io import conform
from riskkit.data.schemas import TABLES
from riskkit.features.build import build_features
from riskkit.features.contents import make_catalogue

Compute = Callable[..., dict[str, float]]
INDEX = date(2024, 1, 1)
EVERYTHING = make_catalogue(pd.DataFrame({"list": ["conditions"], "group": ["diabetes"]}))
CODE_MAP = pd.DataFrame({name: pd.Series(dtype="str") for name in ("code", "vocabulary", "code_group")}).assign(
    points=0.0
)
NAMES = ("metformin_pdc_365d", "noninsulin_glucose_lowering_pdc_365d", "diabetes_drug_pdc_365d")


def _fill(age: int, days: int, code: str = "A10BA02", **change: object) -> dict[str, object]:
    return {"fill_date": INDEX - timedelta(days=age), "atc_code": code, "days_supply": days, **change}


def _stay(first: int, last: int, **change: object) -> dict[str, object]:
    days = {"start_date": INDEX - timedelta(days=first), "end_date": INDEX - timedelta(days=last)}
    return {**days, "available_date": INDEX, "setting": "inpatient", **change}


# 30 days on day -90 and 30 on day -70 last, carried forward, from -90 to -30; 30 on day -20 last to the index date:
# 60 + 20 = 80 of 90 days.
FILLS = [_fill(90, 30), _fill(70, 30), _fill(20, 30)]


@pytest.mark.parametrize(
    ("fills", "stays", "share"),
    [
        (FILLS, [], 80 / 90),
        (FILLS, [_stay(85, 80)], 75 / 85),  # five covered days in hospital leave both
        (FILLS, [_stay(85, 80), _stay(28, 24)], 75 / 81),  # and four that were not covered leave the days
        (FILLS, [_stay(85, 80), _stay(83, 80)], 75 / 85),  # a day in two stays is one day
        (FILLS, [_stay(50, 50), _stay(49, 49)], 80 / 90),  # two day cases a day apart are no night in hospital
        (FILLS, [_stay(100, 85)], 75 / 85),  # of a stay that began before the first fill, the days after it
        (FILLS, [_stay(85, 80), _stay(85, 80, adjustment="reversal")], 80 / 90),  # taken back
        (FILLS, [_stay(90, 0)], math.nan),  # every day in hospital
        (FILLS[:1], [], math.nan),  # one fill
        ([_fill(90, 15), _fill(90, 15)], [], math.nan),  # two fills on one day are one
        ([_fill(90, 15), _fill(90, 15), _fill(70, 30), _fill(20, 30)], [], 80 / 90),
        ([_fill(400, 200), *FILLS], [], 80 / 90),  # a fill before the window is not in it
        ([_fill(90, 0), *FILLS[1:]], [], 50 / 70),  # no days of supply, no fill: -70..-40, -20..0
        ([*FILLS, _fill(0, 30)], [], 80 / 90),  # on the index date
        ([*FILLS, _fill(30, 10, available_date=date(2024, 1, 2))], [], 80 / 90),  # known a day too late
    ],
)
def test_covered_days_are_counted_as_by_hand(
    compute: Compute, fills: list[dict[str, object]], stays: list[dict[str, object]], share: float
) -> None:
    found = compute(["metformin_pdc_365d"], pharmacy_claim=fills, medical_claim=stays)["metformin_pdc_365d"]
    assert found == pytest.approx(share, nan_ok=True)


def test_two_drugs_together_are_no_supply_for_later(compute: Compute) -> None:
    fills = [_fill(100, 30), _fill(100, 30, "A10BB12"), _fill(40, 20), _fill(40, 20, "A10BB12")]
    # Any of the two covers -100..-70 and -40..-20: 50 of 100 days; the insulin class has no fill at all.
    found = compute([*NAMES, "insulin_pdc_365d", "diabetes_drug_adherent_365d"], pharmacy_claim=fills)
    assert list(found.values()) == pytest.approx([0.5, 0.5, 0.5, math.nan, 0.0], nan_ok=True)


def _slow(fills: list[tuple[int, int, str]], away: set[int], prefix: str) -> float:
    """Live through the days one by one with a stock of each drug group."""
    own = [fill for fill in fills if fill[2].startswith(prefix)]
    first = max((age for age, *_ in own), default=0)
    if len({age for age, *_ in own}) < 2:
        return math.nan
    stock: dict[str, int] = {}
    days = covered = 0
    for age in range(first, 0, -1):
        for _, supply, code in (fill for fill in own if fill[0] == age):
            stock[code[:5]] = stock.get(code[:5], 0) + supply
        held = [group for group, left in stock.items() if left > 0]
        for group in held:
            stock[group] -= 1
        if age not in away:
            days += 1
            covered += bool(held)
    return covered / days if days else math.nan


CODES = st.sampled_from(["A10BA02", "A10BB12", "A10AB01"])
MEMBERS = st.lists(
    st.tuples(
        st.lists(st.tuples(st.integers(1, 120), st.integers(1, 60), CODES), max_size=8),
        st.lists(st.tuples(st.integers(2, 130), st.integers(0, 40)), max_size=3),
    ),
    min_size=4,
    max_size=4,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(members=MEMBERS)
def test_the_closed_form_equals_living_through_the_days(
    members: list[tuple[list[tuple[int, int, str]], list[tuple[int, int]]]],
) -> None:
    fills, stays, slow = [], [], []
    for person, (filled, stayed) in enumerate(members):
        fills += [{**_fill(*fill), "person_id": f"m{person}"} for fill in filled]
        stays += [{**_stay(first, max(first - length, 0)), "person_id": f"m{person}"} for first, length in stayed]
        away = {age for first, length in stayed for age in range(first, max(first - length, 0), -1)}
        slow.append([_slow(filled, away, prefix) for prefix in ("A10BA", "A10B", "A10")])
    cohort = pd.DataFrame({"person_id": [f"m{number}" for number in range(len(members))], "index_date": INDEX})
    cohort = cohort.assign(as_of_date=INDEX).astype({"index_date": "datetime64[us]", "as_of_date": "datetime64[us]"})
    context = {"age_years": 60.0, "sex": "male", "urban": True, "insurance_type": "employee", "institution_level": 2}
    tables = {"pharmacy_claim": _table("pharmacy_claim", fills), "medical_claim": _table("medical_claim", stays)}
    chosen = EVERYTHING.select((), NAMES)
    found = build_features(cohort.assign(**context), tables, chosen, everything=EVERYTHING, code_map=CODE_MAP)
    for row, expected in zip(found[list(NAMES)].to_numpy().tolist(), slow, strict=True):
        assert row == pytest.approx(expected, nan_ok=True)


def _table(name: str, records: list[dict[str, object]]) -> pd.DataFrame:
    schema = TABLES[name]
    rows = [
        {"claim_id": f"R{place}", "adjustment": "original", "available_date": record.get("fill_date", INDEX), **record}
        for place, record in enumerate(records)
    ]
    rows = [{column: row[column] for column in schema.column_names if column in row} for row in rows]
    return conform(pd.DataFrame(rows, columns=None if rows else schema.column_names), schema)
