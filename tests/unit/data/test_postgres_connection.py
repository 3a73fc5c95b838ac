"""Host and database are told where a connection fails, and never the password."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from riskkit.data.postgres_connection import connect
from riskkit.errors import PolicyError, RiskkitError

WORD = "sesame"


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host where no server listens."""
    pytest.importorskip("psycopg")
    for name, value in {"PGHOST": str(tmp_path), "PGDATABASE": "claims", "PGPASSWORD": WORD}.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(
    ("dsn", "told"),
    [
        ("dbname=nowhere", "^postgres: host /.*, database nowhere: cannot connect"),
        ("host=127.0.0.1 port=1", "^postgres: host 127.0.0.1, database claims: cannot connect"),
        (f"host=x password={WORD}", "the connection string holds a password. Leave it out, and set PGPASSWORD"),
        (f"postgresql://me:{WORD}@x/y", "the connection string holds a password"),
        (f"password={WORD} nonsense", "the connection string is not one"),
    ],
)
def test_host_and_database_are_told_and_never_the_password(dsn: str, told: str) -> None:
    with pytest.raises(RiskkitError, match=told) as caught, connect(dsn):
        pass
    assert WORD not in str(caught.value)


def test_without_psycopg_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with (
        pytest.raises(PolicyError, match=r"^postgres: psycopg is not installed\. Install riskkit\[postgres\]\.$"),
        connect(),
    ):
        pass
