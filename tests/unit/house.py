"""The files of the project, for the tests that hold the house to its own words."""

from __future__ import annotations

import shutil
import subprocess
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parents[2]


def list_files() -> list[Path]:
    """Files of the project, relative to its root: those that git holds and new ones beside them, or all but ignored."""
    held = _ask_git("--cached")
    if held:
        folders = {path.parts[0] for path in held if len(path.parts) > 1}
        fresh = [path for path in _ask_git("--others", "--exclude-standard") if path.parts[0] in folders]
        return sorted(path for path in {*held, *fresh} if (ROOT / path).is_file())
    ignored = [line.rstrip("/") for line in read(".gitignore").splitlines()]
    found = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
    return sorted(path for path in found if not any(fnmatch(part, rule) for part in path.parts for rule in ignored))


def _ask_git(*options: str) -> list[Path]:
    """Paths that git lists; none without git, or outside of a repository."""
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        return []
    asked = ["git", "ls-files", *options]
    done = subprocess.run(asked, cwd=ROOT, check=False, capture_output=True, text=True)
    return [Path(name) for name in done.stdout.splitlines()] if done.returncode == 0 else []


def read(path: str | Path) -> str:
    """Read a text file of the project."""
    return (ROOT / path).read_text(encoding="utf-8")


FILES = list_files()
