"""Conflicts: rows that are sound by themselves and at odds with enrolment, with death or with each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb


@dataclass(frozen=True)
class Oddity:
    """Something plausible that should be looked at.

    Parameters
    ----------
    table : str
        Where.
    check : str
        Name of the check.
    rows : int
        Rows concerned.
    found, expected, advice : str
        What was found, what is usual, and what to do.
    """

    table: str
    check: str
    rows: int
    found: str
    expected: str
    advice: str

    def sentence(self) -> str:
        """Say the oddity as one line."""
        return f"{self.table}: {self.check}: found {self.found}, expected {self.expected}. {self.advice}"


_OUTSIDE = """
    SELECT count(*) FROM {table} AS c
    WHERE NOT EXISTS (
        SELECT 1 FROM enrollment AS e
        WHERE e.person_id = c.person_id AND e.start_date <= c.{day} AND c.{day} < e.end_date)
"""
_OVERLAPPING = """
    SELECT count(*) FROM (
        SELECT start_date, max(end_date) OVER (
            PARTITION BY person_id ORDER BY start_date, end_date DESC{tie}
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
        FROM {table} WHERE {wanted})
    WHERE start_date < reached
"""
_UNMATCHED = """
    WITH kept AS (
        SELECT person_id, setting, start_date, end_date, allowed_amount, adjustment,
               row_number() OVER (PARTITION BY person_id, setting, start_date, end_date, abs(allowed_amount),
                                  adjustment = 'reversal' ORDER BY claim_id) AS place
        FROM medical_claim WHERE adjustment <> 'summary')
    SELECT count(*) FROM kept AS r
    WHERE r.adjustment = 'reversal' AND NOT EXISTS (
        SELECT 1 FROM kept AS o
        WHERE o.adjustment <> 'reversal' AND o.person_id = r.person_id AND o.setting = r.setting
          AND o.start_date = r.start_date AND o.end_date = r.end_date AND o.place = r.place
          AND o.allowed_amount IS NOT DISTINCT FROM -r.allowed_amount)
"""
_AFTER_DEATH = """
    SELECT count(*) FROM {table} AS c JOIN person AS p ON p.person_id = c.person_id
    WHERE CAST(c.{day} AS DATE) > p.death_date
"""
EVENT_DAYS = {
    "medical_claim": "start_date",
    "diagnosis": "date",
    "procedure": "date",
    "pharmacy_claim": "fill_date",
    "lab_result": "date",
    "glucose_reading": "time",
    "care_event": "date",
}


@dataclass(frozen=True)
class _Relation:
    """A count of rows at odds with other rows; the first table is the one at odds."""

    tables: tuple[str, ...]
    check: str
    query: str
    found: str
    expected: str
    advice: str


_STAYS = "setting = 'inpatient' AND adjustment IN ('original', 'replacement')"
_EARLIER = "begin before an earlier one of the same member ends"
_RELATIONS = (
    *(
        _Relation(
            (table, "enrollment"),
            "outside enrolment",
            _OUTSIDE.format(table=table, day=EVENT_DAYS[table]),
            "begin while no span of the member runs",
            "begin inside a span",
            "Complete the enrolment, or ask why they were paid.",
        )
        for table in ("medical_claim", "pharmacy_claim")
    ),
    _Relation(
        ("medical_claim",),
        "stays overlap",
        _OVERLAPPING.format(table="medical_claim", wanted=_STAYS, tie=", claim_id"),
        _EARLIER,
        "begin after it",
        "One stay may have been billed in parts.",
    ),
    _Relation(
        ("enrollment",),
        "spans overlap",
        _OVERLAPPING.format(table="enrollment", wanted="true", tie=""),
        _EARLIER,
        "begin after it",
        "Days covered twice count once; correct the register.",
    ),
    _Relation(
        ("medical_claim",),
        "reversal without its original",
        _UNMATCHED,
        "take back a claim that is not there with the same member, setting, dates and amount",
        "take back one original each",
        "Deliver the original too; a lone reversal lowers the cost of its member.",
    ),
    *(
        _Relation(
            (table, "person"),
            "after death",
            _AFTER_DEATH.format(table=table, day=day),
            "come after the death of the member",
            "come before it",
            "Check the death dates and the identifiers.",
        )
        for table, day in EVENT_DAYS.items()
    ),
)


def find_conflicts(engine: duckdb.DuckDBPyConnection, delivered: set[str]) -> Iterator[Oddity]:
    """Hold events against enrolment, against each other and against death.

    Parameters
    ----------
    engine : duckdb.DuckDBPyConnection
        Connection with a view per canonical table.
    delivered : set of str
        Tables that the source has.

    Yields
    ------
    Oddity
        One for each kind of conflict that occurs.
    """
    for relation in _RELATIONS:
        if set(relation.tables) <= delivered:
            counted: list[tuple[int]] = engine.execute(relation.query).fetchall()
            rows = counted[0][0]
            if rows:
                found, expected = f"{rows:,} rows that {relation.found}", f"rows that {relation.expected}"
                yield Oddity(relation.tables[0], relation.check, rows, found, expected, relation.advice)
