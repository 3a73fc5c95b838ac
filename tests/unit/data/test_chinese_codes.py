"""The normaliser and the complication groups on every code of the Chinese insurance ICD-10."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from riskkit.data.code_summary import is_well_formed
from riskkit.data.codes import match_prefixes, read_code_list
from riskkit.data.spelling import explode_codes, normalise_code, split_codes

ROOT = Path(__file__).parents[3]
DATABASE = ROOT.parent / "shared" / "data" / "chs_drg" / "CHS-DRG.frontend.db"
pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not DATABASE.exists(), reason="the shared data folder is not there"),
]
# What the fourth character of E10-E14 says (WHO), in words of the complication list; None: by the text of the code.
FOURTH = {
    "0": {"any_complication", "metabolic"},
    "1": {"any_complication", "metabolic"},
    "2": {"any_complication", "nephropathy"},
    "4": {"any_complication", "neuropathy"},
    "5": {"any_complication", "foot_pvd"},
    "7": {"any_complication"},
    "8": {"any_complication"},
    "9": set(),
}


@pytest.fixture(scope="module")
def names() -> dict[str, str]:
    """Every diagnosis code with its name; codes of operations begin with a digit."""
    with sqlite3.connect(f"file:{DATABASE}?mode=ro", uri=True) as connection:
        rows = connection.execute("SELECT DISTINCT code, name FROM drg WHERE code GLOB '[A-Z]*'").fetchall()
    connection.close()
    return dict(rows)


@pytest.fixture(scope="module")
def groups(names: dict[str, str]) -> dict[str, set[str]]:
    """The complication groups of every code."""
    codes = pd.DataFrame({"code": sorted(names), "vocabulary": "who_cn"})
    matches = match_prefixes(codes, read_code_list(ROOT / "models" / "codelists" / "complications.csv"))
    found: dict[str, set[str]] = {code: set() for code in names}
    for code, group in matches[["code", "group"]].itertuples(index=False):
        found[code].add(group)
    return found


def test_every_code_is_a_code_after_normalisation_and_no_two_halves_are_lost(names: dict[str, str]) -> None:
    assert len(names) == 30_501
    parts = explode_codes(pd.DataFrame({"code": sorted(names), "vocabulary": "who_cn"}))
    assert all(is_well_formed(part, "who_cn") for part in parts["normalised"])
    # a pair is written with a plus between two codes: 568 + 543 + 27 + 16 + 14 + 6 of the shapes that occur
    assert sum("+" in code for code in names) == 1174 == len(parts) - len(names)


def test_normalising_twice_is_normalising_once_and_points_and_case_do_not_matter(names: dict[str, str]) -> None:
    for code in names:
        for half in split_codes(code):
            plain = normalise_code(half, "who_cn")
            assert normalise_code(plain, "who_cn") == plain
            assert normalise_code(f" {half.lower()} ", "who_cn") == plain
            assert normalise_code(half.replace(".", ""), "who_cn") == plain


def test_every_diabetes_code_lands_in_its_complication_group_or_in_none(
    names: dict[str, str], groups: dict[str, set[str]]
) -> None:
    diabetes = [code for code in names if re.match("E1[0-4]", code)]
    # counted from the text of the codes alone: sqlite> select substr(code, 5, 1), count(distinct code) ... group by 1
    assert Counter(code[4] for code in diabetes) == {
        "0": 24, "1": 21, "2": 79, "3": 97, "4": 106, "5": 50, "6": 76, "7": 30, "8": 5, "9": 16,
    }  # fmt: skip
    for code in diabetes:
        if code[4] == "3":
            # a cataract (H28) and an eye complication of no name are no retinopathy; H36 is
            expected = {"any_complication"} | ({"retinopathy"} if "H36" in code else set())
        elif code[4] == "6":
            expected = {"any_complication"} | ({"hypoglycaemia"} if "低血糖" in names[code] else set())
        else:
            expected = FOURTH[code[4]]
        assert groups[code] == expected, f"{code} {names[code]}"


def test_what_lands_in_no_group_is_diabetes_without_complication(
    names: dict[str, str], groups: dict[str, set[str]]
) -> None:
    none = sorted(code for code in names if re.match("E1[0-4]", code) and not groups[code])
    assert len(none) == 16
    page = (ROOT / "docs" / "codes.md").read_text(encoding="utf-8")
    assert all(f"`{code}`" in page for code in none)
