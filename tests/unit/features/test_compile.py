"""Every aggregate, worked by hand on a few records of one member."""

from __future__ import annotations

import math
from collections.abc import Callable

import pandas as pd
import pytest
import sqlglot
from sqlglot import exp

from riskkit.features.build import build_features
from riskkit.features.catalogue import Catalogue, Feature
from riskkit.features.compile import compile_catalogue

Compute = Callable[..., dict[str, float]]


def _labs(*rows: tuple[str, float], analyte: str = "hba1c") -> list[dict[str, object]]:
    return [{"date": day, "analyte": analyte, "value": value} for day, value in rows]


SERIES = _labs(("2022-06-01", 9.0), ("2023-06-01", 8.0), ("2023-12-01", 7.0))


def test_latest_mean_and_count_of_readings(compute: Compute) -> None:
    names = ["hba1c_latest_365d", "hba1c_latest_730d", "hba1c_mean_730d", "hba1c_tests_365d", "days_since_hba1c"]
    found = compute(names, lab_result=SERIES)
    # The newest is 7.0, 31 days before; (9 + 8 + 7) / 3 = 8; two tests since 1 January 2023
    assert list(found.values()) == [7.0, 7.0, 8.0, 2.0, 31.0]


def test_a_latest_value_that_is_too_old_for_the_window_is_missing(compute: Compute) -> None:
    found = compute(["hba1c_latest_365d", "hba1c_latest_730d"], lab_result=_labs(("2022-06-01", 9.0)))
    assert math.isnan(found["hba1c_latest_365d"])
    assert found["hba1c_latest_730d"] == 9.0


def test_of_two_readings_on_one_day_the_later_record_is_the_latest(compute: Compute) -> None:
    rows = [
        {**row, "record_id": name}
        for row, name in zip(_labs(("2023-12-01", 7.0), ("2023-12-01", 8.0)), "BA", strict=True)
    ]
    assert compute(["hba1c_latest_365d"], lab_result=rows) == {"hba1c_latest_365d": 7.0}


def test_spread_is_the_sample_standard_deviation_of_two_or_more(compute: Compute) -> None:
    # 9, 8, 7: variance (1 + 0 + 1) / 2 = 1
    assert compute(["hba1c_sd_730d"], lab_result=SERIES) == {"hba1c_sd_730d": 1.0}
    assert math.isnan(compute(["hba1c_sd_730d"], lab_result=SERIES[:1])["hba1c_sd_730d"])
    equal = _labs(("2023-06-01", 7.3), ("2023-07-01", 7.3), ("2023-12-01", 7.3))
    assert compute(["hba1c_sd_730d"], lab_result=equal) == {"hba1c_sd_730d": 0.0}


def test_slope_is_least_squares_per_year_of_three_or_more(compute: Compute) -> None:
    # 700, 400 and 100 days before the index date, falling 1 each 300 days: -365.25 / 300 a year
    rising = _labs(("2022-01-31", 9.0), ("2022-11-27", 8.0), ("2023-09-23", 7.0))
    assert compute(["hba1c_slope_730d"], lab_result=rising)["hba1c_slope_730d"] == pytest.approx(-365.25 / 300)
    assert math.isnan(compute(["hba1c_slope_730d"], lab_result=rising[:2])["hba1c_slope_730d"])
    same_day = _labs(("2023-12-01", 7.0), ("2023-12-01", 8.0), ("2023-12-01", 9.0))
    assert math.isnan(compute(["hba1c_slope_730d"], lab_result=same_day)["hba1c_slope_730d"])


def test_readings_of_other_analytes_do_not_mix(compute: Compute) -> None:
    rows = SERIES + _labs(("2023-12-20", 300.0), analyte="uacr")
    found = compute(["hba1c_latest_730d", "uacr_latest_730d", "hba1c_mean_730d"], lab_result=rows)
    assert list(found.values()) == [7.0, 300.0, 8.0]


def test_large_readings_do_not_overflow(compute: Compute) -> None:
    found = compute(
        ["uacr_mean_730d", "uacr_sd_730d"], lab_result=_labs(("2023-01-02", 9e8), ("2023-01-03", 7e8), analyte="uacr")
    )
    # mean 8e8, sd sqrt(2) * 1e8
    assert found["uacr_mean_730d"] == 8e8
    assert found["uacr_sd_730d"] == pytest.approx(math.sqrt(2) * 1e8)


def test_distinct_values_count_once_in_each_window_that_holds_them(compute: Compute) -> None:
    days = [
        ("2023-12-01", "E11"),
        ("2023-06-01", "E11"),
        ("2022-06-01", "E11"),
        ("2022-06-01", "N18"),
        ("2021-06-01", "H36"),
    ]
    found = compute(
        ["distinct_diagnoses_365d", "distinct_diagnoses_730d"],
        diagnosis=[{"date": day, "code": code} for day, code in days],
    )
    assert list(found.values()) == [1.0, 2.0]


def test_points_are_the_highest_of_the_group_and_zero_without_a_code(compute: Compute) -> None:
    names = ["dcsi_nephropathy_730d", "dcsi_retinopathy_730d", "dcsi_total_730d"]
    rows = [{"date": "2023-06-01", "code": code} for code in ("N08", "N18")]
    assert list(compute(names, diagnosis=rows).values()) == [2.0, 0.0, 2.0]


def test_money_adds_up_to_the_cent(compute: Compute) -> None:
    rows = [{"start_date": "2023-12-01", "setting": "outpatient", "allowed_amount": 0.1}] * 3
    # 0.1 + 0.1 + 0.1 is 0.30000000000000004 in floats
    found = compute(["allowed_amount_365d"], medical_claim=[{**row, "claim_id": f"C{i}"} for i, row in enumerate(rows)])
    assert found == {"allowed_amount_365d": 0.3}


def test_membership_counts_spans_and_the_days_since_the_first(compute: Compute) -> None:
    spans = [{"start_date": day, "end_date": "2024-06-01"} for day in ("2023-01-01", "2023-07-01", "2020-01-01")]
    found = compute(["days_since_joining", "enrolment_spans_730d"], enrollment=spans)
    # 2020 lies before the 730 days
    assert list(found.values()) == [365.0, 2.0]


def test_all_of_the_past_is_a_window_too(code_map: pd.DataFrame) -> None:
    ever = [
        Feature("ever", "", "", "count", "care", "care", "count", where=(("kind", "eye_exam"),), window_days=days)
        for days in (None, 365)
    ]
    catalogue = Catalogue((ever[0], Feature(**{**vars(ever[1]), "name": "lately"})))
    cohort = pd.DataFrame(
        {"person_id": ["a"], "index_date": pd.to_datetime(["2024-01-01"]), "as_of_date": pd.to_datetime(["2024-01-01"])}
    ).assign(age_years=60.0, sex="male", urban=True, insurance_type="employee", institution_level=2)
    events = pd.DataFrame({"record_id": ["1", "2"], "person_id": "a", "kind": "eye_exam"})
    events["date"] = events["available_date"] = pd.to_datetime(["1999-01-01", "2023-12-01"])
    for chosen, expected in ((catalogue, [2.0, 1.0]), (Catalogue(catalogue.features[:1]), [2.0])):
        found = build_features(cohort, {"care_event": events}, chosen, everything=chosen, code_map=code_map)
        assert found.iloc[0, 2:].tolist() == expected


def test_one_query_per_source_and_kind_of_fold(everything: Catalogue) -> None:
    plans = compile_catalogue(everything)
    keys = [(plan.source, *{f.column for f in plan.features if f.aggregate == "distinct"}) for plan in plans]
    assert len(set(keys)) == len(keys)
    needing = [f.name for f in everything.features if f.source not in {"context", "derived"}]
    assert sorted(f.name for plan in plans for f in plan.features) == sorted(needing)


def test_every_query_looks_through_the_window_and_at_both_clocks(everything: Catalogue) -> None:
    for plan in compile_catalogue(everything):
        joined = [select for select in plan.query.find_all(exp.Select) if "spine" in _relations(select)]
        assert joined, plan.source
        for select in joined:
            told = select.args["where"].sql("duckdb")
            assert "e.event_date < s.index_date AND e.available_date <= s.as_of_date" in told, plan.source


def _relations(select: exp.Select) -> set[str]:
    """Tables that a query names itself, leaving out those of the queries inside it."""
    parts = [select.args.get("from_"), *(select.args.get("joins") or [])]
    return {part.this.name for part in parts if part is not None and isinstance(part.this, exp.Table)}


def test_the_queries_transpile_to_spark_and_postgres(everything: Catalogue) -> None:
    for plan in compile_catalogue(everything):
        for dialect in ("spark", "postgres"):
            assert isinstance(sqlglot.parse_one(plan.query.sql(dialect), read=dialect), exp.Select)
