"""The spelling of codes."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from riskkit.data.spelling import explode_codes, normalise_code, normalise_codes, split_codes
from riskkit.errors import DataContractError


@pytest.mark.parametrize(
    ("code", "vocabulary", "expected"),
    [
        ("E11.9", "icd10cm", "E119"),
        ("e11.65", "icd10cm", "E1165"),
        (" E11.200x001 ", "who_cn", "E11200X001"),
        ("H36.0*", "who_cn", "H360"),
        ("E11.2†", "who_cn", "E112"),
        ("E11.2+", "who_cn", "E112"),
        ("N08.3‡", "who_cn", "N083"),
        ("Ｅ１１．９", "who_cn", "E119"),
        ("I10.x00x002", "who_cn", "I10X00X002"),
        ("250.83", "icd9cm", "25083"),
        ("v27", "icd9cm", "V27"),
        ("41.1", "icd9cm", "0411"),
        ("8", "icd9cm", "008"),
        ("V1.2", "icd9cm", "V012"),
        ("E812.0", "icd9cm", "E8120"),
        ("0411", "icd9cm", "0411"),
        ("*", "who_cn", ""),
    ],
)
def test_points_marks_blanks_and_case_do_not_matter(code: str, vocabulary: str, expected: str) -> None:
    assert normalise_code(code, vocabulary) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("E11.201+N08.3*", ["E11.201", "N08.3*"]),
        ("E11.2† N08.3*", ["E11.2", "N08.3*"]),
        ("E11.2＋N08.3＊", ["E11.2", "N08.3*"]),
        ("E11.2+", ["E11.2+"]),
        ("E11.900x001", ["E11.900x001"]),
    ],
)
def test_a_dagger_asterisk_pair_is_two_codes_and_a_trailing_mark_is_none(code: str, expected: list[str]) -> None:
    assert split_codes(code) == expected


def test_a_column_keeps_its_index_name_and_missing_values() -> None:
    codes = pd.Series(["e11.9", None, "e11.9"], index=[7, 3, 5], name="code", dtype="str")
    spelt = normalise_codes(codes, "who_cn")
    assert spelt.index.tolist() == [7, 3, 5]
    assert spelt.name == "code"
    assert spelt.dropna().tolist() == ["E119", "E119"]
    assert codes.tolist()[0] == "e11.9"


def test_exploding_lists_each_distinct_code_once_and_each_half_of_a_pair() -> None:
    codes = pd.DataFrame({"code": ["I10", "E11.2+N08.3*", "I10", None], "vocabulary": "who_cn"})
    parts = explode_codes(codes)
    assert parts.to_numpy().tolist() == [
        ["E11.2+N08.3*", "who_cn", "E112"],
        ["E11.2+N08.3*", "who_cn", "N083"],
        ["I10", "who_cn", "I10"],
    ]


def test_an_unknown_vocabulary_is_refused_with_the_known_ones() -> None:
    with pytest.raises(DataContractError, match="found 'icd11', expected one of who_cn, icd10cm, icd9cm"):
        normalise_code("5A11", "icd11")
    with pytest.raises(DataContractError, match="icd11"):
        normalise_codes(pd.Series(["5A11"]), "icd11")


def test_the_page_shows_the_spellings_that_are_made() -> None:
    page = (Path(__file__).parents[3] / "docs" / "codes.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([^`]+)` \| `(\w+)` \| ((?:`\w+`(?:, )?)+) \|", page, flags=re.MULTILINE)
    assert len(rows) == 8
    for written, vocabulary, spelt in rows:
        made = [normalise_code(part, vocabulary) for part in split_codes(written)]
        assert made == re.findall(r"`(\w+)`", spelt)
