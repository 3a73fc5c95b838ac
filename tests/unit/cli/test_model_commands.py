"""The command that recalibrates an imported equation reads its options and says what came of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from typer.testing import CliRunner, Result

from riskkit.cli.app import app
from riskkit.errors import DataContractError


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def write_table(folder: Path, *, most: float = 1.0) -> Path:
    rng = np.random.default_rng(0)
    p = rng.uniform(0.05, most, 400)
    file = folder / "chd.parquet"
    ids = [f"p{row}" for row in range(400)]
    seen = (rng.random(400) < p / 2).astype(int)
    pd.DataFrame({"member": ids, "ukpds_chd": p, "chd": seen}).to_parquet(file)
    return file


def test_recalibrate_writes_the_column_and_shows_before_and_after(tmp_path: Path) -> None:
    options = ["--column", "ukpds_chd", "--observed", "chd", "--person", "member", "--bootstrap", "20"]
    done = run("recalibrate", "--predictions", str(write_table(tmp_path)), *options, "--out", str(tmp_path / "out"))
    assert done.exit_code == 0
    assert done.stdout.startswith("ukpds_chd: 400 rows, ")
    assert "oe_ratio" in done.stdout
    assert "ukpds_chd_recalibrated" in pd.read_parquet(tmp_path / "out" / "chd.parquet")


def test_a_number_that_is_no_probability_is_an_error_of_the_data(tmp_path: Path) -> None:
    file = write_table(tmp_path, most=1.5)
    done = run("recalibrate", "--predictions", str(file), "--column", "ukpds_chd", "--observed", "chd")
    assert isinstance(done.exception, DataContractError)
    assert "not a probability from 0 to 1" in str(done.exception)
