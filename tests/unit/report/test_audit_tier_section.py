"""The audit page says which tiers were audited, and from which files."""

from __future__ import annotations

from typing import Any

from riskkit.report.audit_tier_section import make_tier_section

OWN = {"used": "model's own", "last_scores": None, "overrides": None, "changes": None, "last_year": None}
CHANGES = {
    "held": {"minimum_stay": 120},
    "raised": {"dka": 3},
    "overrides": 7,
    "not_members": 1,
    "expired": 1,
    "not_yet_valid": 1,
    "without_effect": 1,
}


def find_rows(section: dict[str, Any], place: int) -> list[list[str]]:
    return [[cell["text"] for cell in row] for row in section["blocks"][place]["rows"]]


def test_without_files_the_tiers_are_the_models_own() -> None:
    section = make_tier_section({"tiers": OWN})
    assert section is not None
    (note,) = section["blocks"]
    assert "The tiers are the model's own" in note["text"]
    assert make_tier_section({"tiers": None}) is None


def test_files_and_what_they_did_are_listed_and_few_members_are_not_counted() -> None:
    file = {"file": "last_year/scores.parquet", "sha256": "ab" * 32}
    tiers = {**OWN, "used": "final", "last_year": "final", "last_scores": file, "changes": CHANGES}
    section = make_tier_section({"tiers": tiers})
    assert section is not None
    assert "rest on last year's tiers as they were paid" in section["blocks"][0]["text"]
    assert find_rows(section, 1) == [["Last year's tiers 上年分层", "last_year/scores.parquet", "ab" * 8]]
    rows = find_rows(section, 2)
    assert rows[:3] == [
        ["Held 维持: minimum stay", "120"],
        ["Raised 上调: dka", "<11"],
        ["Overrides 人工上调", "7"],
    ]
    assert [count for _, count in rows[3:]] == ["1", "1", "1", "1"]
