"""A file may hold only what it changes in another; numbers are replaced whole; circles are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from riskkit.errors import PolicyError
from riskkit.stress.reading import change_number, read_stress_policy
from tests.stress_policies import BASE, MODELS


@pytest.mark.parametrize("file", sorted(MODELS.glob("*.toml")), ids=lambda file: file.stem)
def test_every_shipped_scenario_reads_and_is_named_like_its_file(file: Path) -> None:
    assert read_stress_policy(file).name == file.stem


def test_an_extending_file_changes_its_numbers_and_keeps_the_rest() -> None:
    base, trend = read_stress_policy(BASE), read_stress_policy(MODELS / "trend_15.toml")
    assert (base.trend.mean.value, trend.trend.mean.value) == (0.03, 0.15)
    assert trend.trend.sd == base.trend.sd
    assert trend.portfolio == base.portfolio


def test_the_base_has_no_claimed_effects() -> None:
    base = read_stress_policy(BASE)
    assert base.effects == ()
    assert base.prices == ()


def test_files_that_extend_one_another_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('extends = "b.toml"\n', encoding="utf-8")
    (tmp_path / "b.toml").write_text('extends = "a.toml"\n', encoding="utf-8")
    with pytest.raises(PolicyError, match="circle"):
        read_stress_policy(tmp_path / "a.toml")


def test_extends_must_name_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("extends = 3\n", encoding="utf-8")
    with pytest.raises(PolicyError, match=r"expected the name of a policy file beside this one, found 3"):
        read_stress_policy(tmp_path / "a.toml")
    (tmp_path / "a.toml").write_text('extends = "absent.toml"\n', encoding="utf-8")
    with pytest.raises(PolicyError, match=r"absent\.toml: no such file"):
        read_stress_policy(tmp_path / "a.toml")


def test_one_number_moves_and_the_given_policy_does_not() -> None:
    base = read_stress_policy(BASE)
    moved = change_number(base, "trend.mean", 0.07)
    assert moved.trend.mean.value == 0.07
    assert moved.trend.mean.reference == base.trend.mean.reference
    assert base.trend.mean.value == 0.03


def test_a_number_outside_its_bounds_is_refused() -> None:
    with pytest.raises(PolicyError, match=r"base with contract\.retention=2"):
        change_number(read_stress_policy(BASE), "contract.retention", 2.0)
