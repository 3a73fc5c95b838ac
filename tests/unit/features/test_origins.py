"""The tables that a feature is said to come from are those that its query reads."""

from __future__ import annotations

import pytest
from sqlglot import exp

from riskkit.data.schemas import TABLES
from riskkit.features.catalogue import Catalogue
from riskkit.features.derive import DERIVED
from riskkit.features.episodes import EPISODES
from riskkit.features.origins import find_tables
from riskkit.features.sources import SOURCES


def _read(query: exp.Expr) -> set[str]:
    return {table.name for table in query.find_all(exp.Table)} & set(TABLES)


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_reads_the_table_that_it_names(name: str) -> None:
    assert _read(SOURCES[name].query) == set(find_tables("any", name))


@pytest.mark.parametrize("name", EPISODES)
def test_an_episode_reads_the_tables_that_it_names(name: str, everything: Catalogue) -> None:
    features = tuple(feature for feature in everything.features if feature.source == name)
    assert _read(EPISODES[name].compile(features)) == set(find_tables("any", name))


@pytest.mark.parametrize("name", DERIVED)
def test_a_derived_feature_comes_from_where_its_inputs_do(name: str, everything: Catalogue) -> None:
    sources = {feature.name: feature.source for feature in everything.features}
    held = [inner for inner in DERIVED[name].inputs if inner in sources]
    tables = {table for inner in held for table in find_tables(inner, sources[inner])}
    assert tables == set(find_tables(name, "derived")) or not held


def test_context_comes_from_the_person_and_the_enrolment() -> None:
    assert find_tables("is_female", "context") == ("person",)
    assert find_tables("institution_level", "context") == ("enrollment",)
