"""Oddities: what breaks no rule and is still likely wrong, such as a thin month or a laboratory in another unit."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from riskkit.data.conflicts import EVENT_DAYS, Oddity, find_conflicts
from riskkit.data.engine import open_engine, open_tables
from riskkit.data.measures import MEASURES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import duckdb
    import pandas as pd

    from riskkit.data.measures import Measure

FEW = 30
"""Fewer rows than this say nothing about a month, a year or a laboratory."""

CLAIMS = ("medical_claim", "pharmacy_claim")
THIN = 1 / 3
CODING_CHANGE = 1.25
CODE_SHARE = 0.01
CODE_CHANGE = 2.0


def find_oddities(tables: Mapping[str, Path | pd.DataFrame]) -> tuple[Oddity, ...]:
    """Look for what is allowed but odd in a set of canonical tables.

    Parameters
    ----------
    tables : mapping of str to pathlib.Path or pandas.DataFrame
        Canonical tables that keep their contracts.

    Returns
    -------
    tuple of Oddity
        In the order of the checks: events against enrolment, death and each other, then months, coding and units.
    """
    with open_engine() as engine:
        delivered = open_tables(engine, tables)
        checks = [find_conflicts, _thin_months, _coding_jumps, _code_jumps, _wrong_units]
        return tuple(oddity for check in checks for oddity in check(engine, delivered))


_MONTHS = "SELECT strftime({day}, '%Y-%m') AS month, count(*) FROM {table} {kept} GROUP BY month ORDER BY month"


def count_months(tables: Mapping[str, Path | pd.DataFrame]) -> dict[str, list[tuple[str, int]]]:
    """Count the claims of each calendar month.

    Parameters
    ----------
    tables : mapping of str to pathlib.Path or pandas.DataFrame
        Canonical tables.

    Returns
    -------
    dict of str to list of (str, int)
        For each table of claims that the source has, ``YYYY-MM`` and claims, in order of time.
    """
    with open_engine() as engine:
        delivered = open_tables(engine, tables)
        return {table: _months(engine, table) for table in CLAIMS if table in delivered}


def _months(engine: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, int]]:
    kept = "WHERE adjustment <> 'summary'" if table == "medical_claim" else ""
    return engine.execute(_MONTHS.format(table=table, day=EVENT_DAYS[table], kept=kept)).fetchall()


def _thin_months(engine: duckdb.DuckDBPyConnection, delivered: set[str]) -> Iterator[Oddity]:
    """Hold each month's claims against the two months on either side of it."""
    for table in CLAIMS:
        months = _months(engine, table) if table in delivered else []
        for place, (month, rows) in enumerate(months):
            near = [count for _, count in (*months[max(place - 2, 0) : place], *months[place + 1 : place + 3])]
            usual = sum(near) / len(near) if near else 0.0
            if usual >= FEW and rows < THIN * usual:
                yield Oddity(
                    table,
                    f"thin month {month}",
                    rows,
                    f"{rows:,} claims",
                    f"about {usual:,.0f} as in its neighbours",
                    "Claims may still come in: wait for the run-out, or complete before they are counted.",
                )


def _coding_jumps(engine: duckdb.DuckDBPyConnection, delivered: set[str]) -> Iterator[Oddity]:
    """Hold the diagnoses per coded claim of each year against the year before."""
    if "diagnosis" not in delivered:
        return
    years = engine.execute(
        "SELECT year(date) AS year, count(*) AS rows, count(DISTINCT record_id) AS records FROM diagnosis "
        "WHERE source NOT IN ('registry', 'case_definition') GROUP BY year ORDER BY year"
    ).fetchall()
    for (before, rows_before, records_before), (year, rows, records) in pairwise(years):
        if min(records_before, records) < FEW or year != before + 1:
            continue
        was, now = rows_before / records_before, rows / records
        if max(now / was, was / now) > CODING_CHANGE:
            yield Oddity(
                "diagnosis",
                f"jump in coding {year}",
                rows,
                f"{now:.2f} codes per claim",
                f"about {was:.2f} as in {before}",
                "Look for a new form or a coding drive before risk scores of the two years are compared.",
            )


def _code_jumps(engine: duckdb.DuckDBPyConnection, delivered: set[str]) -> Iterator[Oddity]:
    """Hold the share of each three-character code in a year against the year before."""
    if "diagnosis" not in delivered:
        return
    found = engine.execute(
        """
        WITH codes AS (SELECT year(date) AS year, vocabulary, upper(substr(code, 1, 3)) AS code, count(*) AS rows
                       FROM diagnosis WHERE source NOT IN ('registry', 'case_definition') GROUP BY ALL),
             shares AS (SELECT *, rows / sum(rows) OVER (PARTITION BY year, vocabulary) AS share,
                               sum(rows) OVER (PARTITION BY year, vocabulary) AS everything FROM codes)
        SELECT n.code, n.year, n.rows, n.share, coalesce(b.share, 0)
        FROM shares AS n
        JOIN (SELECT DISTINCT year, vocabulary, everything FROM shares) AS y
          ON y.year = n.year - 1 AND y.vocabulary = n.vocabulary AND y.everything >= greatest($few, n.everything / 3)
        LEFT JOIN shares AS b ON b.year = n.year - 1 AND b.vocabulary = n.vocabulary AND b.code = n.code
        WHERE n.rows >= $few AND n.share >= $share AND n.share > $change * coalesce(b.share, 0)
        ORDER BY n.year, n.rows DESC, n.code LIMIT 20
        """,
        {"few": FEW, "share": CODE_SHARE, "change": CODE_CHANGE},
    ).fetchall()
    for code, year, rows, now, was in found:
        yield Oddity(
            "diagnosis",
            f"jump of code {code} in {year}",
            rows,
            f"{now:.1%} of the codes",
            f"about {was:.1%} as before",
            "Look for a new rule of coding; a group that grows by coding alone should move no money.",
        )


def _wrong_units(engine: duckdb.DuckDBPyConnection, delivered: set[str]) -> Iterator[Oddity]:
    """Hold each year's median of an analyte against what is common, as it is and as if in another unit."""
    if "lab_result" not in delivered:
        return
    medians = engine.execute(
        "SELECT analyte, year(date) AS year, count(*) AS rows, median(value) FROM lab_result "
        "GROUP BY analyte, year ORDER BY analyte, year"
    ).fetchall()
    for analyte, year, rows, median in medians:
        unit = _likelier_unit(MEASURES[analyte], median) if analyte in MEASURES and rows >= FEW else ""
        if unit:
            measure = MEASURES[analyte]
            yield Oddity(
                "lab_result",
                f"unit of {analyte} in {year}",
                rows,
                f"a median of {median:.4g} {measure.unit}",
                f"about {measure.typical:g} {measure.unit}",
                f"The values look like {unit}: state the unit in which the laboratory gives them.",
            )


def _likelier_unit(measure: Measure, median: float) -> str:
    """Name the unit that would explain a median far better than the one stated; empty where none does."""
    if not measure.typical or not median > 0:
        return ""
    stated = abs(math.log(median / measure.typical))
    others = {other.unit: abs(math.log(other.convert(median) / measure.typical)) for other in measure.others}
    likely = min(others, key=others.__getitem__, default="")
    # Three times nearer at least: a population of its own must not be taken for a unit.
    return likely if likely and stated - others[likely] > math.log(3) else ""
