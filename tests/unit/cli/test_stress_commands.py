"""The stress command hands its options on; an error is one line with the exit code of a policy."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from riskkit.cli import app
from riskkit.workflow import stress as stress_module
from tests.stress_policies import BASE


def test_options_are_handed_on_as_given(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, object] = {}

    def stand_in(policy: Path, out: Path, **named: object) -> stress_module.StressRun:
        asked.update(named, policy=policy, out=out)
        return stress_module.StressRun({}, None, None)  # type: ignore[arg-type]  # frames are not looked at

    monkeypatch.setattr(stress_module, "run_stress", stand_in)
    monkeypatch.setattr(stress_module, "describe_stress", lambda _summary: ["said"])
    options = [
        "--policy",
        "a.toml",
        "--against",
        "b.toml",
        "--rates",
        "r",
        "--out",
        "o",
        "--paths",
        "200",
        "--seed",
        "3",
    ]
    done = CliRunner().invoke(app, ["stress", *options])
    assert done.exit_code == 0
    assert done.stdout == "said\nReport: o/stress.html\n"
    assert (asked["policy"], asked["against"], asked["rates"]) == (Path("a.toml"), Path("b.toml"), Path("r"))
    assert (asked["out"], asked["n_paths"], asked["seed"]) == (Path("o"), 200, 3)


def test_a_wrong_policy_is_one_line_and_exit_code_11(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    text = BASE.read_text(encoding="utf-8").replace("[trend]\nmean = { value = 0.03", "[trend]\nmean = { value = -3.0")
    wrong.write_text(text, encoding="utf-8")
    command = [sys.executable, "-c", "from riskkit.cli import main; main()", "stress", "--policy", str(wrong)]
    done = subprocess.run([*command, "--out", str(tmp_path / "out")], check=False, capture_output=True, text=True)
    assert done.returncode == 11
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith(
        f"PolicyError: {wrong} [trend.mean] value: Input should be greater than or equal to -1"
    )
    assert not (tmp_path / "out").exists()
