"""The public names: pinned, few, loaded when used, and nothing heavy behind `import riskkit`."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import riskkit

MOST_NAMES = 40
NAMES = [
    "AcceptanceError",
    "DataContractError",
    "LeakageError",
    "ModelStoreError",
    "PolicyError",
    "RatePolicy",
    "RiskkitError",
    "TierPolicy",
    "__version__",
    "allocate_budget",
    "assign_tiers",
    "build_members",
    "compute_contributions",
    "compute_metrics",
    "compute_rates",
    "fit_cuts",
    "fit_rates",
    "label_members",
    "make_certificate",
    "make_cohort",
    "open_bundle",
    "open_source",
    "plan_features",
    "rate_source",
    "read_policy",
    "read_scheme",
    "read_tables",
    "require_gates",
    "retrain",
    "score_members",
    "score_source",
    "train_scheme",
    "write_cohort",
    "write_report",
    "write_starting_set",
    "write_tables",
]
HEAVY = ("mlflow", "shap", "matplotlib", "fastapi", "pyspark", "lightgbm", "sklearn", "optuna", "duckdb")


def run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip()


def test_the_public_names_are_these_and_no_more_than_forty() -> None:
    assert riskkit.__all__ == NAMES
    assert dir(riskkit) == NAMES
    assert len(NAMES) <= MOST_NAMES


@pytest.mark.parametrize("name", NAMES)
def test_each_public_name_is_there_and_says_what_it_is(name: str) -> None:
    found = getattr(riskkit, name)
    assert isinstance(found, str) or found.__doc__
    assert isinstance(found, str) or found.__name__ == name


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'riskkit' has no attribute 'make_magic'"):
        riskkit.make_magic  # noqa: B018


def test_type_checkers_see_the_same_names_as_a_reader() -> None:
    tree = ast.parse(Path(riskkit.__file__).read_text(encoding="utf-8"))
    guarded = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {
        alias.name: node.module for node in guarded.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    assert sorted([*seen, "__version__"]) == NAMES
    for name, module in seen.items():
        assert getattr(riskkit, name).__module__ == module


def test_the_version_is_that_of_the_installed_package() -> None:
    assert riskkit.__version__.count(".") == 2


@pytest.mark.parametrize("module", ["riskkit", "riskkit.cli", "riskkit.errors"])
def test_a_quick_import_loads_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print([name for name in {HEAVY} if name in sys.modules])"
    assert run(code) == "[]"


def test_the_errors_are_one_tree_with_an_exit_code_each() -> None:
    kinds = [value for name in NAMES if name.endswith("Error") and isinstance(value := getattr(riskkit, name), type)]
    assert all(issubclass(kind, riskkit.RiskkitError) for kind in kinds)
    assert sorted(kind.exit_code for kind in kinds) == [1, 10, 11, 12, 13, 14]
