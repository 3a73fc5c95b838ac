"""The canonical tables: each column's type, bounds and meaning, each table's key, clocks and row rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from riskkit.data.measures import MEASURES, Measure
from riskkit.data.vocabulary import (
    ADJUSTMENTS,
    ADMISSION_SOURCES,
    ADMISSION_TYPES,
    CARE_EVENT_KINDS,
    DISCHARGE_STATUSES,
    SETTINGS,
    SPECIALTIES,
    VOCABULARIES,
)

ColumnKind = Literal["text", "date", "time", "number", "amount", "integer", "flag"]

SQL_TYPES: dict[str, str] = {
    "text": "VARCHAR",
    "date": "DATE",
    "time": "TIMESTAMP",
    "number": "DOUBLE",
    "amount": "DOUBLE",
    "integer": "BIGINT",
    "flag": "BOOLEAN",
}
"""The engine's type for each kind of column."""


@dataclass(frozen=True)
class Column:
    """One column of a canonical table.

    Parameters
    ----------
    name : str
        Column name; a unit ends it where it has one.
    kind : str
        `text`, `date` (calendar day), `time` (instant), `number`, `amount` (currency units), `integer` or `flag`.
    required : bool, default False
        True where a missing value is a broken row.
    allowed : tuple of str, default ()
        The only values that text may take; empty for free text.
    minimum, maximum : float, optional
        Inclusive bounds.
    may_lie_ahead : bool, default False
        True for a date that may come after today, such as the end of an enrolment.
    """

    name: str
    kind: ColumnKind
    required: bool = False
    allowed: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    may_lie_ahead: bool = False


@dataclass(frozen=True)
class TableSchema:
    """A canonical table.

    Parameters
    ----------
    name : str
        Table name.
    key : tuple of str
        Columns that together name a row once.
    columns : tuple of Column
        All columns, in writing order.
    order_rules : tuple of (str, str), default ()
        Pairs of date columns of which the second must not come before the first.
    event_date : str, optional
        The column that says when the event happened.
    available_date : str, optional
        The column that says when the payer could know of it.
    measures : tuple of Measure, default ()
        Units and bounds of the analytes that the table carries in `analyte`, `unit` and `value`.
    """

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    order_rules: tuple[tuple[str, str], ...] = ()
    event_date: str | None = None
    available_date: str | None = None
    measures: tuple[Measure, ...] = ()

    def column(self, name: str) -> Column:
        """Return the column called `name`.

        Parameters
        ----------
        name : str
            A column of this table.

        Returns
        -------
        Column
            Its declaration.

        Raises
        ------
        KeyError
            If the table has no such column.
        """
        return {column.name: column for column in self.columns}[name]

    @property
    def column_names(self) -> list[str]:
        """Names of the columns, in writing order."""
        return [column.name for column in self.columns]

    @property
    def required_names(self) -> list[str]:
        """Names of the columns that may not be missing."""
        return [column.name for column in self.columns if column.required]


PERSON = TableSchema(
    "person",
    ("person_id",),
    (
        Column("person_id", "text", required=True),
        Column("birth_date", "date", required=True),
        Column("sex", "text", allowed=("female", "male")),
        Column("region", "text"),
        Column("urban", "flag"),
        Column("insurance_type", "text", allowed=("employee", "resident")),
        Column("death_date", "date"),
    ),
    order_rules=(("birth_date", "death_date"),),
)

ENROLLMENT = TableSchema(
    "enrollment",
    ("person_id", "start_date"),
    (
        Column("person_id", "text", required=True),
        Column("start_date", "date", required=True),
        Column("end_date", "date", required=True, may_lie_ahead=True),
        Column("team_id", "text"),
        Column("institution_id", "text"),
        Column("institution_level", "integer", minimum=1, maximum=3),
    ),
    order_rules=(("start_date", "end_date"),),
    event_date="start_date",
)

MEDICAL_CLAIM = TableSchema(
    "medical_claim",
    ("claim_id",),
    (
        Column("claim_id", "text", required=True),
        Column("person_id", "text", required=True),
        Column("setting", "text", required=True, allowed=SETTINGS),
        Column("start_date", "date", required=True),
        Column("end_date", "date", required=True),
        Column("available_date", "date", required=True, may_lie_ahead=True),
        Column("facility_id", "text"),
        Column("facility_level", "integer", minimum=1, maximum=3),
        Column("specialty", "text", allowed=SPECIALTIES),
        Column("admission_type", "text", allowed=ADMISSION_TYPES),
        Column("admission_source", "text", allowed=ADMISSION_SOURCES),
        Column("allowed_amount", "amount"),
        Column("paid_amount", "amount"),
        Column("member_amount", "amount"),
        Column("discharge_status", "text", allowed=DISCHARGE_STATUSES),
        Column("drg_code", "text"),
        Column("adjustment", "text", required=True, allowed=ADJUSTMENTS),
    ),
    order_rules=(("start_date", "end_date"), ("start_date", "available_date")),
    event_date="start_date",
    available_date="available_date",
)

DIAGNOSIS = TableSchema(
    "diagnosis",
    ("record_id", "position"),
    (
        Column("record_id", "text", required=True),
        Column("position", "integer", required=True, minimum=1),
        Column("person_id", "text", required=True),
        Column("date", "date", required=True),
        Column("available_date", "date", required=True, may_lie_ahead=True),
        Column("code", "text", required=True),
        Column("vocabulary", "text", required=True, allowed=VOCABULARIES),
        Column("source", "text", required=True, allowed=(*SETTINGS, "registry")),
    ),
    order_rules=(("date", "available_date"),),
    event_date="date",
    available_date="available_date",
)

PROCEDURE = TableSchema(
    "procedure",
    ("claim_id", "position"),
    (
        Column("claim_id", "text", required=True),
        Column("position", "integer", required=True, minimum=1),
        Column("person_id", "text", required=True),
        Column("date", "date", required=True),
        Column("available_date", "date", required=True, may_lie_ahead=True),
        Column("code", "text", required=True),
        Column("vocabulary", "text", required=True),
    ),
    order_rules=(("date", "available_date"),),
    event_date="date",
    available_date="available_date",
)

PHARMACY_CLAIM = TableSchema(
    "pharmacy_claim",
    ("claim_id",),
    (
        Column("claim_id", "text", required=True),
        Column("person_id", "text", required=True),
        Column("fill_date", "date", required=True),
        Column("available_date", "date", required=True, may_lie_ahead=True),
        Column("drug_code", "text"),
        Column("atc_code", "text"),
        Column("days_supply", "integer", minimum=0, maximum=400),
        Column("quantity", "number"),
        Column("allowed_amount", "amount"),
        Column("paid_amount", "amount"),
    ),
    order_rules=(("fill_date", "available_date"),),
    event_date="fill_date",
    available_date="available_date",
)

LAB_RESULT = TableSchema(
    "lab_result",
    ("record_id",),
    (
        Column("record_id", "text", required=True),
        Column("person_id", "text", required=True),
        Column("date", "date", required=True),
        Column("available_date", "date", required=True, may_lie_ahead=True),
        Column("analyte", "text", required=True),
        Column("value", "number", required=True),
        Column("unit", "text", required=True),
    ),
    order_rules=(("date", "available_date"),),
    event_date="date",
    available_date="available_date",
    measures=tuple(MEASURES.values()),
)

GLUCOSE_READING = TableSchema(
    "glucose_reading",
    ("person_id", "time"),
    (
        Column("person_id", "text", required=True),
        Column("time", "time", required=True),
        Column("glucose", "number", required=True, minimum=10, maximum=1000),
    ),
    event_date="time",
)

CARE_EVENT = TableSchema(
    "care_event",
    ("record_id",),
    (
        Column("record_id", "text", required=True),
        Column("person_id", "text", required=True),
        Column("date", "date", required=True),
        Column("available_date", "date", required=True, may_lie_ahead=True),
        Column("kind", "text", required=True, allowed=CARE_EVENT_KINDS),
        Column("team_id", "text"),
    ),
    order_rules=(("date", "available_date"),),
    event_date="date",
    available_date="available_date",
)

TABLES: dict[str, TableSchema] = {
    table.name: table
    for table in (
        PERSON,
        ENROLLMENT,
        MEDICAL_CLAIM,
        DIAGNOSIS,
        PROCEDURE,
        PHARMACY_CLAIM,
        LAB_RESULT,
        GLUCOSE_READING,
        CARE_EVENT,
    )
}
"""The canonical tables by name, in reading order."""
