"""A fault that is planted in one team is found there and nowhere else; an honest source raises nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from riskkit.data.adapters.known import NATIVE
from riskkit.data.presets import find_presets
from riskkit.data.synthetic import write_cohort
from riskkit.workflow.monitor import Watched, describe_watch, watch_source

POLICY = find_presets() / "models" / "settlement" / "monitors" / "integrity.toml"
START, END = pd.Timestamp("2022-01-01"), pd.Timestamp("2023-01-01")
ALERTS = ("coding_alert", "split_alert", "upcoding_alert", "thin_alert", "late_alert")
UPCODED = ("coding_alert", "upcoding_alert")
TEAM = "T00002"
Frames = dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve hundred members over three years, in half a dozen teams."""
    return write_cohort(tmp_path_factory.mktemp("monitor") / "source", 1200, 3, 11)


def watch(
    source: Path, folder: Path, plant: Callable[[Frames, set[str]], None] | None = None, team: str = ""
) -> Watched:
    """Watch a copy of the source in which one team has a planted fault."""
    copied = Path(shutil.copytree(source, folder / "source"))
    if plant is not None:
        names = ("medical_claim", "pharmacy_claim", "diagnosis", "procedure")
        frames = {name: pd.read_parquet(copied / f"{name}.parquet") for name in names}
        spans = pd.read_parquet(copied / "enrollment.parquet")
        per_person = spans.groupby("person_id")["team_id"].nunique()
        own = spans.loc[(spans["team_id"] == team) & (spans["person_id"].map(per_person) == 1), "person_id"]
        plant(frames, set(own))
        for name, frame in frames.items():
            frame.to_parquet(copied / f"{name}.parquet", index=False)
    return watch_source(POLICY, copied, folder / "out", START, adapter=NATIVE)


def named(watched: Watched) -> dict[str, list[str]]:
    alerts: Any = watched.summary["alerts"]
    return {alert: alerts[alert] for alert in ALERTS}


def of_the_year(rows: pd.DataFrame, day: str, persons: set[str]) -> pd.Series:
    dates = pd.to_datetime(rows[day])
    return (dates >= START) & (dates < END) & rows["person_id"].isin(persons)


def upcode(frames: Frames, persons: set[str]) -> None:
    """Write neuropathy on one visit of every second member, which no value and no stay speaks for."""
    claims, codes = frames["medical_claim"], frames["diagnosis"]
    kept = of_the_year(claims, "start_date", persons) & (claims["setting"] == "outpatient")
    visits = claims[kept & (claims["adjustment"] == "original")].drop_duplicates("person_id").iloc[::2]
    last = codes.groupby("record_id")["position"].max()
    added = pd.DataFrame(
        {
            "record_id": visits["claim_id"],
            "position": visits["claim_id"].map(last).fillna(0).astype("int64") + 1,
            "person_id": visits["person_id"],
            "date": visits["start_date"],
            "available_date": visits["available_date"],
            "code": "E11.400",
            "vocabulary": "who_cn",
            "source": "outpatient",
        }
    )
    frames["diagnosis"] = pd.concat([codes, added.astype(codes.dtypes.to_dict())], ignore_index=True)


def split(frames: Frames, persons: set[str]) -> None:
    """Bill every second stay as two: the second begins two days after the first ended, under the same diagnosis."""
    claims, codes = frames["medical_claim"], frames["diagnosis"]
    kept = of_the_year(claims, "start_date", persons) & (claims["setting"] == "inpatient")
    stays = claims[kept & (pd.to_datetime(claims["end_date"]) < END - pd.Timedelta(days=9))].iloc[::2]
    begins = pd.to_datetime(stays["end_date"]) + pd.Timedelta(days=2)
    known = begins + pd.Timedelta(days=20)
    second = stays.assign(
        claim_id=stays["claim_id"] + "S",
        start_date=begins.astype(claims["start_date"].dtype),
        end_date=(begins + pd.Timedelta(days=3)).astype(claims["end_date"].dtype),
        available_date=known.astype(claims["available_date"].dtype),
    )
    frames["medical_claim"] = pd.concat([claims, second], ignore_index=True)
    same = codes[codes["record_id"].isin(stays["claim_id"])]
    days = second.assign(record_id=stays["claim_id"]).set_index("record_id")
    moved = same.assign(
        record_id=same["record_id"] + "S",
        date=same["record_id"].map(days["start_date"]).astype(codes["date"].dtype),
        available_date=same["record_id"].map(days["available_date"]).astype(codes["available_date"].dtype),
    )
    frames["diagnosis"] = pd.concat([codes, moved], ignore_index=True)


def delay(frames: Frames, persons: set[str]) -> None:
    """Send every fifth claim of a visit or stay, and every fifth fill, 120 days after it began."""
    for name, day in (("medical_claim", "start_date"), ("pharmacy_claim", "fill_date")):
        rows = frames[name]
        late = rows.index[of_the_year(rows, day, persons)][::5]
        known = pd.to_datetime(rows.loc[late, day]) + pd.Timedelta(days=120)
        rows.loc[late, "available_date"] = known.astype(rows["available_date"].dtype)


def withhold(frames: Frames, persons: set[str]) -> None:
    """Leave out every second fill and every second visit of the year."""
    for name, day in (("medical_claim", "start_date"), ("pharmacy_claim", "fill_date")):
        rows = frames[name]
        gone = rows.index[of_the_year(rows, day, persons)][::2]
        lost = set(rows.loc[gone, "claim_id"])
        frames[name] = rows.drop(index=gone)
        if name == "medical_claim":
            frames["diagnosis"] = frames["diagnosis"][~frames["diagnosis"]["record_id"].isin(lost)]
            frames["procedure"] = frames["procedure"][~frames["procedure"]["claim_id"].isin(lost)]


@pytest.fixture(scope="module")
def honest(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Watched:
    return watch(source, tmp_path_factory.mktemp("honest"))


@pytest.fixture(scope="module")
def upcoded(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Watched:
    return watch(source, tmp_path_factory.mktemp("upcoded"), upcode, TEAM)


def test_an_honest_source_names_nobody_and_every_growth_is_its_parts(honest: Watched) -> None:
    assert named(honest) == {alert: [] for alert in ALERTS}
    _check_parts(honest)


def _check_parts(watched: Watched) -> None:
    table = watched.tables["coding_intensity"]
    parts = table[["demographic_units", "confirmed_units", "coding_units"]].sum(axis=1)
    assert (parts == table["after_units"] - table["before_units"]).all()
    assert table["growth_pct"].tolist() == pytest.approx((parts / table["before_units"]).tolist(), abs=1e-15)


def test_a_team_that_upcodes_and_only_it_is_named(upcoded: Watched) -> None:
    assert named(upcoded) == {alert: [TEAM] if alert in UPCODED else [] for alert in ALERTS}
    _check_parts(upcoded)


def test_what_was_upcoded_is_growth_by_coding_alone(honest: Watched, upcoded: Watched) -> None:
    before, after = (
        watched.tables["coding_intensity"].set_index("team_id").filter(like="_units") for watched in (honest, upcoded)
    )
    change = after - before
    # new codes without a value or a stay add their weight to coding and to growth, and nothing to the other parts
    assert change.loc[TEAM, "coding_units"] == change.loc[TEAM, "after_units"] > 0
    assert (change[["before_units", "demographic_units", "confirmed_units"]] == 0).to_numpy().all()
    assert (change.drop(index=TEAM) == 0).to_numpy().all()


@pytest.mark.parametrize(("plant", "alert"), [(split, "split_alert"), (delay, "late_alert"), (withhold, "thin_alert")])
def test_a_team_with_a_planted_fault_and_only_it_is_named(
    source: Path, tmp_path: Path, plant: Callable[[Frames, set[str]], None], alert: str
) -> None:
    watched = watch(source, tmp_path, plant, TEAM)
    assert named(watched) == {name: [TEAM] if name == alert else [] for name in ALERTS}
    _check_parts(watched)


AMOUNTS = ["allowed_amount", "paid_amount", "member_amount"]


def correct(frames: Frames, persons: set[str]) -> None:
    """Take back every stay of the year that nothing corrects yet, and send it again with its diagnoses."""
    claims, codes = frames["medical_claim"], frames["diagnosis"]
    alone = ~claims.duplicated(["person_id", "setting", "start_date"], keep=False) & (claims["setting"] == "inpatient")
    stays = claims[alone & of_the_year(claims, "start_date", persons)]
    assert len(stays) > 10
    reversal = stays.assign(claim_id=stays["claim_id"] + "R", adjustment="reversal")
    reversal[AMOUNTS] = -stays[AMOUNTS]
    again = stays.assign(claim_id=stays["claim_id"] + "N", adjustment="replacement")
    frames["medical_claim"] = pd.concat([claims, reversal, again], ignore_index=True)
    same = codes[codes["record_id"].isin(stays["claim_id"])]
    frames["diagnosis"] = pd.concat([codes, same.assign(record_id=same["record_id"] + "N")], ignore_index=True)


def take_back(frames: Frames, persons: set[str]) -> None:
    """Send two stays with neuropathy, three days apart, of everyone who has no stay then; take both back."""
    claims, codes = frames["medical_claim"], frames["diagnosis"]
    days = pd.to_datetime(["2022-07-19", "2022-07-22"])
    busy = claims.loc[(claims["setting"] == "inpatient") & pd.to_datetime(claims["start_date"]).isin(days), "person_id"]
    later = of_the_year(claims, "start_date", persons - set(busy)) & (pd.to_datetime(claims["start_date"]) > days[1])
    alive = claims[later & (claims["adjustment"] == "original")].drop_duplicates("person_id")
    assert len(alive) > 10
    for place, day in enumerate(days):
        moved = {name: day for name in ("start_date", "end_date", "available_date")}
        stays = alive.assign(claim_id=alive["claim_id"] + f"X{place}", setting="inpatient", **moved)
        stays = stays.astype(claims.dtypes.to_dict())
        back = stays.assign(claim_id=stays["claim_id"] + "R", adjustment="reversal")
        back[AMOUNTS] = -stays[AMOUNTS]
        frames["medical_claim"] = pd.concat([frames["medical_claim"], stays, back], ignore_index=True)
        stated = {"position": 1, "code": "E11.400", "vocabulary": "who_cn", "source": "inpatient"}
        coded = stays[["person_id"]].assign(record_id=stays["claim_id"], date=day, available_date=day, **stated)
        frames["diagnosis"] = pd.concat([frames["diagnosis"], coded.astype(codes.dtypes.to_dict())], ignore_index=True)


@pytest.mark.parametrize("plant", [correct, take_back])
def test_what_was_taken_back_counts_for_nothing_and_what_was_corrected_once(
    honest: Watched, source: Path, tmp_path: Path, plant: Callable[[Frames, set[str]], None]
) -> None:
    watched = watch(source, tmp_path, plant, TEAM)
    for name in ("coding_intensity", "split_stays", "upcoding"):
        pd.testing.assert_frame_equal(watched.tables[name], honest.tables[name])
    # a pair of stays is the same pair, under the names of the claims that replaced them
    pairs = [held.tables["split_pairs"].drop(columns=["claim_id", "next_claim_id"]) for held in (watched, honest)]
    pd.testing.assert_frame_equal(*pairs)


def test_in_the_first_year_of_a_source_no_growth_is_told_and_it_says_so(
    honest: Watched, source: Path, tmp_path: Path
) -> None:
    first = watch_source(POLICY, source, tmp_path, pd.Timestamp("2020-01-01"), adapter=NATIVE)
    assert "coding_intensity" not in first.tables
    assert not (tmp_path / "coding_intensity.csv").exists()
    alerts: Any = first.summary["alerts"]
    assert "coding_alert" not in alerts
    reason = "for the source does not hold the year before, from 2019-01-01, so that no growth is known"
    assert first.summary["not_watched"] == {"coding": reason}
    assert describe_watch(first)[0] == f"coding: not watched, {reason}"
    assert honest.summary["not_watched"] == {}
