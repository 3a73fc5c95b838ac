"""How many members' diagnoses are mapped to groups per second, beside the `hccinfhir` package in the same run.

riskkit maps every code of every member to the groups of all shipped code lists, from a Parquet file to one row per
member and group. The package maps and scores one member at a time, on a sample of the same members; its bare mapping
without the score is printed beside.

Example: python benchmarks/diagnosis_mapping.py --check
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from hccinfhir import Demographics, HCCInFHIR
from hccinfhir.model_dx_to_cc import apply_mapping

from riskkit.data.codes import build_code_map, read_code_lists
from riskkit.data.engine import open_engine, open_tables
from riskkit.data.presets import find_presets

ASKED = 10.0
CODES = 5
SAMPLE = 5000
ROUNDS = 3
DAY = pd.Timestamp("2024-03-01")
GROUPED = """
    CREATE TABLE mapped AS
    SELECT d.person_id, g.code_group, max(g.points) AS points
    FROM diagnosis AS d JOIN code_group AS g ON d.code = g.code AND d.vocabulary = g.vocabulary
    GROUP BY d.person_id, g.code_group
"""


def make_diagnoses(members: int, known: list[str]) -> pd.DataFrame:
    """Draw five ICD-10-CM codes for each member from those that the package knows."""
    rng = np.random.default_rng(7)
    rows = members * CODES
    return pd.DataFrame(
        {
            "record_id": np.arange(rows).astype(str),
            "position": 1,
            "person_id": np.repeat(np.arange(members), CODES).astype(str),
            "date": DAY,
            "available_date": DAY,
            "code": rng.choice(known, rows),
            "vocabulary": "icd10cm",
            "source": "registry",
        }
    )


def time_riskkit(file: Path) -> float:
    """Map the diagnoses of a file and return the seconds, reading included."""
    lists = read_code_lists(find_presets() / "models" / "codelists")
    start = time.perf_counter()
    code_map = build_code_map({"diagnosis": file}, lists)
    with open_engine() as engine:
        open_tables(engine, {"diagnosis": file})
        engine.register("code_group", code_map)
        engine.execute(GROUPED).fetchall()
    return time.perf_counter() - start


def time_package(package: HCCInFHIR, codes: list[list[str]]) -> tuple[float, float]:
    """Return the seconds of the package's call, and of its mapping alone."""
    person = Demographics(age=70, sex="F")
    start = time.perf_counter()
    for held in codes:
        package.calculate_from_diagnosis(held, person)
    middle = time.perf_counter()
    for held in codes:
        apply_mapping(held, package.model_name, package.dx_to_cc_mapping)
    return middle - start, time.perf_counter() - middle


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--members", type=int, default=1_000_000, help="members that riskkit maps")
    parser.add_argument("--check", action="store_true", help="exit 1 where the ratio is below what was asked")
    given = parser.parse_args()
    package = HCCInFHIR()
    known = sorted({code for code, model in package.dx_to_cc_mapping if model == package.model_name})
    diagnoses = make_diagnoses(given.members, known)
    codes = diagnoses["code"].head(SAMPLE * CODES).to_numpy().reshape(-1, CODES).tolist()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "diagnosis.parquet"
        duckdb.from_df(diagnoses).write_parquet(str(file))
        ours, theirs, bare = [], [], []
        # In turn, so that both meet the same machine; the best round of each counts.
        for _ in range(ROUNDS):
            ours.append(given.members / time_riskkit(file))
            whole, mapping = time_package(package, codes)
            theirs.append(len(codes) / whole)
            bare.append(len(codes) / mapping)
    ratio = max(ours) / max(theirs)
    print(f"members per second, riskkit / hccinfhir: {ratio:.1f} (asked: at least {ASKED:g})")
    print(f"riskkit: {max(ours):,.0f} of {given.members:,} members, {CODES} codes each, all shipped lists")
    print(f"hccinfhir: {max(theirs):,.0f} of {len(codes):,} members; its mapping alone: {max(bare):,.0f}")
    return int(given.check and ratio < ASKED)


if __name__ == "__main__":
    sys.exit(main())
