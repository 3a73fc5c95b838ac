"""How long `import riskkit` takes, beside `import pandas` in the same run: at most twice as long."""

from __future__ import annotations

import argparse
import subprocess
import sys

ASKED = 2.0
REPEATS = 7
HEAVY = ("mlflow", "shap", "matplotlib", "fastapi", "pyspark", "lightgbm", "sklearn")
TIMED = "import time; start = time.perf_counter(); import {name}; print(time.perf_counter() - start)"
ALL_NAMES = "riskkit; [getattr(riskkit, name) for name in riskkit.__all__]"
LOADED = "import sys, riskkit; print(*[name for name in {heavy} if name in sys.modules])"


def run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip()


def best_seconds(names: tuple[str, ...]) -> dict[str, float]:
    """Take the best of several fresh interpreters, the modules in turn so that all meet the same machine."""
    found: dict[str, float] = dict.fromkeys(names, float("inf"))
    for _ in range(REPEATS):
        for name in names:
            found[name] = min(found[name], float(run(TIMED.format(name=name))))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="exit 1 where a ratio is outside what was asked")
    check = parser.parse_args().check
    seconds = best_seconds(("pandas", "riskkit", "riskkit.cli", ALL_NAMES))
    ratio = seconds["riskkit"] / seconds["pandas"]
    loaded = run(LOADED.format(heavy=HEAVY)).split()
    print(f"import riskkit / import pandas: {ratio:.2f} (asked: at most {ASKED}; pandas {seconds['pandas']:.3f} s)")
    print(f"import riskkit.cli / import pandas: {seconds['riskkit.cli'] / seconds['pandas']:.2f} (not limited)")
    print(f"every public name / import pandas: {seconds[ALL_NAMES] / seconds['pandas']:.2f} (not limited)")
    print(f"heavy packages that import riskkit loads: {', '.join(loaded) or 'none'} (asked: none)")
    return int(check and (ratio > ASKED or bool(loaded)))


if __name__ == "__main__":
    sys.exit(main())
