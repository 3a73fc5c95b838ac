"""Last year's tiers and overrides are read once, refused in words, and matched with the members."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd
import pytest

from riskkit.data.privacy import hash_person_ids, read_id_key
from riskkit.errors import DataContractError, PolicyError
from riskkit.policy import read_policy
from riskkit.tiers.final import TierHistory
from riskkit.tiers.policy import TierPolicy
from riskkit.workflow.tier_files import (
    TierFiles,
    match_history,
    read_bundle_history,
    read_tier_history,
    summarise_tier_files,
)
from riskkit.workflow.training import Training

TIERS = Path(__file__).parents[3] / "models" / "tiers"
HEADER = "person_id,risk_tier,code,author,expiry_date\n"


@pytest.fixture
def policy() -> TierPolicy:
    return read_policy(TIERS / "two_axes.toml", TierPolicy)


@pytest.fixture
def last() -> pd.DataFrame:
    return pd.DataFrame({"person_id": ["A", "B"], "risk_tier": ["low", "high"], "index_date": ["2024-01-01"] * 2})


def make_members(*persons: str, day: str = "2025-01-01") -> pd.DataFrame:
    return pd.DataFrame({"person_id": list(persons), "index_date": pd.Timestamp(day)})


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_no_file_is_an_empty_history_whatever_the_policy() -> None:
    for files in (None, TierFiles()):
        assert read_tier_history(files, None, place="bundle x").is_empty


def test_dates_in_any_type_become_days_and_other_columns_are_left(
    policy: TierPolicy, last: pd.DataFrame, tmp_path: Path
) -> None:
    file = tmp_path / "scores.parquet"
    for days in (last["index_date"], pd.to_datetime(last["index_date"]), pd.to_datetime(last["index_date"]).dt.date):
        last.assign(index_date=days, admission=0.1).to_parquet(file)
        found = read_tier_history(TierFiles(last=file), policy, place="x").last
        assert found is not None
        assert found.columns.tolist() == ["person_id", "index_date", "risk_tier"]
        assert found["index_date"].tolist() == [pd.Timestamp("2024-01-01")] * 2


def test_a_list_saved_by_a_spreadsheet_with_a_mark_at_its_start_is_read(policy: TierPolicy, tmp_path: Path) -> None:
    file = write(tmp_path / "o.csv", "\ufeff" + HEADER + "007,high,dka,Dr. Li,2025-07-01\n")
    found = read_tier_history(TierFiles(overrides=file), policy, place="x").overrides
    assert found is not None
    assert found["person_id"].tolist() == ["007"]
    assert found["expiry_date"].tolist() == [pd.Timestamp("2025-07-01")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not readable as CSV"),
        ("person_id,risk_tier\nA,high\n", r"o\.csv: overrides: .*code"),
        (HEADER + "A,high,dka,Dr. Li,soon\n", "expiry_date is empty or no date in 1 of 1 rows, expected YYYY-MM-DD"),
        (HEADER + "A,high,dka,,2025-07-01\n", r"o\.csv: overrides: author is empty in 1 of 1 rows"),
        (
            HEADER + "A,highest,dka,Dr. Li,2025-07-01\n",
            r"risk_tier 'highest' \(1 rows\) is not one of low, medium, high",
        ),
        (HEADER + "A,high,whim,Dr. Li,2025-07-01\n", "code 'whim' .* is not one of new_esrd, amputation, dka"),
    ],
)
def test_a_list_of_overrides_that_nobody_can_answer_for_is_refused(
    text: str, said: str, policy: TierPolicy, tmp_path: Path
) -> None:
    file = write(tmp_path / "o.csv", text)
    with pytest.raises(DataContractError, match=said):
        read_tier_history(TierFiles(overrides=file), policy, place="x")


def test_a_file_that_is_not_there_is_named(policy: TierPolicy, tmp_path: Path) -> None:
    with pytest.raises(
        DataContractError, match=r"none\.parquet: no such file, expected the scores\.parquet of the year before"
    ):
        read_tier_history(TierFiles(last=tmp_path / "none.parquet"), policy, place="x")
    with pytest.raises(DataContractError, match=r"none\.csv: no such file, expected a CSV file"):
        read_tier_history(TierFiles(overrides=tmp_path / "none.csv"), policy, place="x")
    with pytest.raises(DataContractError, match=r"o\.csv: not readable as Parquet"):
        read_tier_history(TierFiles(last=write(tmp_path / "o.csv", HEADER)), policy, place="x")


def test_last_tiers_that_cannot_be_held_against_are_refused(
    policy: TierPolicy, last: pd.DataFrame, tmp_path: Path
) -> None:
    file = tmp_path / "scores.parquet"
    for frame, said in (
        (last.drop(columns="risk_tier"), r"scores\.parquet: .*risk_tier"),
        (last.assign(risk_tier="severe"), r"scores\.parquet: last tiers: found tier 'severe'"),
        (pd.concat([last, last]), "found a person twice"),
        (last.assign(index_date=["2024-01-01", None]), "index_date is empty or no date in 1 of 2 rows"),
    ):
        frame.to_parquet(file)
        with pytest.raises(DataContractError, match=said):
            read_tier_history(TierFiles(last=file), policy, place="x")


def test_without_a_policy_or_without_hysteresis_nothing_can_be_held(
    training: Training, last: pd.DataFrame, tmp_path: Path
) -> None:
    file = tmp_path / "scores.parquet"
    last.to_parquet(file)
    with pytest.raises(PolicyError, match="bundle x: it holds no tier policy"):
        read_tier_history(TierFiles(last=file), None, place="bundle x")
    # three_level has no [hysteresis]
    with pytest.raises(DataContractError, match=r"tiers 'three_level': no \[hysteresis\], so no last tier can be held"):
        read_bundle_history(training.bundle, TierFiles(last=file))


def test_overrides_name_persons_as_the_source_does_or_as_they_are_written() -> None:
    key = read_id_key()
    hashed = hash_person_ids(["A", "B"], key).tolist()
    overrides = pd.DataFrame({"person_id": ["A", hashed[1], "Z"], "risk_tier": "high"})
    found = match_history(TierHistory(overrides=overrides), make_members(*hashed)).overrides
    assert found is not None
    assert found["person_id"].tolist() == [*hashed, *hash_person_ids(["Z"], key)]
    assert overrides["person_id"].tolist() == ["A", hashed[1], "Z"]


def test_a_file_of_other_persons_or_of_the_same_day_is_refused(last: pd.DataFrame) -> None:
    dated = last.assign(index_date=pd.to_datetime(last["index_date"]))
    with pytest.raises(DataContractError, match=r"none of 2 persons is among the 1 members.*RISKKIT_ID_KEY"):
        match_history(TierHistory(last=dated), make_members("Z"))
    with pytest.raises(DataContractError, match="overrides: none of 2 persons"):
        match_history(TierHistory(overrides=dated), make_members("Z"))
    with pytest.raises(DataContractError, match="of 2024-01-01, expected a day before 2024-01-01"):
        match_history(TierHistory(last=dated), make_members("A", day="2024-01-01"))
    kept = match_history(TierHistory(last=dated), make_members("A"))
    assert kept.last is dated


def test_files_are_named_with_their_hash_and_strangers_by_hash_alone(tmp_path: Path) -> None:
    hashed = list(hash_person_ids(["A", "B"], read_id_key()))
    row = ",high,dka,Dr. Li,2025-07-01\n"
    # A by the source's name, B by riskkit's, Y and Z are nobody
    file = write(tmp_path / "o.csv", HEADER + "".join(f"{name}{row}" for name in ("A", hashed[1], "Y", "Z")))
    tiers = make_members(*hashed).assign(risk_tier="high", model_tier="high", tier_reason="predicted_risk")
    found = summarise_tier_files(TierFiles(overrides=file), tiers)
    assert found is not None
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert (found["last_scores"], found["overrides"]) == (None, {"file": file.as_posix(), "sha256": digest})
    strangers = hash_person_ids(["Y", "Z"], read_id_key())
    assert found["changes"]["strangers"] == [
        {"row": 3, "person_id": strangers[0]},
        {"row": 4, "person_id": strangers[1]},
    ]
    assert (found["changes"]["not_members"], found["changes"]["without_effect"]) == (2, 2)
    assert summarise_tier_files(TierFiles(), tiers) is None


def test_a_first_day_may_be_left_empty_and_is_refused_after_the_last(policy: TierPolicy, tmp_path: Path) -> None:
    header = HEADER.replace("expiry", "start_date,expiry")
    text = header + "A,high,dka,Dr. Li,,2025-07-01\nB,high,dka,Dr. Li,2025-02-01,2025-07-01\n"
    found = read_tier_history(TierFiles(overrides=write(tmp_path / "o.csv", text)), policy, place="x").overrides
    assert found is not None
    assert found["start_date"].isna().tolist() == [True, False]
    text = header + "A,high,dka,Dr. Li,2025-07-01,2025-07-01\n"
    with pytest.raises(DataContractError, match="start_date of 1 of 1 rows is not before expiry_date"):
        read_tier_history(TierFiles(overrides=write(tmp_path / "o.csv", text)), policy, place="x")


def test_a_tier_that_is_held_from_a_day_after_it_was_given_is_refused(
    policy: TierPolicy, last: pd.DataFrame, tmp_path: Path
) -> None:
    file = tmp_path / "scores.parquet"
    given = pd.to_datetime(last["index_date"])
    last.assign(index_date=given, tier_since=given + pd.Timedelta(days=1)).to_parquet(file)
    with pytest.raises(DataContractError, match=rf"tier_since of {len(last)} of {len(last)} rows is after index_date"):
        read_tier_history(TierFiles(file, None), policy, place="test")
    last.assign(index_date=given, tier_since=given).to_parquet(file)
    assert read_tier_history(TierFiles(file, None), policy, place="test").last is not None
