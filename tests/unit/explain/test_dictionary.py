"""Every feature that riskkit can build has a phrase, a group and a unit in both languages."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from riskkit.data.codes import read_code_lists
from riskkit.data.presets import find_presets
from riskkit.errors import DataContractError
from riskkit.explain.dictionary import make_reason_dictionary
from riskkit.explain.wording import GROUP_WORDS, make_cost_quantity
from riskkit.features.contents import make_catalogue

CATALOGUE = make_catalogue(read_code_lists(find_presets() / "models" / "codelists")).to_frame()
HAN = re.compile("[\u4e00-\u9fff]")


def test_every_feature_of_the_catalogue_has_a_phrase_in_english_and_chinese() -> None:
    words = make_reason_dictionary(CATALOGUE["name"].tolist(), CATALOGUE, make_cost_quantity())
    assert len(words) == len(CATALOGUE) > 700
    assert (words["text"].str.len() > 2).all()
    # Names of measures that Chinese clinicians write in Latin letters may stand alone in the phrase.
    without = words.loc[~words["text_zh"].str.contains(HAN), "feature"].tolist()
    assert without == []
    assert (words["group_text_zh"].str.contains(HAN)).all()
    assert set(words["group"]) <= set(GROUP_WORDS)


def test_units_are_said_as_the_reasons_say_them() -> None:
    rows = pd.DataFrame(
        {
            "name": ["a", "b"],
            "meaning": ["days in hospital", "cost"],
            "meaning_zh": ["住院天数", "费用"],
            "unit": ["days", "currency"],
            "group": ["use", "cost"],
        }
    )
    words = make_reason_dictionary(["b", "a"], rows, make_cost_quantity())
    assert words["unit"].tolist() == ["CNY", "days"]
    assert words["unit_zh"].tolist() == ["元", "天"]
    assert words["text"].tolist() == ["Cost", "Days in hospital"]
    with pytest.raises(DataContractError, match="no entry for c"):
        make_reason_dictionary(["c"], rows, make_cost_quantity())
