"""Many paths in batches: memory for the numbers of one batch, and for the yearly figures of all paths."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskkit.errors import PolicyError
from riskkit.stress.draws import Draws
from riskkit.stress.projection import Projection, join_projections, project

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from riskkit.stress.model import StressModel

    Progress = Callable[[str, int, int], None]

# Teams x tiers x paths of a batch: the arrays of a step then fit into the cache of a core.
_CELLS = 16_384


def plan_batches(n_paths: int, cells: int, batch: int | None = None) -> list[range]:
    """Cut the paths into batches.

    Parameters
    ----------
    n_paths : int
        Paths in all.
    cells : int
        Teams times tiers.
    batch : int, optional
        Paths per batch; by default as many as keep the arrays of a step small.

    Returns
    -------
    list of range
        Batches in order.

    Examples
    --------
    >>> plan_batches(5, 1, batch=2)
    [range(0, 2), range(2, 4), range(4, 5)]
    """
    size = batch or max(8, _CELLS // cells)
    return [range(start, min(start + size, n_paths)) for start in range(0, n_paths, size)]


def simulate(
    models: Mapping[str, StressModel],
    n_paths: int,
    seed: int,
    *,
    batch: int | None = None,
    progress: Progress | None = None,
) -> dict[str, Projection]:
    """Simulate policies on common random numbers.

    Parameters
    ----------
    models : mapping of str to StressModel
        Policies by name; all of one shape (years, teams, tiers).
    n_paths : int
        Paths, at least 1.
    seed : int
        Seed of the run; the same seed gives the same bytes, whatever the batches.
    batch : int, optional
        Paths per batch.
    progress : callable, optional
        Called with (what, paths done, paths in all).

    Returns
    -------
    dict of str to Projection
        By name.

    Raises
    ------
    PolicyError
        If the policies differ in shape.
    """
    shapes = {name: model.shape for name, model in models.items()}
    shape = next(iter(shapes.values()))
    for name, other in shapes.items():
        if other != shape:
            message = (
                f"stress policy {name!r}: found {other.in_words()}, expected {shape.in_words()} as in the first. "
                "Compare policies of the same portfolio and horizon."
            )
            raise PolicyError(message)
    parts: dict[str, list[Projection]] = {name: [] for name in models}
    for draws in _walk(shape.teams * shape.tiers, n_paths, batch, progress):
        numbers = Draws(shape, seed, draws)
        for name, model in models.items():
            parts[name].append(project(model, numbers))
    return {name: join_projections(part) for name, part in parts.items()}


def _walk(cells: int, n_paths: int, batch: int | None, progress: Progress | None) -> Iterator[range]:
    for paths in plan_batches(n_paths, cells, batch):
        yield paths
        if progress:
            progress("simulate paths", paths.stop, n_paths)
