"""Diagnosis groups have words in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from riskkit.data.codes import read_code_lists
from riskkit.features.wording import name_group

LISTS = read_code_lists(Path(__file__).resolve().parents[3] / "models" / "codelists")


@pytest.mark.parametrize("group", sorted(LISTS["group"].unique()))
def test_every_shipped_group_has_chinese_words(group: str) -> None:
    english, chinese = name_group(group)
    assert "_" not in english
    assert any("\u4e00" <= character <= "\u9fff" for character in chinese)


def test_a_group_of_ones_own_keeps_its_name() -> None:
    assert name_group("my_group") == ("my group", "my_group")
