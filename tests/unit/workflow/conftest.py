"""One small cohort, trained, rated and recorded once; every test of the workflow reads it and changes nothing of it."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pytest

from riskkit.data.io import Tables, read_tables, write_tables
from riskkit.data.presets import write_starting_set
from riskkit.data.privacy import read_id_key
from riskkit.data.synthetic import make_cohort
from riskkit.features.contents import make_catalogue
from riskkit.policy import read_policy
from riskkit.rates.policy import RatePolicy
from riskkit.tiers.cuts import fit_cuts
from riskkit.tiers.final import TierHistory
from riskkit.tiers.policy import TierPolicy
from riskkit.workflow import retrain as retrain_module
from riskkit.workflow.added_records import RecordSample, take_sample
from riskkit.workflow.bundle import Bundle, write_bundle
from riskkit.workflow.members import FeaturePlan, Members, build_members, plan_features
from riskkit.workflow.rate import RatedPopulation, rate_members
from riskkit.workflow.retrain import Retrained, retrain, train_only
from riskkit.workflow.scheme import Scheme, read_scheme
from riskkit.workflow.score import score_members
from riskkit.workflow.training import Training, context_of, population_name, train_scheme

# The trees are small and few: the tests ask how the stages fit together, not how well they predict.
TINY = (
    "[outcome.overrides]\nmodel = { num_leaves = 4, max_depth = 2, n_estimators = 8, early_stopping_rounds = 0, "
    "min_child_samples = 20 }\n"
)
# Of MLflow's own making: its SQL store and the types of its own agents, met when it is imported and when it writes.
MLFLOW_WARNINGS = ("The ``noload`` loader strategy is deprecated", ".*Any type hint is inferred as AnyType")
GROUPS = re.compile(r"groups = \[[^]]*\]")
OUTCOME = re.compile(r'\[\[outcome\]\]\nspec = "\.\./models/outcomes/(\w+)\.toml"\n')


@dataclass(frozen=True)
class Recorded:
    """A retraining that was recorded in an MLflow store of its own."""

    run: Retrained
    store: str


@dataclass(frozen=True)
class Held:
    """A bundle that holds tiers, rates that pay the tier (15,000, 7,500 and 3,750), and last year's tiers."""

    bundle: Bundle
    rates: RatePolicy
    last: pd.DataFrame

    @property
    def history(self) -> TierHistory:
        return TierHistory(self.last)


@pytest.fixture(scope="session", autouse=True)
def _environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A key of its own, and a store apart from whatever the working folder holds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RISKKIT_ID_KEY", "a test key of enough bytes")
        patch.setenv("OMP_WAIT_POLICY", "PASSIVE")
        patch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path_factory.mktemp('store') / 'unit.db'}")
        yield


@pytest.fixture(scope="session")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped pipelines and models; the synthetic scheme with two outcomes and tiny trees."""
    folder = write_starting_set(tmp_path_factory.mktemp("workflow") / "start")
    file = folder / "pipelines" / "synthetic.toml"
    text = GROUPS.sub(
        'groups = ["demography", "diagnoses", "kidney", "eye", "heart", "nerves", "foot", "glycaemia"]',
        file.read_text("utf-8"),
    )
    text = OUTCOME.sub(lambda found: "" if found[1] == "next_year_cost" else found[0] + TINY, text)
    text = text.replace("[split]", "[run]\ngam = false\n\n[split]", 1)
    file.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def edit_scheme(start: Path, tmp_path: Path) -> Callable[..., Path]:
    """Write a changed scheme beside the same models: each change is (what stands there, what shall stand there)."""

    def edit(*changes: tuple[str, str], name: str = "synthetic") -> Path:
        text = (start / "pipelines" / f"{name}.toml").read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        (tmp_path / "pipelines").mkdir(exist_ok=True)
        if not (tmp_path / "models").exists():
            (tmp_path / "models").symlink_to(start / "models")
        file = tmp_path / "pipelines" / "changed.toml"
        file.write_text(text, encoding="utf-8")
        return file

    return edit


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight hundred synthetic members over five years, as canonical tables."""
    cohort = make_cohort(800, 5, 0)
    folder = write_tables(cohort.tables, tmp_path_factory.mktemp("source") / "native")
    cohort.truth.to_parquet(folder / "truth.parquet", index=False)
    return folder


@pytest.fixture(scope="session")
def scheme(start: Path) -> Scheme:
    return read_scheme(start / "pipelines" / "synthetic.toml", tuning_trials=0, n_bootstrap=20)


@pytest.fixture(scope="session")
def training(scheme: Scheme, source: Path, tmp_path_factory: pytest.TempPathFactory) -> Training:
    return train_scheme(scheme, source, tmp_path_factory.mktemp("work"))


@pytest.fixture(scope="session")
def tables(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return read_tables(source, tmp_path_factory.mktemp("tables"), id_key=read_id_key())


@pytest.fixture(scope="session")
def clear_ids(source: Path) -> set[str]:
    """The identifiers as the source has them, which nothing that riskkit writes may hold."""
    return set(pd.read_parquet(source / "person.parquet")["person_id"])


@pytest.fixture(scope="session")
def plan(start: Path) -> FeaturePlan:
    """A few features, quick to build."""
    return plan_features(
        start / "models" / "codelists", ["demography"], ["dcsi_total_730d", "dcsi_total_confirmed_730d"]
    )


@pytest.fixture(scope="session")
def known(scheme: Scheme, tables: Tables, plan: FeaturePlan) -> Members:
    """Members of every index date with those few features."""
    cohort = scheme.file.cohort
    return build_members(tables, cohort, plan, index_dates=cohort.index_dates)


@pytest.fixture(scope="session")
def rated(scheme: Scheme, training: Training) -> RatedPopulation:
    assert scheme.rate_policy is not None
    return rate_members(training.bundle, scheme.rate_policy, training.rating, population=population_name(scheme))


@pytest.fixture(scope="session")
def records(training: Training, tables: Tables) -> RecordSample:
    """Sixty of the members to be rated, with all their records."""
    bundle = training.bundle
    plan = FeaturePlan(make_catalogue(bundle.code_lists), bundle.catalogue, bundle.code_lists)
    return take_sample(training.rating, tables, plan, most=60)


@pytest.fixture(scope="session")
def members(training: Training) -> pd.DataFrame:
    """The members to be rated, as a request or a batch holds them."""
    return context_of(training.rating)


@pytest.fixture(scope="session")
def scores(rated: RatedPopulation, members: pd.DataFrame) -> pd.DataFrame:
    return score_members(rated.bundle, members)


@pytest.fixture(scope="session")
def held(training: Training, members: pd.DataFrame, start: Path) -> Held:
    """The shipped policy that holds tiers, without its second axis, and the shipped rates by tier.

    Every member but the last was high a month ago, so that of them nobody may go down yet.
    """
    policy = read_policy(start / "models" / "tiers" / "two_axes.toml", TierPolicy)
    frozen = fit_cuts(policy, None, reference_population="as written")
    tiers = replace(frozen, policy=policy.model_copy(update={"difficulty": None}))
    last = members[["person_id"]].iloc[:-1].assign(risk_tier="high", index_date=pd.Timestamp("2024-12-01"))
    rates = read_policy(start / "models" / "rates" / "tier_base.toml", RatePolicy)
    return Held(replace(training.bundle, tiers=tiers), rates, last)


@pytest.fixture(scope="session")
def stored(rated: RatedPopulation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle with its rates, on disk."""
    return write_bundle(rated.bundle, tmp_path_factory.mktemp("stored") / "bundle")


@pytest.fixture(scope="session")
def recorded(
    scheme: Scheme, training: Training, source: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Recorded]:
    """One whole retraining; the training itself is the one that is at hand."""
    folder = tmp_path_factory.mktemp("recorded")
    store = f"sqlite:///{folder / 'tracking.db'}"
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        for message in MLFLOW_WARNINGS:
            warnings.filterwarnings("ignore", message=message)
        patch.chdir(folder)
        patch.setenv("MLFLOW_TRACKING_URI", store)
        patch.setattr(retrain_module, "train_scheme", lambda *_, **__: training)
        run = retrain(scheme, source, folder / "out")
    yield Recorded(run, store)


@pytest.fixture(scope="session")
def discharges(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hundred and fifty members with two stays each; the older are back within 30 days, the younger after a year."""
    people, stays = [], []
    for number in range(150):
        age = 40 + number % 50
        first = pd.Timestamp("2022-01-03") + pd.Timedelta(days=number)
        gap = 10 + number % 15 if age + number % 7 > 68 else 400
        people.append((f"P{number:03d}", pd.Timestamp(2022 - age, 1, 1), ("female", "male")[number % 2]))
        for place, start in enumerate((first, first + pd.Timedelta(days=5 + gap))):
            end = start + pd.Timedelta(days=2 + number % 6)
            stays.append((f"C{number:03d}{place}", f"P{number:03d}", start, end))
    claims = pd.DataFrame(stays, columns=["claim_id", "person_id", "start_date", "end_date"])
    frames = {
        "person": pd.DataFrame(people, columns=["person_id", "birth_date", "sex"]),
        "medical_claim": claims.assign(
            available_date=claims["end_date"],
            setting="inpatient",
            admission_type="emergency",
            discharge_status="home",
            adjustment="original",
        ),
    }
    return write_tables(frames, tmp_path_factory.mktemp("discharges") / "source")


@pytest.fixture(scope="session")
def discharge_scheme(start: Path) -> Scheme:
    """Readmission after a discharge, from a native folder, without tiers and without rates."""
    text = (start / "pipelines" / "diabetes130.toml").read_text(encoding="utf-8")
    text = OUTCOME.sub(lambda found: found[0] + TINY, text.split("[outcome.overrides]")[0])
    for old, new in (('name = "diabetes130"', 'name = "discharge"'), ('adapter = "diabetes130"', 'adapter = "native"')):
        assert old in text
        text = text.replace(old, new)
    file = start / "pipelines" / "discharge.toml"
    file.write_text(text, encoding="utf-8")
    return read_scheme(file, tuning_trials=0, n_bootstrap=20)


@pytest.fixture(scope="session")
def discharge_out(discharge_scheme: Scheme, discharges: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `riskkit train` leaves of that scheme."""
    out = tmp_path_factory.mktemp("discharge") / "out"
    train_only(discharge_scheme, discharges, out)
    return out
