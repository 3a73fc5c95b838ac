"""One more outpatient code never moves a payment prediction, unless it is the second date of its diagnosis."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskkit.data.codes import build_code_map, read_code_lists
from riskkit.data.synthetic import make_cohort
from riskkit.features.build import build_features
from riskkit.features.contents import make_catalogue
from riskkit.risk.fit import fit_outcome
from riskkit.risk.matrix import ModelFrame
from riskkit.risk.model import OutcomeModel
from riskkit.risk.spec import read_outcome_spec, select_features

ROOT = Path(__file__).parents[2]
CODES = read_code_lists(ROOT / "models" / "codelists")
EVERYTHING = make_catalogue(CODES)
SPEC = read_outcome_spec(ROOT / "models" / "outcomes" / "payment_cost.toml").with_overrides(
    {
        "model": {"n_estimators": 40, "learning_rate": 0.2, "min_child_samples": 5, "early_stopping_rounds": 0},
        "balance": {"minimum_members": 1},
    }
)
NAMES = select_features(EVERYTHING.to_frame(), SPEC)
INDEX = pd.Timestamp("2023-01-01").as_unit("us")
OUTSIDE = ("outpatient", "emergency", "chronic_clinic", "professional", "registry")
Tables = dict[str, pd.DataFrame]


class World:
    """Members, their records, a payment model of them, and what each may show."""

    def __init__(self, persons: int) -> None:
        self.tables: Tables = make_cohort(persons, 4, 0).tables
        self.code_map = build_code_map(self.tables, CODES)
        ids = self.tables["person"]["person_id"].sort_values(ignore_index=True)
        member = {"age_years": 60.0, "sex": "female", "urban": True, "insurance_type": "employee"}
        self.cohort = ids.to_frame().assign(index_date=INDEX, as_of_date=INDEX, institution_level=2, **member)
        self.features = self.build(self.tables["diagnosis"])
        self.model = self._fit()

    def build(self, diagnosis: pd.DataFrame) -> pd.DataFrame:
        tables = {**self.tables, "diagnosis": diagnosis}
        chosen = EVERYTHING.select((), tuple(NAMES))
        return build_features(self.cohort, tables, chosen, everything=EVERYTHING, code_map=self.code_map)

    def add(self, day: pd.Timestamp, codes: pd.DataFrame) -> pd.DataFrame:
        """Give every member one more record outside hospital, on one day."""
        rows = codes.assign(
            person_id=self.cohort["person_id"],
            record_id=[f"more-{day:%m%d}-{at}" for at in range(len(codes))],
            position=1,
            date=day,
            available_date=day,
            source=[OUTSIDE[at % len(OUTSIDE)] for at in range(len(codes))],
        )
        return rows[self.tables["diagnosis"].columns]

    def _fit(self) -> OutcomeModel:
        # Cost follows the confirmed diagnoses strongly, so that the trees split on many of them.
        rng = np.random.default_rng(0)
        held = self.features[[name for name in NAMES if name.endswith("_confirmed_730d")]].fillna(0.0)
        cost = (500.0 + held.to_numpy() @ rng.uniform(500, 3000, held.shape[1])) * rng.gamma(5, 0.2, len(held))
        whole = ModelFrame(self.features, cost, np.ones(len(cost)))
        half = len(cost) // 2
        signs = EVERYTHING.to_frame().set_index("name")["direction"]
        named = {"feature_names": NAMES, "directions": {name: int(signs[name]) for name in NAMES}}
        train, calibration = whole.take(np.arange(half)), whole.take(np.arange(half, len(cost)))
        return fit_outcome(SPEC, train, calibration, **named, params={}, seed=0)


@pytest.fixture(scope="module")
def world() -> World:
    return World(600)


def _other_dates(world: World, added: pd.DataFrame) -> pd.Series[bool]:
    """Say whose added code shares a group that can be confirmed with a record on another date of the window."""
    held = world.tables["diagnosis"]
    past = held["date"].between(INDEX - pd.Timedelta(days=730), INDEX, inclusive="left")
    held = held[past & held["available_date"].le(INDEX)]
    chosen = EVERYTHING.select((), tuple(name.replace("_confirmed", "") for name in NAMES if "_confirmed" in name))
    groups = {value for feature in chosen.features for _, value in feature.where}
    code_map = world.code_map[world.code_map["code_group"].isin(groups)]
    columns = ["person_id", "date", "code_group"]
    grouped = [frame.merge(code_map, on=["code", "vocabulary"])[columns] for frame in (held, added)]
    pairs = grouped[0].merge(grouped[1], on=["person_id", "code_group"], suffixes=("", "_added"))
    return world.cohort["person_id"].isin(pairs.loc[pairs["date"] != pairs["date_added"], "person_id"])


def _draw_codes(world: World, seed: int) -> pd.DataFrame:
    """Draw a code of the source for every member, the rare ones as often as the common."""
    known = world.code_map[["code", "vocabulary"]].drop_duplicates()
    return known.sample(len(world.cohort), replace=True, random_state=seed).reset_index(drop=True)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_one_more_outpatient_code_moves_nothing_unless_it_is_the_second_date(world: World, seed: int) -> None:
    added = world.add(pd.Timestamp("2022-10-05").as_unit("us"), _draw_codes(world, seed))
    found = world.build(pd.concat([world.tables["diagnosis"], added], ignore_index=True))
    second = _other_dates(world, added).to_numpy()
    assert 50 < (~second).sum() < len(second)
    assert np.array_equal(found.loc[~second, NAMES], world.features.loc[~second, NAMES], equal_nan=True)
    before, after = world.model.predict(world.features), world.model.predict(found)
    assert np.array_equal(after[~second], before[~second])
    # The second date makes a diagnosis, and a diagnosis never makes a member cheaper.
    assert (after >= before).all()


def test_two_more_dates_do_move_predictions(world: World) -> None:
    codes = _draw_codes(world, 3)
    days = [pd.Timestamp(day).as_unit("us") for day in ("2022-10-05", "2022-11-05")]
    found = world.build(pd.concat([world.tables["diagnosis"], *[world.add(day, codes) for day in days]]))
    moved = world.model.predict(found) > world.model.predict(world.features)
    assert moved.mean() > 0.1


def test_the_payment_outcome_reads_no_diagnosis_that_a_single_record_raises() -> None:
    frame = EVERYTHING.to_frame().set_index("name")
    recorded = [name for name in NAMES if "diagnosis" in frame.loc[name, "tables"].split(", ")]
    assert len(recorded) >= 60
    assert all(name.endswith("_confirmed_730d") for name in recorded)
