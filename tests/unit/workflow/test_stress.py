"""A stress run writes its four files, the same bytes for the same inputs, and refuses what cannot be compared."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from riskkit.errors import DataContractError, PolicyError
from riskkit.workflow.stress import describe_stress, run_stress
from tests.stress_policies import BASE, MODELS

FILES = ["paths.parquet", "stress.html", "summary.json", "teams.parquet"]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("stress") / "out"
    run_stress(BASE, out, against=MODELS / "full_risk.toml", n_paths=120, seed=4)
    return out


def test_a_run_writes_summary_frames_and_page(written: Path) -> None:
    assert sorted(file.name for file in written.iterdir()) == FILES
    summary = json.loads((written / "summary.json").read_text(encoding="utf-8"))
    assert [policy["name"] for policy in summary["policies"]] == ["base", "full_risk"]
    assert len(pd.read_parquet(written / "paths.parquet")) == 2 * 120 * 5
    assert len(pd.read_parquet(written / "teams.parquet")) == 2 * 20 * 5


def test_the_same_inputs_give_the_same_bytes(written: Path, tmp_path: Path) -> None:
    run_stress(BASE, tmp_path / "again", against=MODELS / "full_risk.toml", n_paths=120, seed=4)
    for name in FILES:
        assert (tmp_path / "again" / name).read_bytes() == (written / name).read_bytes(), name


def test_ten_lines_say_what_was_found(written: Path) -> None:
    lines = describe_stress(json.loads((written / "summary.json").read_text(encoding="utf-8")))
    assert len(lines) == 10
    assert "paired" in lines[-1]
    alone = run_stress(BASE, None, n_paths=100)
    lines = describe_stress(alone.summary)
    assert len(lines) == 10
    assert lines[-1].startswith("moves the closing reserve most: ")


def test_a_policy_is_not_compared_with_its_own_name(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"name is that of .*base\.toml"):
        run_stress(BASE, tmp_path / "out", against=BASE, n_paths=100)
    assert not (tmp_path / "out").exists()


def test_a_rate_table_takes_the_place_of_the_portfolio(tmp_path: Path) -> None:
    rows = {"exposure_months": 12.0, "expected_cost": 9000.0, "rate_amount": 9000.0, "team_id": ["n", "s"] * 150}
    table = pd.DataFrame({**rows, "risk_tier": ["low", "medium", "high"] * 100})
    table.to_parquet(tmp_path / "rates.parquet")
    for place in (tmp_path, tmp_path / "rates.parquet"):
        run = run_stress(BASE, None, rates=place, n_paths=100)
        assert run.summary["portfolio"] == "rate table"
        assert run.summary["policies"][0]["members"] == 300
        assert set(run.teams["team"]) == {"n", "s"}


def test_a_rate_table_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rates.parquet").write_text("no table", encoding="utf-8")
    for place in (tmp_path, tmp_path / "absent.parquet"):
        with pytest.raises(DataContractError, match="not readable as a rate table"):
            run_stress(BASE, None, rates=place, n_paths=100)
