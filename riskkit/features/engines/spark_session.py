"""A Spark session of our own: checked for Java, quiet, on the loopback where it is local, and gone with the block."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from riskkit.errors import PolicyError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LEAST_JAVA = 17
LOOPBACK = "127.0.0.1"


def find_java() -> str:
    """Return the Java that Spark will run on.

    Returns
    -------
    str
        Path of the program.

    Raises
    ------
    PolicyError
        If there is none, or it is older than Java 17.
    """
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=str(Path(home) / "bin")) if home else shutil.which("java")
    if not found:
        place = f"JAVA_HOME={home}" if home else "PATH"
        message = (
            f"engine spark: no Java in {place}, expected Java {LEAST_JAVA} or later. Install it, or set JAVA_HOME."
        )
        raise PolicyError(message)
    told = subprocess.run([found, "-version"], check=False, capture_output=True, text=True).stderr  # noqa: S603
    version = re.search(r'version "(?:1\.)?(\d+)', told)
    if version is None or int(version[1]) < LEAST_JAVA:
        seen = version[1] if version else "an unknown version"
        message = f"engine spark: found Java {seen} at {found}, expected {LEAST_JAVA} or later. Set JAVA_HOME to one."
        raise PolicyError(message)
    return found


@contextmanager
def open_spark(master: str, settings: Mapping[str, str]) -> Iterator[Any]:
    """Give the Spark session that is already active, or start one and end it with the block.

    Parameters
    ----------
    master : str
        Address of the cluster, or ``local[N]``; ignored where a session is active.
    settings : mapping of str to str
        Settings of Spark, over those of riskkit.

    Yields
    ------
    pyspark.sql.SparkSession
        The session; one that was there before is left running.

    Raises
    ------
    PolicyError
        If pyspark or Java is missing, or Spark does not start.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError as exc:
        message = "engine spark: pyspark is not installed. Install riskkit[spark]."
        raise PolicyError(message) from exc
    active = SparkSession.getActiveSession()
    if active is not None:
        yield active
        return
    find_java()
    with TemporaryDirectory(prefix="riskkit-spark-", ignore_cleanup_errors=True) as folder:
        session = _start(master, {**_defaults(master, folder), **settings}, Path(folder) / "spark.log")
        try:
            yield session
        finally:
            _stop(session)


def _defaults(master: str, folder: str) -> dict[str, str]:
    chosen = {
        "spark.app.name": "riskkit",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.ansi.enabled": "true",
        "spark.sql.warehouse.dir": str(Path(folder) / "warehouse"),
        "spark.local.dir": folder,
    }
    if master.startswith("local"):
        cores = re.search(r"\d+", master)
        local = {"spark.driver.host": LOOPBACK, "spark.driver.bindAddress": LOOPBACK}
        # Two hundred partitions of a local shuffle are two hundred small tasks on a few cores.
        chosen |= local | {"spark.sql.shuffle.partitions": str(2 * int(cores[0] if cores else os.cpu_count() or 1))}
    return chosen


def _start(master: str, settings: Mapping[str, str], log: Path) -> Any:
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(master)
    for name, value in settings.items():
        builder = builder.config(name, value)
    # Workers take another Python from the path unless they are told which.
    before = {name: os.environ.get(name) for name in ("PYSPARK_PYTHON", "SPARK_LOCAL_IP")}
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    if master.startswith("local"):
        os.environ.setdefault("SPARK_LOCAL_IP", LOOPBACK)
    try:
        with _silenced(log):
            return builder.getOrCreate()
    except Exception as exc:
        _stop(None)
        message = f"engine spark: {master} does not start ({_reason(exc, log)}). Correct --master, or the cluster."
        raise PolicyError(message) from exc
    finally:
        for name in [name for name, held in before.items() if held is None]:
            os.environ.pop(name, None)


@contextmanager
def _silenced(log: Path) -> Iterator[None]:
    """Send the standard error of a process that is started in the block to a file: the JVM keeps it for its life."""
    sys.stderr.flush()
    kept = os.dup(2)
    with log.open("wb") as file:
        os.dup2(file.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _reason(exc: Exception, log: Path) -> str:
    told = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if "rror" in line]
    return told[-1].strip() if told else str(exc).splitlines()[0]


def _stop(session: Any) -> None:
    """Stop the session and the Java process behind it, which otherwise lives as long as this Python."""
    from pyspark import SparkContext

    if session is not None:
        session.stop()
    gateway = SparkContext._gateway
    if gateway is None:
        return
    gateway.shutdown()
    process = gateway.proc
    process.stdin.close()
    process.wait(timeout=60)
    SparkContext._gateway = SparkContext._jvm = None
