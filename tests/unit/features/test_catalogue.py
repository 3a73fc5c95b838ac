"""The catalogue declares every feature once and can be chosen from by group or by name."""

from __future__ import annotations

import pandas as pd
import pytest

from riskkit.errors import PolicyError
from riskkit.features.catalogue import COLUMNS, Catalogue
from riskkit.features.contents import make_catalogue
from riskkit.features.derive import DERIVED
from riskkit.features.sources import SOURCES

CARE_GROUPS = {
    "demography",
    "membership",
    "diagnoses",
    "kidney",
    "eye",
    "heart",
    "nerves",
    "foot",
    "glycaemia",
    "use",
    "cost",
    "drugs",
    "care",
    "index_stay",
}


def test_names_are_distinct_and_every_feature_says_what_it_is(everything: Catalogue) -> None:
    frame = everything.to_frame()
    assert frame.columns.tolist() == COLUMNS
    assert frame["name"].is_unique
    assert frame[["meaning", "meaning_zh", "unit"]].ne("").all(axis=None)
    assert set(frame["group"]) <= CARE_GROUPS
    assert frame["direction"].isin([-1, 0, 1]).all()


def test_every_feature_has_a_source_or_a_formula(everything: Catalogue) -> None:
    for feature in everything.features:
        assert feature.source in {*SOURCES, "context", "derived"}
        assert (feature.aggregate == "derived") == (feature.name in DERIVED)


def test_nothing_that_a_provider_can_raise_by_activity_may_enter_a_rate(everything: Catalogue) -> None:
    payment = everything.to_frame().query("policy == 'payment'")
    assert set(payment["source"]) <= {"context", "diagnoses", "derived"}
    assert not set(payment["group"]) & {"use", "cost", "drugs", "care", "index_stay", "membership"}
    assert not payment["aggregate"].isin(["count", "sum", "days_since", "distinct"]).any()


def test_the_latest_value_is_ranked_within_the_dimensions_of_its_source(everything: Catalogue) -> None:
    # A rank is taken over all dimensions of a fold, so a `latest` feature must name every one of them.
    for source in {feature.source for feature in everything.features if feature.aggregate == "latest"}:
        named = {tuple(name for name, _ in f.where) for f in everything.features if f.source == source}
        assert len(named) == 1


def test_groups_and_names_are_chosen_in_catalogue_order(everything: Catalogue) -> None:
    chosen = everything.select(("demography",), ("follow_up_365d", "age_years"))
    names = [feature.name for feature in chosen.features]
    order = [feature.name for feature in everything.features]
    assert names == sorted(names, key=order.index)
    assert names.count("age_years") == 1
    assert "follow_up_365d" in names


def test_an_unknown_group_or_name_is_refused_with_the_known_ones(everything: Catalogue) -> None:
    with pytest.raises(PolicyError, match=r"unknown group 'money'. Use one of care, cost"):
        everything.select(("money",))
    with pytest.raises(PolicyError, match=r"unknown feature 'shoe_size'. Use one of age_years"):
        everything.select((), ("shoe_size",))


def test_two_features_of_one_name_are_refused() -> None:
    groups = pd.DataFrame({"list": "complications", "group": ["dcsi_nephropathy"]})
    clash = pd.concat([groups, pd.DataFrame({"list": ["dcsi"], "group": ["nephropathy"]})])
    with pytest.raises(PolicyError, match="two features are called 'dcsi_nephropathy_730d'"):
        make_catalogue(clash)
