"""The commands of the settlement: what they write, and one clear line with an exit code for each bad input."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from riskkit.cli import main
from riskkit.cli.app import app
from riskkit.data.presets import find_presets

PRESETS = find_presets() / "models" / "settlement"
CONTRACTS = "team_id,prepaid_amount,actual_amount\nT1,10000,9000\n"


def test_settle_says_what_it_settled_and_where(tmp_path: Path) -> None:
    source = tmp_path / "contracts.csv"
    source.write_text(CONTRACTS, encoding="utf-8")
    options = [
        "--policy",
        str(PRESETS / "full_retention.toml"),
        "--source",
        str(source),
        "--out",
        str(tmp_path / "out"),
    ]
    result = CliRunner().invoke(app, ["settle", *options])
    assert result.exit_code == 0
    assert "retained 1,000.00 CNY" in result.output
    assert (tmp_path / "out" / "summary.json").is_file()


@pytest.mark.parametrize(
    "case",
    [
        (["--policy", "none.toml", "--source", "contracts.csv"], 11, "PolicyError: none.toml: no such file"),
        (["--policy", "FULL", "--source", "none.csv"], 10, "DataContractError: none.csv: no such file"),
        (["--policy", "SEED", "--source", "contracts.csv"], 10, "has no 'quality'"),
        (["--policy", "FULL", "--source", "contracts.csv", "--rates", "r.parquet"], 10, "r.parquet: no such file"),
        (["--policy", "FULL", "--source", "contracts.csv", "--institutions", "i.csv"], 10, "has no [distribution]"),
    ],
)
def test_a_bad_input_is_one_line_and_a_code(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    case: tuple[list[str], int, str],
) -> None:
    options, code, message = case
    monkeypatch.chdir(tmp_path)
    (tmp_path / "contracts.csv").write_text(CONTRACTS, encoding="utf-8")
    presets = {"FULL": str(PRESETS / "full_retention.toml"), "SEED": str(PRESETS / "seed_50_70.toml")}
    monkeypatch.setattr("sys.argv", ["riskkit", "settle", *(presets.get(option, option) for option in options)])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == code
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert message in said
    assert not (tmp_path / "out").exists()


def test_results_go_with_rates_alone(tmp_path: Path) -> None:
    options = ["--policy", "p.toml", "--source", "c.csv", "--results", "r.csv"]
    result = CliRunner().invoke(app, ["settle", *options])
    assert result.exit_code == 2
    assert "--results goes with --rates" in result.output


@pytest.mark.parametrize("command", ["quality", "monitor"])
def test_quality_and_monitor_name_an_absent_source(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = {
        "quality": ["--scorecard", str(PRESETS / "scorecards" / "chengdu.toml")],
        "monitor": ["--policy", str(PRESETS / "monitors" / "integrity.toml")],
    }[command]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["riskkit", command, *policy, "--source", "none", "--year-start", "2024-01-01"])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 10
    assert "none: no such folder" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
