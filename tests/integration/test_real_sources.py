"""The adapters on the real files beside the project."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from riskkit.data.adapters.desynpuf import convert_desynpuf
from riskkit.data.adapters.diabetes130 import convert_diabetes130
from riskkit.data.adapters.report import AdapterReport
from riskkit.data.codes import count_unmatched, match_prefixes, read_code_list
from riskkit.data.io import read_tables

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "data"

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the real data (../shared/data) are not beside the project"),
]


@pytest.fixture(scope="module")
def synpuf(tmp_path_factory: pytest.TempPathFactory) -> tuple[AdapterReport, Path]:
    target = tmp_path_factory.mktemp("synpuf") / "canonical"
    return convert_desynpuf(SHARED / "cms_desynpuf", target), target


@pytest.fixture(scope="module")
def diabetes130(tmp_path_factory: pytest.TempPathFactory) -> tuple[AdapterReport, Path]:
    target = tmp_path_factory.mktemp("uci") / "canonical"
    return convert_diabetes130(SHARED / "uci_diabetes130", target), target


def unmatched_share(target: Path) -> float:
    diagnosis = pd.read_parquet(target / "diagnosis.parquet")
    matches = match_prefixes(diagnosis, read_code_list(ROOT / "models" / "codelists" / "conditions.csv"))
    return float(count_unmatched(diagnosis, matches)["rows"].sum()) / len(diagnosis)


def test_synpuf_holds_the_persons_and_stays_of_its_readme(synpuf: tuple[AdapterReport, Path]) -> None:
    report, target = synpuf
    assert report.rows_out["person"] == 90_000
    claims = pd.read_parquet(target / "medical_claim.parquet", columns=["setting", "adjustment"])
    # 51,776 claim rows, of which 49 are second segments.
    assert claims.eq({"setting": "inpatient", "adjustment": "original"}).all(axis=1).sum() == 51_776 - 49


def test_synpuf_stays_tie_to_the_annual_inpatient_dollars(synpuf: tuple[AdapterReport, Path]) -> None:
    report, _ = synpuf
    # The readme's 95.7% counts the bare payment over all persons; with the pass-through amount every person-year ties.
    assert report.reconciliation["tie_share"] == 1.0
    assert report.reconciliation["tie_share_bare_all_person_years"] == pytest.approx(0.957, abs=0.01)


def test_synpuf_stays_and_summaries_add_up_to_each_annual_statement(synpuf: tuple[AdapterReport, Path]) -> None:
    _, target = synpuf
    claims = pd.read_parquet(target / "medical_claim.parquet")
    year = pd.to_datetime(claims["end_date"]).dt.year
    made = claims.groupby([claims["person_id"], year, claims["setting"]])["paid_amount"].sum().round(2)
    stated = {}
    for file in sorted((SHARED / "cms_desynpuf").glob("*Beneficiary*")):
        frame = pd.read_csv(file, usecols=["DESYNPUF_ID", "MEDREIMB_IP", "MEDREIMB_OP", "MEDREIMB_CAR"])
        stated[int(file.name.split("_")[2]), file.name] = frame
    annual = pd.concat(stated, names=["year", "file"]).reset_index("year")
    annual.columns = pd.Index(["year", "person_id", "inpatient", "outpatient", "professional"])
    melted = annual.melt(["person_id", "year"], var_name="setting")
    expected = melted.set_index(["person_id", "year", "setting"])["value"].round(2)
    expected = expected[expected.ne(0)].sort_index()
    made = made[made.ne(0)].sort_index()
    assert made.index.tolist() == expected.index.tolist()
    assert (made.to_numpy() == expected.to_numpy()).all()


def test_diabetes130_shows_every_stated_readmission_and_no_other(diabetes130: tuple[AdapterReport, Path]) -> None:
    report, _ = diabetes130
    figures = report.reconciliation
    assert (figures["encounters"], figures["disagreements"]) == (76_392, 0)
    assert figures["shown_within_30_days"] == figures["stated_within_30_days"] == 8_527


@pytest.mark.parametrize("source", ["synpuf", "diabetes130"])
def test_every_converted_row_keeps_the_contract(source: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    report, target = request.getfixturevalue(source)
    quality = read_tables(target, tmp_path / "clean").quality
    assert (quality.rows_in, quality.rows_quarantined) == (sum(report.rows_out.values()), 0)


@pytest.mark.parametrize("source", ["synpuf", "diabetes130"])
def test_fewer_than_one_diagnosis_in_a_thousand_has_no_condition_group(
    source: str, request: pytest.FixtureRequest
) -> None:
    _, target = request.getfixturevalue(source)
    assert unmatched_share(target) < 0.001
