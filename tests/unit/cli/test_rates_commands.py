"""`riskkit rates` alone fits and certifies; its subcommands audit and compare."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from riskkit.cli import app
from riskkit.errors import ModelStoreError

runner = CliRunner()


def test_rates_alone_asks_for_its_options() -> None:
    found = runner.invoke(app, ["rates", "--source", "somewhere"])
    assert found.exit_code == 2
    assert "Missing option '--model'" in found.output


def test_rates_alone_opens_the_bundle_that_it_is_given(tmp_path: Path) -> None:
    found = runner.invoke(app, ["rates", "--model", str(tmp_path), "--source", str(tmp_path)])
    assert isinstance(found.exception, ModelStoreError)


@pytest.mark.parametrize("command", ["audit", "compare"])
def test_the_subcommands_show_their_example(command: str) -> None:
    found = runner.invoke(app, ["rates", command, "--help"])
    assert found.exit_code == 0
    assert f"riskkit rates {command}" in found.output
    assert "--index-date" in found.output


def test_audit_does_not_ask_for_the_options_of_rates_alone(tmp_path: Path) -> None:
    found = runner.invoke(app, ["rates", "audit", "--model", str(tmp_path), "--source", str(tmp_path)])
    assert isinstance(found.exception, ModelStoreError)


@pytest.mark.parametrize("option", ["--last-model", "--last-policy"])
def test_last_year_without_its_date_is_a_usage_error(tmp_path: Path, option: str) -> None:
    given = ["--model", str(tmp_path), "--source", str(tmp_path), option, str(tmp_path)]
    found = runner.invoke(app, ["rates", "audit", *given])
    assert found.exit_code == 2
    assert option in found.output
    assert "--last-date" in found.output
