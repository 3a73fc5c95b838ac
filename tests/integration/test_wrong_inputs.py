"""Ten wrong inputs: each gets one clear line and its exit code, no traceback, and leaves nothing behind."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from riskkit.data.io import write_tables
from riskkit.data.synthetic import make_cohort
from tests.integration.conftest import run_riskkit

Break = Callable[[Path], None]


@pytest.fixture(scope="module")
def good_source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tables = make_cohort(500, 2, 0).tables
    return write_tables(tables, tmp_path_factory.mktemp("good") / "source", layout="csv")


def edit(table: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Break:
    def apply(source: Path) -> None:
        file = source / f"{table}.csv"
        change(pd.read_csv(file, dtype=str, keep_default_na=False)).to_csv(file, index=False)

    return apply


def put(table: str, column: str, value: str) -> Break:
    def change(frame: pd.DataFrame) -> pd.DataFrame:
        frame.loc[3, column] = value
        return frame

    return edit(table, change)


def repeat_first(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([frame, frame.head(1)])


def as_gbk(source: Path) -> None:
    file = source / "person.csv"
    text = file.read_text(encoding="utf-8").replace("east", "东部").replace("central", "中部").replace("west", "西部")
    file.write_bytes(text.encode("gbk"))


def empty(source: Path) -> None:
    (source / "lab_result.csv").write_bytes(b"")


WRONG_DATA: dict[str, tuple[Break, tuple[str, ...]]] = {
    "missing column": (
        edit("medical_claim", lambda frame: frame.drop(columns="setting")),
        ("medical_claim.csv", "'setting' is missing", "Add it"),
    ),
    "missing amount": (
        edit("medical_claim", lambda frame: frame.drop(columns="allowed_amount")),
        ("medical_claim.csv", "'allowed_amount' is missing", "Add it"),
    ),
    "empty file": (empty, ("lab_result.csv", "empty")),
    "gbk read as utf-8": (as_gbk, ("person.csv", "UTF-8", "GBK")),
    "negative cost": (
        put("medical_claim", "allowed_amount", "-5"),
        ("medical_claim: 1 of", "allowed_amount", "found '-5'", "0 or more"),
    ),
    "future date": (put("medical_claim", "start_date", "2099-01-01"), ("medical_claim: 1 of", "found '2099-01-01'")),
    "duplicate key": (edit("medical_claim", repeat_first), ("medical_claim: 2 of", "claim_id", "stands once")),
    "unknown sex code": (put("person", "sex", "X"), ("person: 1 of", "sex", "found 'X'", "female, male")),
    "end before start": (
        put("medical_claim", "end_date", "1999-01-01"),
        ("medical_claim: 1 of", "end_date not before start_date", "found '1999-01-01'"),
    ),
}


@pytest.mark.parametrize("name", WRONG_DATA)
def test_a_wrong_source_gets_one_clear_line(
    name: str, good_source: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    spoil, words = WRONG_DATA[name]
    source = tmp_path / "source"
    shutil.copytree(good_source, source)
    spoil(source)
    done = run_riskkit("validate", "--source", "source", "--out", "out", folder=tmp_path, environment=environment)
    complaints = [line for line in done.stderr.splitlines() if not line.startswith("riskkit: ")]
    assert done.returncode == 10
    assert len(complaints) == 1, done.stderr
    assert complaints[0].startswith("DataContractError: ")
    for word in words:
        assert word in complaints[0]
    assert "Traceback" not in done.stderr
    # A source that can be read gets its whole account, so that every finding can be seen; of any other nothing is left.
    written = {path.name for path in (tmp_path / "out").glob("*")}
    assert written == ({"quality.html", "quality.json", "quarantine"} if "rows break" in complaints[0] else set())
    assert {path.name for path in tmp_path.iterdir()} == ({"source", "out"} if written else {"source"})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("[rounding]", "[roundng]"), ("capitation.toml", "unknown key 'roundng'")),
        (("value = 3.0", "value = 0.4"), ("capitation.toml", "[floor_cap.cap]", "cap must be above floor")),
    ],
    ids=["unknown policy key", "cap below floor"],
)
def test_a_wrong_policy_gets_one_clear_line(
    change: tuple[str, str], words: tuple[str, ...], good_source: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    run_riskkit("init", "start", folder=tmp_path, environment=environment)
    policy = tmp_path / "start" / "models" / "rates" / "capitation.toml"
    text = policy.read_text(encoding="utf-8")
    assert change[0] in text
    policy.write_text(text.replace(change[0], change[1], 1), encoding="utf-8")
    scheme = "start/pipelines/synthetic.toml"
    done = run_riskkit(
        "retrain", scheme, "--source", str(good_source), "--out", "out", folder=tmp_path, environment=environment
    )
    assert done.returncode == 11
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("PolicyError: ")
    for word in words:
        assert word in done.stderr
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "mlflow.db").exists()


def test_a_usage_error_has_its_own_code(tmp_path: Path, environment: dict[str, str]) -> None:
    done = run_riskkit("retrain", "--no-such-option", folder=tmp_path, environment=environment)
    assert done.returncode == 2


def test_a_missing_model_has_its_own_code(good_source: Path, tmp_path: Path, environment: dict[str, str]) -> None:
    done = run_riskkit(
        "score", "--model", "nowhere", "--source", str(good_source), folder=tmp_path, environment=environment
    )
    assert done.returncode == 14
    assert done.stderr.startswith("ModelStoreError: nowhere")


def test_bad_rows_can_be_set_aside_and_are_accounted_for(
    good_source: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    source = tmp_path / "source"
    shutil.copytree(good_source, source)
    put("medical_claim", "allowed_amount", "-5")(source)
    done = run_riskkit(
        "validate", "--source", "source", "--out", "out", "--on-bad-rows", "quarantine",
        folder=tmp_path, environment=environment,
    )  # fmt: skip
    assert done.returncode == 0
    aside = pd.read_parquet(tmp_path / "out" / "quarantine" / "medical_claim.parquet")
    assert aside["reason"].tolist() == ["allowed_amount: not negative"]


@pytest.mark.parametrize(
    "command", ["init", "demo", "validate", "features", "train", "score", "rates", "report", "retrain"]
)
def test_every_command_shows_an_example(command: str, tmp_path: Path, environment: dict[str, str]) -> None:
    done = run_riskkit(command, "--help", folder=tmp_path, environment=environment)
    assert done.returncode == 0
    assert f"Example: riskkit {command}" in done.stdout
