"""The catalogue declares every feature once and can be chosen from by group or by name."""

from __future__ import annotations

import pandas as pd
import pytest

from riskkit.data.schemas import TABLES
from riskkit.errors import PolicyError
from riskkit.features.catalogue import COLUMNS, Catalogue
from riskkit.features.contents import make_catalogue
from riskkit.features.derive import DERIVED
from riskkit.features.episodes import EPISODES
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
    "comorbidity",
    "cgm",
    "lifestyle",
    "survey",
    "team",
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
        assert feature.source in {*SOURCES, *EPISODES, "context", "derived"}
        assert (feature.aggregate == "derived") == (feature.name in DERIVED)


def test_nothing_that_a_provider_can_raise_by_activity_may_enter_a_rate(everything: Catalogue) -> None:
    payment = everything.to_frame().query("policy == 'payment'")
    assert set(payment["source"]) <= {"context", "confirmed_diagnoses", "derived"}
    never = {"use", "cost", "drugs", "care", "index_stay", "membership", "comorbidity", "cgm", "lifestyle"}
    never |= {"survey", "team"}
    assert not set(payment["group"]) & never
    assert not payment["aggregate"].isin(["count", "sum", "days_since", "distinct"]).any()
    # What is derived reads only what is confirmed, and measured values.
    sources = everything.to_frame().set_index("name")["source"]
    derived = payment.loc[payment["source"].eq("derived"), "name"]
    read = {sources[inner] for name in derived for inner in DERIVED[name].inputs if inner in sources}
    assert len(derived) >= 3
    assert read == {"confirmed_diagnoses", "sustained", "context"}


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


def test_what_is_excluded_is_left_out_whatever_chose_it(everything: Catalogue) -> None:
    whole = everything.select(("demography",), ("follow_up_365d",))
    chosen = everything.select(("demography",), ("follow_up_365d",), exclude=("follow_up_365d", "is_urban"))
    left_out = {feature.name for feature in whole.features} - {feature.name for feature in chosen.features}
    assert left_out == {"follow_up_365d", "is_urban"}
    with pytest.raises(PolicyError, match="unknown feature 'shoe_size'"):
        everything.select(("demography",), exclude=("shoe_size",))


def test_at_least_120_features_come_from_every_kind_of_record(everything: Catalogue) -> None:
    frame = everything.to_frame()
    assert len(frame) >= 120
    tables = {table for listed in frame["tables"] for table in listed.split(", ")}
    assert tables == set(TABLES) - {"procedure"}


def test_an_unknown_group_or_name_is_refused_with_the_known_ones(everything: Catalogue) -> None:
    with pytest.raises(PolicyError, match=r"unknown group 'money'. Use one of care, cgm"):
        everything.select(("money",))
    with pytest.raises(PolicyError, match=r"unknown feature 'hba1c_last_365d'. Use one of .*hba1c_latest_365d"):
        everything.select((), ("hba1c_last_365d",))
    with pytest.raises(PolicyError, match=r"'shoe_size'. Use a name of the catalogue; 'riskkit features --list'"):
        everything.select((), ("shoe_size",))


def test_two_features_of_one_name_are_refused() -> None:
    groups = pd.DataFrame({"list": "complications", "group": ["dcsi_nephropathy"]})
    clash = pd.concat([groups, pd.DataFrame({"list": ["dcsi"], "group": ["nephropathy"]})])
    with pytest.raises(PolicyError, match="two features are called 'dcsi_nephropathy_730d'"):
        make_catalogue(clash)
