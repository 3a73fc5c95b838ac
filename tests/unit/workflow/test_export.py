"""An export is the view of one role, with hashes for its persons and counts that give nobody away."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from riskkit.errors import DataContractError, PolicyError
from riskkit.workflow.export import Asked, export_view


def institution_of(source: Path) -> str:
    return str(pd.read_parquet(source / "enrollment.parquet")["institution_id"].mode()[0])


def test_an_institution_gets_its_members_hashed_and_counted(source: Path, tmp_path: Path, clear_ids: set[str]) -> None:
    name, out = institution_of(source), tmp_path / "view"
    rows = export_view("native", source, out, Asked("institution", name, date(2024, 1, 1)))
    spans = pd.read_parquet(source / "enrollment.parquet")
    start, end = (pd.to_datetime(spans[side]) for side in ("start_date", "end_date"))
    day = pd.Timestamp("2024-01-01")
    expected = spans[(spans["institution_id"] == name) & (start <= day) & (end > day)]["person_id"].nunique()
    assert rows["person"] == expected
    assert not clear_ids & set(pd.read_parquet(out / "person.parquet")["person_id"])
    counts = pd.read_csv(out / "counts.csv")
    assert counts["members"].dropna().min() >= 11
    assert counts["suppressed"].any()
    said = json.loads((out / "view.json").read_text(encoding="utf-8"))
    assert (said["role"], said["day"], said["rows"]["person"]) == ("institution", "2024-01-01", expected)


def test_a_member_is_named_as_the_source_names_them(source: Path, tmp_path: Path, clear_ids: set[str]) -> None:
    one = min(clear_ids)
    rows = export_view("native", source, tmp_path / "view", Asked("patient", one))
    assert rows["person"] == 1
    assert pd.read_parquet(tmp_path / "view" / "person.parquet")["person_id"].item() != one
    assert not (tmp_path / "view" / "counts.csv").exists()


def test_an_unknown_member_is_refused_without_repeating_the_name(source: Path, tmp_path: Path) -> None:
    with pytest.raises(DataContractError, match="nobody is in its scope") as caught:
        export_view("native", source, tmp_path / "view", Asked("patient", "Wang Xiaoming"))
    assert "Wang" not in str(caught.value)
    assert not (tmp_path / "view").exists()


def test_a_folder_without_the_view_is_a_policy_error(source: Path, tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"payer\.toml: no such file"):
        export_view("native", source, tmp_path / "view", Asked("payer", views=tmp_path))
