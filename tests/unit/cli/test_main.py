"""Each kind of error has its exit code and one line; nobody sees a traceback of an error on purpose."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from riskkit import cli
from riskkit.errors import (
    AcceptanceError,
    DataContractError,
    LeakageError,
    ModelStoreError,
    PolicyError,
    RiskkitError,
)
from riskkit.workflow import inspect as inspect_module

CODES = {
    RiskkitError: 1,
    DataContractError: 10,
    PolicyError: 11,
    LeakageError: 12,
    AcceptanceError: 13,
    ModelStoreError: 14,
}


def leave(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Run the console script in this process and return its exit code."""
    monkeypatch.setattr("sys.argv", ["riskkit", *arguments])
    monkeypatch.setenv("OMP_WAIT_POLICY", "PASSIVE")
    with pytest.raises(SystemExit) as left:
        cli.main()
    return int(left.value.code or 0)


@pytest.mark.parametrize("error", CODES)
def test_each_error_on_purpose_has_its_code_and_one_line(
    error: type[RiskkitError], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        message = "person: 1 of 3 rows\n  is wrong. Correct it."
        raise error(message)

    monkeypatch.setattr(inspect_module, "validate_source", fail)
    assert leave(monkeypatch, "validate", "--source", "anywhere") == CODES[error]
    written = capsys.readouterr()
    assert written.err == f"{error.__name__}: person: 1 of 3 rows is wrong. Correct it.\n"
    assert written.out == ""


def test_a_disk_that_fails_is_one_line_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "out")

    monkeypatch.setattr(inspect_module, "validate_source", fail)
    assert leave(monkeypatch, "validate", "--source", "anywhere") == 1
    line = "OSError: [Errno 28] No space left on device: 'out'."
    assert capsys.readouterr().err == f"{line} Check the path, its permissions and the space on the disk.\n"


def test_an_error_that_nobody_meant_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        message = "a mistake of ours"
        raise ZeroDivisionError(message)

    monkeypatch.setattr(inspect_module, "validate_source", fail)
    monkeypatch.setattr("sys.argv", ["riskkit", "validate", "--source", "anywhere"])
    with pytest.raises(ZeroDivisionError, match="a mistake of ours"):
        cli.main()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("validate",), "Missing option '--source'. Try 'riskkit validate --help'."),
        (("no-such-command",), "No such command 'no-such-command'. Try 'riskkit --help'."),
        (("settl",), "No such command 'settl'. Did you mean 'settle'? Try 'riskkit --help'."),
        (("validate", "--source", "x", "--adapter", "hl7v2"), "'--adapter': 'hl7v2' is not one of "),
        (("demo", "--persons", "9"), "'--persons': Input should be greater than or equal to 500. Try 'riskkit demo "),
        (("settle", "--policy", "p", "--source", "s", "--results", "r"), "--results goes with --rates; "),
    ],
)
def test_a_usage_error_has_code_2_and_one_line(
    arguments: tuple[str, ...], line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert leave(monkeypatch, *arguments) == 2
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.startswith("Error: ")
    assert written.err.count("\n") == 1
    assert line in written.err
    assert written.err.endswith(" --help'.\n")


def test_without_an_argument_the_commands_are_listed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert leave(monkeypatch) == 2
    assert {"settle", "quality", "monitor"} <= set(capsys.readouterr().err.split())


def test_an_interrupt_leaves_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(inspect_module, "validate_source", interrupt)
    # 128 and SIGINT, by which a shell knows it
    assert leave(monkeypatch, "validate", "--source", "anywhere") == 130


def test_a_run_that_ends_well_has_code_0(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert leave(monkeypatch, "init", str(tmp_path / "county")) == 0
    assert capsys.readouterr().out == f"Wrote pipelines/ and models/ to {tmp_path / 'county'}.\n"


def test_a_wait_policy_of_the_users_own_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["riskkit", "--help"])
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    with pytest.raises(SystemExit):
        cli.main()
    assert os.environ["OMP_WAIT_POLICY"] == "ACTIVE"
