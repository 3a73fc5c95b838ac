"""The words of coded columns are distinct and lower case, as they stand in files."""

from __future__ import annotations

import pytest

from riskkit.data import vocabulary

LISTS = [name for name in vars(vocabulary) if name.isupper()]


@pytest.mark.parametrize("name", LISTS)
def test_words_are_distinct_and_written_alike(name: str) -> None:
    words = getattr(vocabulary, name)
    assert len(set(words)) == len(words) > 1
    assert all(word == word.lower().replace(" ", "_") for word in words)
