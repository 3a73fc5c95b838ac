"""The OMOP common data model: the tables and columns that are read, and which of them a source may lack."""

from __future__ import annotations

from dataclasses import dataclass

from riskkit.data.adapters.layout import SourceColumn, SourceLayout

ENDING = r"\.(csv|tsv|txt)(\.gz)?"

FORMER = {
    "admitted_from_concept_id": ("admitting_source_concept_id",),
    "discharged_to_concept_id": ("discharge_to_concept_id",),
}
"""Names that version 5.3 has for columns of version 5.4."""


@dataclass(frozen=True)
class CdmTable:
    """A table of the common data model.

    Parameters
    ----------
    name : str
        Its name, in lower case.
    layout : SourceLayout
        Columns read; the relation is the name and ``_text``.
    required : bool, default False
        True where there is no source without the table and a row in it.
    """

    name: str
    layout: SourceLayout
    required: bool = False

    @property
    def needed(self) -> tuple[str, ...]:
        """Columns that must be there; the others are read where they are."""
        spared = ANYWHERE_OPTIONAL | OPTIONAL.get(self.name, frozenset())
        return tuple(column.name for column in self.layout.columns if column.name not in spared)


def _row(name: str) -> SourceColumn:
    return SourceColumn(name, r"\S+", "an identifier", required=True)


def _link(name: str) -> SourceColumn:
    return SourceColumn(name, r"\S+", "an identifier")


def _concept(name: str, *, required: bool = False) -> SourceColumn:
    return SourceColumn(name, r"-?\d{1,18}", "the number of a concept", required)


def _concepts(*names: str) -> tuple[SourceColumn, ...]:
    return tuple(_concept(name) for name in names)


def _day(name: str, *, required: bool = False) -> SourceColumn:
    return SourceColumn(name, r"\d{4}-\d{2}-\d{2}", "a date as YYYY-MM-DD", required, "%Y-%m-%d")


def _number(name: str) -> SourceColumn:
    return SourceColumn(name, r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", "a number")


def _amounts(*names: str) -> tuple[SourceColumn, ...]:
    return tuple(_number(name) for name in names)


def _texts(*names: str) -> tuple[SourceColumn, ...]:
    return tuple(SourceColumn(name) for name in names)


def _table(name: str, key: tuple[str, ...], *columns: SourceColumn, required: bool = False) -> CdmTable:
    layout = SourceLayout(f"{name}_text", rf"(?i){name}{ENDING}", f"{name}.csv", key, columns)
    return CdmTable(name, layout, required)


def _event(name: str, stem: str, day: str, *columns: SourceColumn, row: str = "", required: bool = False) -> CdmTable:
    """Declare a table of clinical records: a row, a person, a visit, a day, a concept and the source's own code."""
    key = row or f"{name}_id"
    return _table(
        name,
        (key,),
        _row(key),
        _row("person_id"),
        _link("visit_occurrence_id"),
        _day(day, required=True),
        *_concepts(f"{stem}_concept_id", f"{stem}_source_concept_id"),
        SourceColumn(f"{stem}_source_value"),
        *columns,
        required=required,
    )


def _period(name: str, *columns: SourceColumn, required: bool = False) -> CdmTable:
    days = (_day(f"{name}_start_date", required=True), _day(f"{name}_end_date", required=True))
    return _table(name, (f"{name}_id",), _row(f"{name}_id"), _row("person_id"), *days, *columns, required=required)


ANYWHERE_OPTIONAL = frozenset({"unit_source_value", "value_source_value", "value_as_concept_id", "visit_occurrence_id"})
OPTIONAL = {
    "person": frozenset({"month_of_birth", "day_of_birth", "birth_datetime", "location_id"}),
    "location": frozenset({"state"}),
    "payer_plan_period": frozenset({"payer_source_value"}),
    "visit_occurrence": frozenset({"care_site_id", *FORMER}),
    "condition_occurrence": frozenset({"condition_type_concept_id", "condition_status_concept_id"}),
    "drug_exposure": frozenset({"days_supply", "quantity", "refills"}),
    "measurement": frozenset({"operator_concept_id"}),
    "observation": frozenset({"value_as_string"}),
    "cost": frozenset(
        {
            *("currency_concept_id", "total_charge", "total_cost", "paid_by_primary", "amount_allowed"),
            *("paid_patient_copay", "paid_patient_coinsurance", "paid_patient_deductible", "drg_source_value"),
        }
    ),
    "cdm_source": frozenset({"cdm_version", "vocabulary_version"}),
}

RESULT = (
    *(_number("value_as_number"), *_concepts("value_as_concept_id", "unit_concept_id")),
    *_texts("unit_source_value", "value_source_value"),
)
TABLES = (
    _table(
        "person",
        ("person_id",),
        _row("person_id"),
        _concept("gender_concept_id", required=True),
        SourceColumn("year_of_birth", r"\d{4}", "a year", required=True),
        *(
            SourceColumn(name, r"\d{1,2}", "a number of one or two digits")
            for name in ("month_of_birth", "day_of_birth")
        ),
        _day("birth_datetime"),
        _link("location_id"),
        required=True,
    ),
    _period("observation_period", required=True),
    _table(
        "visit_occurrence",
        ("visit_occurrence_id",),
        *(_row("visit_occurrence_id"), _row("person_id"), _concept("visit_concept_id", required=True)),
        *(_day("visit_start_date", required=True), _day("visit_end_date"), _link("care_site_id")),
        *_concepts("admitted_from_concept_id", "discharged_to_concept_id"),
        required=True,
    ),
    _event(
        "condition_occurrence",
        "condition",
        "condition_start_date",
        *_concepts("condition_type_concept_id", "condition_status_concept_id"),
        required=True,
    ),
    _table("death", ("person_id", "death_date"), _row("person_id"), _day("death_date", required=True)),
    _table("location", ("location_id",), _row("location_id"), SourceColumn("state")),
    _table("care_site", ("care_site_id",), _row("care_site_id"), _concept("place_of_service_concept_id")),
    _period("payer_plan_period", SourceColumn("payer_source_value")),
    _event("procedure_occurrence", "procedure", "procedure_date"),
    _event("drug_exposure", "drug", "drug_exposure_start_date", *_amounts("days_supply", "quantity", "refills")),
    _event("measurement", "measurement", "measurement_date", _concept("operator_concept_id"), *RESULT),
    _event("observation", "observation", "observation_date", SourceColumn("value_as_string"), *RESULT),
    _table("device_exposure", ("device_exposure_id",), _row("device_exposure_id"), _link("visit_occurrence_id")),
    _table("visit_detail", ("visit_detail_id",), _row("visit_detail_id"), _link("visit_occurrence_id")),
    _table(
        "cost",
        ("cost_id",),
        *(_row("cost_id"), _row("cost_event_id"), SourceColumn("cost_domain_id", required=True)),
        _concept("currency_concept_id"),
        *_amounts("total_charge", "total_cost", "total_paid", "paid_by_payer", "paid_by_patient", "paid_by_primary"),
        *_amounts("paid_patient_copay", "paid_patient_coinsurance", "paid_patient_deductible", "amount_allowed"),
        SourceColumn("drg_source_value"),
    ),
    _table(
        "concept",
        ("concept_id",),
        _concept("concept_id", required=True),
        *_texts("concept_name", "vocabulary_id", "concept_class_id", "concept_code"),
    ),
    _table(
        "concept_ancestor",
        ("ancestor_concept_id", "descendant_concept_id"),
        *(_concept(name, required=True) for name in ("ancestor_concept_id", "descendant_concept_id")),
        SourceColumn("min_levels_of_separation", r"\d{1,4}", "a whole number"),
    ),
    _table("cdm_source", ("cdm_source_name",), *_texts("cdm_source_name", "cdm_version", "vocabulary_version")),
)
"""The tables that are read: those that must be there, then those that may be."""

VOCABULARY = frozenset({"concept", "concept_ancestor"})
"""Tables that are published as tab-separated text without quotes."""

NOT_READ = {
    "device_exposure": "no canonical table; read for the visit that a cost belongs to",
    "visit_detail": "a visit is one row; read for the visit that a cost belongs to",
    "provider": "no canonical column for a physician",
    "specimen": "no canonical table",
    "note": "no canonical table",
    "note_nlp": "no canonical table",
    "episode": "derived from records that are read",
    "drug_era": "derived from records that are read",
    "dose_era": "derived from records that are read",
    "condition_era": "derived from records that are read",
}
"""Tables of events that have no place, whose rows are counted."""
