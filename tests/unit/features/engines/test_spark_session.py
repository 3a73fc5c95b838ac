"""Spark is started on a Java that serves, and what is missing is said in one line."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from riskkit.errors import PolicyError
from riskkit.features.engines.spark_session import find_java, open_spark


def _java(home: Path, told: str) -> Path:
    program = home / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho '{told}' >&2\n", encoding="utf-8")
    program.chmod(0o755)
    return program


@pytest.mark.parametrize("told", ['openjdk version "17.0.15" 2025-04-15', 'java version "21" 2023-09-19 LTS'])
def test_java_17_and_later_serve(told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = _java(tmp_path, told)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert find_java() == str(program)


@pytest.mark.parametrize(
    ("told", "found"),
    [('openjdk version "11.0.2"', "Java 11"), ('java version "1.8.0_392"', "Java 8"), ("?", "Java an unknown version")],
)
def test_an_older_java_is_refused(told: str, found: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _java(tmp_path, told)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(PolicyError, match=rf"found {found} at .*, expected 17 or later\. Set JAVA_HOME"):
        find_java()


def test_no_java_is_one_line_that_says_where_it_was_sought(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(PolicyError, match=rf"^engine spark: no Java in JAVA_HOME={tmp_path}, expected Java 17"):
        find_java()
    monkeypatch.delenv("JAVA_HOME")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PolicyError, match=r"no Java in PATH, expected Java 17 or later\. Install it, or set JAVA_HOME"):
        find_java()


def test_without_pyspark_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(PolicyError, match=r"pyspark is not installed\. Install riskkit\[spark\]\."), open_spark("", {}):
        pass
