"""One small retraining on a synthetic cohort, made once and shared by the integration tests."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RISKKIT = Path(sys.executable).with_name("riskkit")
MLFLOW = Path(sys.executable).with_name("mlflow")
PERSONS = 1500


@dataclass(frozen=True)
class Demo:
    """A finished demo run: its folder, its terminal output and the environment to go on in."""

    folder: Path
    out: Path
    text: str
    environment: dict[str, str]

    @property
    def source(self) -> Path:
        return self.out / "source"


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A home of its own and no tracking server, so that a test run leaves nothing behind."""
    home = tmp_path_factory.mktemp("home")
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("MLFLOW_")}
    return {
        **inherited,
        "HOME": str(home),
        "RISKKIT_ID_KEY": "a test key of enough bytes",
        "OMP_WAIT_POLICY": "PASSIVE",
    }


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Demo:
    """`riskkit demo` on a small cohort, in a folder of its own."""
    folder = tmp_path_factory.mktemp("demo")
    command = ["demo", "--persons", str(PERSONS), "--trials", "2", "--bootstrap", "50", "--out", "out"]
    done = run_riskkit(*command, folder=folder, environment=environment)
    assert done.returncode in {0, 13}, done.stderr
    return Demo(folder, folder / "out", done.stdout, environment)


def run_riskkit(*arguments: str, folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the console script as a user does."""
    return subprocess.run(
        [str(RISKKIT), *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
