"""The what-if command reads its changes, hands them on, and refuses what is no number."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from riskkit.cli import app
from riskkit.errors import DataContractError
from riskkit.tiers.final import TierHistory
from riskkit.workflow import apply as apply_module
from riskkit.workflow import tier_files as tier_files_module
from riskkit.workflow import what_if as what_if_module
from riskkit.workflow.tier_files import TierFiles
from riskkit.workflow.what_if import WhatIf


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    file = tmp_path / "members.parquet"
    pd.DataFrame({"person_id": ["P1"]}).to_parquet(file)
    return ["whatif", "--model", "m", "--members", str(file), "--person", "P1"]


def test_changes_are_read_and_handed_on(monkeypatch, command, tmp_path) -> None:
    asked: dict[str, object] = {}
    read: list[tuple[object, ...]] = []

    def stand_in(bundle: object, members: pd.DataFrame, changes: dict, *, person_id: str, history: object) -> WhatIf:
        asked.update(bundle=bundle, rows=len(members), changes=changes, person_id=person_id, history=history)
        return WhatIf("P1", "CNY", {"x": (1.0, 2.5)}, {"admission": (0.1, 0.2)}, {}, {})

    monkeypatch.setattr(apply_module, "open_bundle", lambda name: name)
    monkeypatch.setattr(what_if_module, "ask_what_if", stand_in)
    known = TierHistory(last=pd.DataFrame({"person_id": ["P1"]}))
    monkeypatch.setattr(tier_files_module, "read_bundle_history", lambda *given: read.append(given) or known)
    monkeypatch.setattr(tier_files_module, "match_history", lambda history, rows: history)
    options = ["--set", "hba1c_latest_365d=6.9", "--set", "egfr=", "--out", str(tmp_path / "out.json")]
    options += ["--last-scores", "l.parquet", "--overrides", "o.csv"]
    done = CliRunner().invoke(app, [*command, *options])
    assert done.exit_code == 0, done.output
    assert asked.pop("history") is known
    assert read == [("m", TierFiles(Path("l.parquet"), Path("o.csv")))]
    assert asked == {"bundle": "m", "rows": 1, "changes": {"hba1c_latest_365d": 6.9, "egfr": None}, "person_id": "P1"}
    assert "  x: 1 -> 2.5" in done.stdout
    assert '"before": 0.1' in (tmp_path / "out.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("text", ["hba1c", "hba1c=high", "age_years=nan"])
def test_a_change_that_is_no_number_is_refused(command, text) -> None:
    done = CliRunner().invoke(app, [*command, "--set", text])
    assert isinstance(done.exception, DataContractError)
    assert "expected feature=value with a number" in str(done.exception)


def test_members_that_are_no_parquet_are_refused(monkeypatch, command, tmp_path) -> None:
    monkeypatch.setattr(apply_module, "open_bundle", lambda name: name)
    (tmp_path / "members.parquet").write_text("person_id,age_years\nP1,60\n", encoding="utf-8")
    done = CliRunner().invoke(app, [*command, "--set", "age_years=61"])
    assert isinstance(done.exception, DataContractError)
    assert "members.parquet: not readable as Parquet" in str(done.exception)
