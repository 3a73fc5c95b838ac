"""A small source folder: two members, one claim, as CSV text that a test may spoil."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

PERSON = "person_id,birth_date,sex\nP1,1950-06-01,female\nP2,1960-01-31,male\n"
CLAIM_HEADER = "claim_id,person_id,setting,start_date,end_date,available_date,allowed_amount,adjustment\n"
CLAIM = CLAIM_HEADER + "C1,P1,inpatient,2023-03-01,2023-03-05,2023-04-01,1200.50,original\n"

WriteSource = Callable[..., Path]


@pytest.fixture
def write_source(tmp_path: Path) -> WriteSource:
    """Write a source folder: each table as CSV text or bytes; None leaves the table out."""

    def write(**tables: str | bytes | None) -> Path:
        folder = tmp_path / "source"
        folder.mkdir(exist_ok=True)
        for name, content in {"person": PERSON, "medical_claim": CLAIM, **tables}.items():
            if content is not None:
                raw = content if isinstance(content, bytes) else content.encode()
                (folder / f"{name}.csv").write_bytes(raw)
        return folder

    return write


@pytest.fixture
def claims() -> Callable[..., str]:
    """Write claim lines below the header; each starts as C1 and changes what the test names."""

    def lines(*changes: dict[str, str]) -> str:
        names = CLAIM_HEADER.strip().split(",")
        first = dict(zip(names, CLAIM.splitlines()[1].split(","), strict=True))
        rows = [{**first, "claim_id": f"C{place}", **change} for place, change in enumerate(changes, start=1)]
        return CLAIM_HEADER + "".join(",".join(row[name] for name in names) + "\n" for row in rows)

    return lines
