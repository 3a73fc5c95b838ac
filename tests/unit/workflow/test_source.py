"""A source is opened by its adapter or as it stands, and checked before anything reads it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from riskkit.data.adapters.report import AdapterReport
from riskkit.data.io import Tables, write_tables
from riskkit.data.quality import QualityReport, TableQuality
from riskkit.errors import DataContractError
from riskkit.workflow.source import OpenSource, open_source, require_tables


def person_table(*sexes: str) -> pd.DataFrame:
    names = [f"P{number}" for number in range(len(sexes))]
    return pd.DataFrame({"person_id": names, "birth_date": pd.Timestamp("1960-01-01"), "sex": list(sexes)})


def test_a_native_folder_is_read_as_it_stands_and_its_tables_stay_in_the_working_folder(tmp_path: Path) -> None:
    folder = write_tables({"person": person_table("female", "male")}, tmp_path / "native")
    opened = open_source("native", folder, tmp_path / "work")
    assert opened.adapter is None
    assert opened.tables.frame("person")["sex"].tolist() == ["female", "male"]
    assert opened.tables.paths["person"] == tmp_path / "work" / "tables" / "person.parquet"
    assert opened.tables.frame("diagnosis").empty


def test_an_adapter_converts_first_and_its_account_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    def convert(
        source: Path, target: Path, *, progress: Callable[[str, int, int], None] | None = None
    ) -> AdapterReport:
        assert source == tmp_path / "outside"
        assert progress is not None
        progress("convert", 0, 1)
        write_tables({"person": person_table("male")}, target)
        return AdapterReport("made_up", {"rows": 1}, {"person": 1}, (), {})

    monkeypatch.setattr("riskkit.data.adapters.desynpuf.convert_desynpuf", convert)
    opened = open_source(
        "desynpuf", tmp_path / "outside", tmp_path / "work", progress=lambda what, done, total: told.append(what)
    )
    assert opened.adapter is not None
    assert opened.adapter.adapter == "made_up"
    assert len(opened.tables.frame("person")) == 1
    assert told[0] == "convert"
    assert "person" in told


def test_a_bad_row_is_refused_or_set_aside_as_asked(tmp_path: Path) -> None:
    folder = tmp_path / "native"
    folder.mkdir()
    unknown = dict.fromkeys(("region", "urban", "insurance_type", "death_date"))
    person_table("female", "X").assign(**unknown).to_parquet(folder / "person.parquet", index=False)
    with pytest.raises(DataContractError, match="person: 1 of"):
        open_source("native", folder, tmp_path / "refused")
    opened = open_source("native", folder, tmp_path / "aside", on_bad_rows="quarantine")
    quality = opened.tables.quality
    assert (quality.rows_in, quality.rows_accepted, quality.rows_quarantined) == (2, 1, 1)


def account(**rows: int) -> OpenSource:
    tables = tuple(TableQuality(name, count, count, 0) for name, count in rows.items())
    return OpenSource(Tables({}, QualityReport(tables), {}), None)


@pytest.mark.parametrize(
    ("delivered", "found"),
    [({"person": 5}, "no such table"), ({"person": 101, "medical_claim": 0}, "an empty table")],
    ids=["absent", "empty"],
)
def test_a_table_that_the_models_learnt_from_must_be_delivered(delivered: dict[str, int], found: str) -> None:
    with pytest.raises(DataContractError, match=f"^medical_claim: found {found} for {delivered['person']} persons"):
        require_tables(account(**delivered), ("person", "medical_claim"))


def test_a_few_members_may_have_no_record_of_a_kind() -> None:
    assert require_tables(account(person=100, medical_claim=0), ("person", "medical_claim")) is None
