"""The certificate states how a table stands to its budget."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pandas as pd
import pytest

from riskkit.rates.allocation import allocate_budget
from riskkit.rates.capitation import compute_rates, fit_rates
from riskkit.rates.certificate import hash_rate_table, make_certificate, write_certificate
from riskkit.rates.frozen import FrozenRates
from riskkit.rates.policy import RatePolicy


@pytest.fixture
def frozen(policy: RatePolicy, members: pd.DataFrame) -> FrozenRates:
    return fit_rates(policy, members, reference_population="three members")


@pytest.fixture
def table(frozen: FrozenRates, members: pd.DataFrame) -> pd.DataFrame:
    return allocate_budget(frozen, compute_rates(frozen, members)[0])


def test_the_certificate_reconciles(frozen: FrozenRates, table: pd.DataFrame) -> None:
    certificate = make_certificate(frozen, table)
    assert certificate["budget_minor"] == certificate["allocated_minor"] == 560_000
    assert certificate["difference_minor"] == 0
    assert certificate["allocated_minor_by_payer"] == {"fund": 448_000, "member": 112_000}
    assert certificate["members"] == 3
    assert certificate["member_months"] == 30.0
    assert (certificate["floor_share"], certificate["cap_share"]) == (0.0, 0.0)
    assert certificate["effective"] == "2025-01-01"


def test_a_member_paid_otherwise_shows_as_a_difference(frozen: FrozenRates, table: pd.DataFrame) -> None:
    altered = table.assign(allocated_minor=table["allocated_minor"] + 1)
    assert make_certificate(frozen, altered)["difference_minor"] == 3


def test_the_hash_is_of_the_documented_text() -> None:
    table = pd.DataFrame(
        {
            "person_id": ["B", "A"],
            "index_date": pd.to_datetime(["2025-01-01", "2024-12-31"]),
            "rate_minor": [200, 100],
            "allocated_minor": [20, 10],
        }
    )
    text = "A\t2024-12-31\t100\t10\nB\t2025-01-01\t200\t20\n"
    assert hash_rate_table(table) == hashlib.sha256(text.encode()).hexdigest()


def test_the_written_certificate_reads_back(frozen: FrozenRates, table: pd.DataFrame, tmp_path: Path) -> None:
    certificate = make_certificate(frozen, table)
    file = write_certificate(certificate, tmp_path / "certificate.json")
    assert json.loads(file.read_text(encoding="utf-8")) == certificate


def test_the_certificate_says_what_the_rates_themselves_come_to(frozen: FrozenRates, table: pd.DataFrame) -> None:
    # C is there for half a year; a cent more for A and for C is a cent and a half.
    said = make_certificate(frozen, table)
    due = table["rate_minor"].iloc[0] + table["rate_minor"].iloc[1] + table["rate_minor"].iloc[2] / 2
    assert said["rate_due_minor"] == due
    assert said["rate_due_difference_minor"] == due - 560_000
    assert said["different_rates"] == 3
    more = table.assign(rate_minor=table["rate_minor"] + [1, 0, 1])
    assert make_certificate(frozen, more)["rate_due_difference_minor"] == due - 560_000 + 1.5
    assert make_certificate(frozen, more.assign(rate_minor=more["rate_minor"] + 1))["rates_tie"] is False
