"""The canonical tables are declared soundly."""

from __future__ import annotations

import pytest

from riskkit.data.schemas import SQL_TYPES, TABLES, TableSchema

EVENTS = [table for table in TABLES.values() if table.name not in {"person", "enrollment", "glucose_reading"}]


@pytest.mark.parametrize("schema", TABLES.values(), ids=lambda schema: schema.name)
def test_every_key_column_is_declared_and_required(schema: TableSchema) -> None:
    assert set(schema.key) <= set(schema.required_names)


@pytest.mark.parametrize("schema", TABLES.values(), ids=lambda schema: schema.name)
def test_names_are_distinct_and_kinds_known(schema: TableSchema) -> None:
    assert len(set(schema.column_names)) == len(schema.column_names)
    assert {column.kind for column in schema.columns} <= SQL_TYPES.keys()


@pytest.mark.parametrize("schema", TABLES.values(), ids=lambda schema: schema.name)
def test_order_rules_compare_declared_dates(schema: TableSchema) -> None:
    for pair in schema.order_rules:
        assert [schema.column(name).kind for name in pair] == ["date", "date"]


@pytest.mark.parametrize("schema", EVENTS, ids=lambda schema: schema.name)
def test_every_event_has_both_clocks_and_none_is_known_before_it_happened(schema: TableSchema) -> None:
    assert schema.event_date in schema.required_names
    assert schema.available_date == "available_date"
    assert (schema.event_date, "available_date") in schema.order_rules


@pytest.mark.parametrize("schema", TABLES.values(), ids=lambda schema: schema.name)
def test_every_table_names_its_person(schema: TableSchema) -> None:
    assert schema.column("person_id").required


def test_an_unknown_column_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="shoe_size"):
        TABLES["person"].column("shoe_size")


def test_person_comes_first_so_that_the_other_tables_can_be_held_against_it() -> None:
    assert next(iter(TABLES)) == "person"
