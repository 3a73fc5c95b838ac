"""Policy files are read whole, and what is wrong in them is said with file, block and key."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError, model_validator

from riskkit.errors import PolicyError
from riskkit.policy import PolicyModel, PolicyNumber, read_policy, read_toml

NUMBER = '{ value = 0.5, unit = "fraction", reference = "S1", effective = 2024-01-01 }'


class Limits(PolicyModel):
    floor: PolicyNumber
    cap: PolicyNumber

    @model_validator(mode="after")
    def _in_order(self) -> Limits:
        if self.cap.value < self.floor.value:
            message = f"cap must be at least the floor, got cap={self.cap.value:g}, floor={self.floor.value:g}"
            raise ValueError(message)
        return self


class Policy(PolicyModel):
    name: str
    limits: Limits
    steps: tuple[int, ...] = ()


def _write(folder: Path, text: str | bytes) -> Path:
    file = folder / "policy.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def _policy(**changes: str) -> str:
    parts = {"name": '"A"', "floor": NUMBER, "cap": NUMBER, "more": "", **changes}
    return f"name = {parts['name']}\n{parts['more']}\n[limits]\nfloor = {parts['floor']}\ncap = {parts['cap']}\n"


def test_a_policy_is_read_with_unit_reference_and_date(tmp_path: Path) -> None:
    policy = read_policy(_write(tmp_path, _policy(more="steps = [1, 2]")), Policy)
    assert policy.limits.cap == PolicyNumber(value=0.5, unit="fraction", reference="S1", effective=date(2024, 1, 1))
    assert policy.steps == (1, 2)


def test_a_policy_is_frozen(tmp_path: Path) -> None:
    policy = read_policy(_write(tmp_path, _policy()), Policy)
    with pytest.raises(ValidationError, match="frozen"):
        policy.name = "B"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (_policy(more="stepz = [1]"), r"stepz: unknown key 'stepz'. Remove it, or correct its spelling."),
        (_policy(cap=NUMBER.replace('unit = "fraction", ', "")), r"\[limits.cap\] unit: the key is missing. Add it."),
        (_policy(cap=NUMBER.replace('"S1"', '""')), r"\[limits.cap\] reference: String should have at least 1 char"),
        (
            _policy(cap=NUMBER.replace("0.5", "nan")),
            r"\[limits.cap\] value: Input should be a finite number, found nan",
        ),
        (
            _policy(cap=NUMBER.replace("0.5", "inf")),
            r"\[limits.cap\] value: Input should be a finite number, found inf",
        ),
        (_policy(cap=NUMBER.replace("0.5", '"half"')), r"\[limits.cap\] value: .* found 'half'. Correct the value."),
        (
            _policy(cap=NUMBER.replace("0.5", "0.4")),
            r"\[limits\]: cap must be at least the floor, got cap=0.4, floor=0.5",
        ),
        (_policy(more='steps = [1, "two"]'), r"\[steps\] 1: .* found 'two'"),
        (_policy(name="7"), r"name: .* found 7. Correct the value."),
        ("", r"name: the key is missing. Add it. \(1 more after this one\)"),
    ],
    ids=["unknown", "missing", "blank", "nan", "inf", "text", "order", "list", "type", "empty"],
)
def test_a_broken_rule_names_file_block_and_key(tmp_path: Path, text: str, message: str) -> None:
    file = _write(tmp_path, text)
    with pytest.raises(PolicyError, match=message) as caught:
        read_policy(file, Policy)
    assert str(caught.value).startswith(str(file))
    assert "\n" not in str(caught.value)


def test_a_long_value_is_shown_short(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"found 'x{56}\.\.\."):
        read_policy(_write(tmp_path, _policy(cap=NUMBER.replace("0.5", f'"{"x" * 200}"'))), Policy)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"name = 1 1", "not a readable TOML file .*line 1"),
        ("name = '政策'".encode("gbk"), "not a readable TOML file .*utf-8"),
        (b"a = 1\na = 2\n", "not a readable TOML file .*"),
    ],
    ids=["cut", "gbk", "twice"],
)
def test_text_that_is_no_toml_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        read_toml(_write(tmp_path, content))


def test_a_file_that_is_not_there_is_said_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"no such file\. .*riskkit init DIR"):
        read_toml(tmp_path / "none.toml")
    with pytest.raises(PolicyError, match="not a readable TOML file"):
        read_toml(tmp_path)
