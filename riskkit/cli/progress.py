"""Progress on the terminal: a bar where there is one, a line per step and per better figure where there is none."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Progress = Callable[[str, int, int], None]


@contextmanager
def show_progress() -> Iterator[Progress]:
    """Show what a long step is doing, on standard error.

    Yields
    ------
    callable
        Called with (what, done, in all); in all is 0 where nobody knows it.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield _LinePerStep()
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bars:
        task = bars.add_task("start", total=None)

        def show(what: str, done: int, total: int) -> None:
            bars.tasks[0].total = total or None  # an update cannot take a length away again
            bars.update(task, description=what, completed=done)

        yield show


class _LinePerStep:
    """Say each step once, and again where the figure in its brackets is another, for a log file."""

    def __init__(self) -> None:
        self.last = ""

    def __call__(self, what: str, done: int, total: int) -> None:
        if what != self.last:
            counted = f", {done}" + (f" of {total}" if total else "") if what.endswith(")") else ""
            sys.stderr.write(f"riskkit: {what}{counted}\n")
            sys.stderr.flush()
            self.last = what
