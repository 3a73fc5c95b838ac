"""riskkit on DE-SynPUF beside untuned LightGBM, on other persons, by the definitions of published figures.

Run: python benchmarks/desynpuf.py --source FOLDER [--train 1-6] [--test 7-9] [--predictions FILE] [--check]
FOLDER holds the CMS files of the samples. riskkit trains `pipelines/desynpuf_samples.toml` on the first samples and is
applied to the others (or its `predictions.parquet` of such an evaluation is read). The reference is LightGBM with its
default settings on the beneficiary fields of 2008 and the number of stays. An admission is any inpatient dollars of
2009; the cost of 2009 counts in whole, and up to the cap of the scheme. Two populations: `members` of both years; and
`everyone` of 2008, where those who died in 2008 count as without cost and admission. Of these riskkit says 0, as they
are no members on the index date; LightGBM stands there as it is, and told the same. Every figure and difference has a
95% interval over persons.
With --check it exits 1 where riskkit is below the published figures for everyone, or below LightGBM, told or not.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score, roc_auc_score

from riskkit.data.presets import find_presets
from riskkit.data.privacy import hash_person_ids, read_id_key
from riskkit.workflow.evaluate import Effort, evaluate_source
from riskkit.workflow.scheme import read_scheme
from riskkit.workflow.training import train_scheme

if TYPE_CHECKING:
    from riskkit.workflow.scheme import Scheme

PUBLISHED = {"R2 capped": 0.294, "AUROC": 0.766}
"""Of everyone, trained on samples 1 to 6 and tested on 7 to 9."""
SETTINGS = ("IP", "OP", "CAR")
DOLLARS = [f"MEDREIMB_{setting}" for setting in SETTINGS]
FIELDS = [
    *("BENE_SEX_IDENT_CD", "BENE_RACE_CD", "BENE_HI_CVRAGE_TOT_MONS", "BENE_SMI_CVRAGE_TOT_MONS"),
    *("BENE_HMO_CVRAGE_TOT_MONS", "PLAN_CVRG_MOS_NUM", "SP_ALZHDMTA", "SP_CHF", "SP_CHRNKIDN", "SP_CNCR", "SP_COPD"),
    *("SP_DEPRESSN", "SP_DIABETES", "SP_ISCHMCHT", "SP_OSTEOPRS", "SP_RA_OA", "SP_STRKETIA"),
    *(f"{payer}_{setting}" for payer in ("MEDREIMB", "BENRES", "PPPYMT") for setting in SETTINGS),
]
OUTCOMES = ("next_year_cost", "pooled_cost", "inpatient_dollars")
DRAWS = 500


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", type=Path, help="nothing is measured without it")
    parser.add_argument("--train", default="1-6")
    parser.add_argument("--test", default="7-9")
    parser.add_argument("--predictions", type=Path)
    parser.add_argument("--check", action="store_true")
    chosen = parser.parse_args()
    if chosen.source is None:
        print("not measured: give --source, the folder of the CMS files of samples 1 to 9")
        return 0
    scheme = read_scheme(find_presets() / "pipelines" / "desynpuf_samples.toml", tuning_trials=0, n_bootstrap=50)
    cap = next(spec.label_options.cap for spec in scheme.outcomes if spec.label_options.cap is not None).value
    train, test = (
        rows.assign(pooled=rows["cost"].clip(upper=cap))
        for rows in (read_samples(chosen.source, list_samples(text)) for text in (chosen.train, chosen.test))
    )
    with tempfile.TemporaryDirectory() as folder:
        file = chosen.predictions or predict(scheme, chosen, Path(folder))
        said = pd.read_parquet(file).set_index(["person_id", "outcome"])["predicted"]
    test = test.assign(**{name: said.xs(name, level="outcome").reindex(test["hashed"]).to_numpy() for name in OUTCOMES})
    unscored = test["inpatient_dollars"].isna()
    if not unscored.equals(~test["member"]):
        sys.exit(f"{(unscored & test['member']).sum():,} members of 2009 have no prediction, or others have one")
    below = [
        f"{what} of {population}"
        for population in ("members", "everyone")
        for what in compare(
            population, *(kept if population == "everyone" else kept[kept["member"]] for kept in (train, test))
        )
    ]
    print("below what it is held against: " + (", ".join(below) or "nothing"))
    return 1 if chosen.check and below else 0


def list_samples(text: str) -> list[int]:
    first, last = (int(number) for number in text.split("-"))
    return list(range(first, last + 1))


def find_files(source: Path, sample: int) -> list[Path]:
    return sorted(source.glob(f"*Sample_{sample}.csv*"))


def read_samples(source: Path, samples: list[int]) -> pd.DataFrame:
    """Read what the reference may know of 2008, and what happened in 2009."""
    parts = []
    for sample in samples:
        files = find_files(source, sample)
        first, second = (
            pd.read_csv(next(file for file in files if f"{year}_Beneficiary" in file.name)).set_index("DESYNPUF_ID")
            for year in (2008, 2009)
        )
        stays = pd.read_csv(
            next(file for file in files if "Inpatient" in file.name), usecols=["DESYNPUF_ID", "CLM_FROM_DT"]
        )
        number = stays[stays["CLM_FROM_DT"] // 10_000 == 2008].groupby("DESYNPUF_ID").size()
        later = second.reindex(first.index)
        parts.append(
            first[FIELDS].assign(
                age=2009 - first["BENE_BIRTH_DT"] // 10_000,
                esrd=first["BENE_ESRD_IND"].astype(str).eq("Y").astype(int),
                stays=number.reindex(first.index).fillna(0),
                member=later["BENE_BIRTH_DT"].notna(),
                cost=later[DOLLARS].sum(axis=1),
                admitted=later["MEDREIMB_IP"].gt(0).astype(int),
            )
        )
    rows = pd.concat(parts)
    return rows.assign(hashed=hash_person_ids(rows.index.tolist(), read_id_key()).to_numpy())


def predict(scheme: Scheme, chosen: argparse.Namespace, folder: Path) -> Path:
    """Train riskkit on the one samples and apply it to the others."""
    parts = {}
    for name, text in (("train", chosen.train), ("test", chosen.test)):
        parts[name] = folder / name
        parts[name].mkdir()
        for sample in list_samples(text):
            for file in find_files(chosen.source, sample):
                (parts[name] / file.name).symlink_to(file.resolve())
    bundle = train_scheme(scheme, parts["train"], folder / "work").bundle
    evaluate_source(bundle, parts["test"], folder / "out", effort=Effort(50))
    return folder / "out" / "predictions.parquet"


def compare(population: str, train: pd.DataFrame, test: pd.DataFrame) -> list[str]:
    """Print each figure beside what it is held against, and return those in which riskkit is below."""
    names = [*FIELDS, "age", "esrd", "stays"]
    plain = {"n_jobs": 2, "random_state": 0, "verbose": -1}
    ours = test.fillna(dict.fromkeys(OUTCOMES, 0.0))
    theirs = {
        name: lgb.LGBMRegressor(**plain).fit(train[names], train[name]).predict(test[names])
        for name in ("cost", "pooled")
    }
    theirs["admitted"] = (
        lgb.LGBMClassifier(**plain).fit(train[names], train["admitted"]).predict_proba(test[names])[:, 1]
    )
    prior = LinearRegression().fit(train[DOLLARS], train["pooled"]).predict(test[DOLLARS])
    print(f"{population}: {len(train):,} to train, {len(test):,} to test")
    print(f"  R2 capped, linear in the dollars of 2008: {r2_score(test['pooled'], prior):.4f}")
    told = test["member"].to_numpy()
    draws = np.random.default_rng(0).integers(0, len(test), (DRAWS, len(test)))
    below = []
    for name, column, happened, measure in (
        ("R2", "next_year_cost", "cost", r2_score),
        ("R2 capped", "pooled_cost", "pooled", r2_score),
        ("AUROC", "inpatient_dollars", "admitted", roc_auc_score),
    ):
        actual, own = test[happened].to_numpy(), ours[column].to_numpy()
        figures = [measure(actual[rows], own[rows]) for rows in draws]
        print(f"  {name:9s} riskkit {measure(actual, own):.4f} {say_interval(figures)}")
        rivals = {"LightGBM": theirs[happened]}
        if population == "everyone":
            rivals["LightGBM, told of the dead"] = theirs[happened] * told
            if measure(actual, own) < PUBLISHED.get(name, 0.0):
                below.append(f"{name} (published)")
        for rival, predicted in rivals.items():
            apart = [
                figure - measure(actual[rows], predicted[rows]) for figure, rows in zip(figures, draws, strict=True)
            ]
            difference = measure(actual, own) - measure(actual, predicted)
            found = f"{measure(actual, predicted):.4f}, difference {difference:+.4f} {say_interval(apart)}"
            print(f"            {rival} {found}")
            below += [f"{name} ({rival})"] if difference < 0 else []
    return below


def say_interval(figures: list[float]) -> str:
    low, high = np.quantile(figures, [0.025, 0.975])
    return f"({low:.4f} to {high:.4f})"


if __name__ == "__main__":
    sys.exit(main())
