"""The synthetic cohort lands on the figures of the founding documents, and its truth is what really happens."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from riskkit.data.synthetic import SyntheticCohort, make_cohort

YEARS = [2020, 2021, 2022, 2023, 2024]

# METHODS section 1, DCSI: prefixes by category and points, WHO/CN codes.
DCSI_PREFIXES = {
    "retinopathy": {1: ["E113", "E143", "H360", "H350", "H356", "H358"], 2: ["H33", "H54", "H431"]},
    "nephropathy": {1: ["E112", "E142", "N00", "N03", "N08"], 2: ["N18", "N19", "N289"]},
    "neuropathy": {1: ["E114", "E144", "G56", "G57", "G590", "G632", "G730", "G90", "G990"]},
    "cerebrovascular": {1: ["G45"], 2: ["I61", "I63", "I64", "I65", "I66"]},
    "cardiovascular": {1: ["I20", "I24", "I25", "I70"], 2: ["I21", "I22", "I252", "I46", "I48", "I50", "I71"]},
    "pvd": {1: ["E115", "E145", "I739", "I792"], 2: ["I743", "L97", "R02"]},
    "metabolic": {2: ["E110", "E111", "E140", "E141", "E15"]},
}


@dataclass
class Book:
    """What the tests look at: members at each 1 January with their year, scores and truth."""

    cohort: SyntheticCohort
    years: pd.DataFrame


def _normalise(code: pd.Series) -> pd.Series:
    return code.str.upper().str.replace(r"[.+*†‡\s]", "", regex=True)


def _score_dcsi(diagnosis: pd.DataFrame) -> pd.DataFrame:
    """Score each person and calendar year by the codes of that year, category maximum and then the sum."""
    codes = pd.DataFrame({"code": diagnosis["code"].unique()})
    clean = _normalise(codes["code"])
    for category, points in DCSI_PREFIXES.items():
        codes[category] = 0
        for point, prefixes in sorted(points.items()):
            codes.loc[clean.str.startswith(tuple(prefixes)), category] = point
    keyed = diagnosis[["person_id", "code"]].assign(year=diagnosis["date"].dt.year).drop_duplicates()
    scored = keyed.merge(codes, on="code").groupby(["person_id", "year"])[list(DCSI_PREFIXES)].max()
    return scored.sum(axis=1).rename("dcsi").reset_index()


def _member_years(cohort: SyntheticCohort) -> pd.DataFrame:
    """One row per member enrolled from 1 January to the end of the year or to death in it."""
    person = cohort.tables["person"].set_index("person_id")
    truth = cohort.truth.assign(year=cohort.truth["index_date"].dt.year)
    parts = []
    for year in YEARS:
        start, end = pd.Timestamp(year, 1, 1), pd.Timestamp(year, 1, 1) + pd.Timedelta(days=365)
        spans = cohort.tables["enrollment"]
        spans = spans[(spans["start_date"] <= start) & (spans["end_date"] > start)].set_index("person_id")
        death = person["death_date"].reindex(spans.index)
        whole = (spans["end_date"] >= end) | (death < end)
        lived = ((death.where(death < end, end) - start).dt.days + (death < end)).clip(upper=365) / 365
        parts.append(pd.DataFrame({"year": year, "whole": whole, "lived": lived}).reset_index())
    years = pd.concat(parts).merge(truth, on=["person_id", "year"], validate="one_to_one")
    years["female"] = person["sex"].reindex(years["person_id"]).eq("female").to_numpy()
    birth = person["birth_date"].reindex(years["person_id"]).to_numpy()
    years["age"] = (years["index_date"] - birth).dt.days / 365.25
    return years.merge(_outcomes(cohort), on=["person_id", "year"], how="left").fillna({"stays": 0, "cost": 0.0})


def _outcomes(cohort: SyntheticCohort) -> pd.DataFrame:
    medical, pharmacy = cohort.tables["medical_claim"], cohort.tables["pharmacy_claim"]
    stay = medical["setting"].eq("inpatient") & medical["adjustment"].ne("reversal")
    # A corrected stay is an original and a replacement of the same day: one stay.
    stays = medical[stay].drop_duplicates(["person_id", "start_date"])
    by_year = [
        stays.groupby(["person_id", stays["start_date"].dt.year.rename("year")]).size().rename("stays"),
        medical.groupby(["person_id", medical["start_date"].dt.year.rename("year")])["allowed_amount"].sum(),
        pharmacy.groupby(["person_id", pharmacy["fill_date"].dt.year.rename("year")])["allowed_amount"].sum(),
    ]
    table = pd.concat([by_year[0], by_year[1].rename("medical"), by_year[2].rename("pharmacy")], axis=1).fillna(0.0)
    return table.assign(cost=table["medical"] + table["pharmacy"])[["stays", "cost"]].reset_index()


@pytest.fixture(scope="module")
def book() -> Book:
    cohort = make_cohort(n_persons=30_000, years=5, seed=2024)
    years = _member_years(cohort)
    scores = _score_dcsi(cohort.tables["diagnosis"])
    years = years.merge(scores, on=["person_id", "year"], how="left")
    last = scores.rename(columns={"dcsi": "past_dcsi"}).assign(year=scores["year"] + 1)
    years = years.merge(last, on=["person_id", "year"], how="left")
    return Book(cohort, years.fillna({"dcsi": 0, "past_dcsi": 0}))


def test_print(book):
    y = book.years
    w = y[y.whole].assign(adm=lambda d: d.stays > 0)
    print(w.groupby("year").adm.mean())
    print("comp", y.groupby("year").dcsi.apply(lambda s: (s > 0).mean()))
    print(w.groupby(pd.cut(w.age, [0, 45, 65, 120], right=False)).adm.mean())
    band = (w.age // 5).clip(6, 17).astype(int) * 2 + w.female
    w["g"] = band
    d = w[w.year > 2020].assign(d=lambda x: x.past_dcsi.clip(upper=5))
    for out in ("adm", "stays"):
        base = d[d.d == 0].groupby("g")[out].mean()
        d["e"] = d.g.map(base)
        g = d.groupby("d").agg(o=(out, "sum"), e=("e", "sum"), n=(out, "size"), m=(out, "mean"))
        print(out, (g.o / g.e).round(3).tolist(), (g.m / g.m.iloc[0]).round(2).tolist(), g.n.tolist())
