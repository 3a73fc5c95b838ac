"""The canonical tables: each column's type, bounds and meaning, each table's key, clocks, references and row rules."""

from __future__ import annotations

from riskkit.data.contract import SQL_TYPES, Column, Reference, TableSchema
from riskkit.data.measures import MEASURES
from riskkit.data.vocabulary import (
    ADJUSTMENTS,
    ADMISSION_SOURCES,
    ADMISSION_TYPES,
    CARE_EVENT_KINDS,
    DISCHARGE_STATUSES,
    REGISTERS,
    SETTINGS,
    SPECIALTIES,
    VOCABULARIES,
)

__all__ = ["SQL_TYPES", "TABLES", "Column", "TableSchema"]

KNOWN_PERSON = Reference("person_id", "person", "person_id")

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
    meaning="a member, living or dead",
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
    references=(KNOWN_PERSON,),
    meaning="a span of membership, from its first day to the day after its last",
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
    references=(KNOWN_PERSON,),
    meaning="a visit or stay with its money, or the correction of one",
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
        Column("source", "text", required=True, allowed=(*SETTINGS, *REGISTERS)),
    ),
    order_rules=(("date", "available_date"),),
    event_date="date",
    available_date="available_date",
    references=(KNOWN_PERSON, Reference("record_id", "medical_claim", "claim_id", "source", REGISTERS)),
    meaning="a diagnosis on a claim, in a register, or found by a case definition over many claims",
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
    references=(KNOWN_PERSON, Reference("claim_id", "medical_claim", "claim_id")),
    meaning="a procedure on a claim",
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
    references=(KNOWN_PERSON,),
    meaning="a prescription that was filled",
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
    references=(KNOWN_PERSON,),
    meaning="a laboratory result, measurement or questionnaire value",
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
    references=(KNOWN_PERSON,),
    meaning="a reading of a continuous glucose sensor (mg/dL)",
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
    references=(KNOWN_PERSON,),
    meaning="a service of the care programme",
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
