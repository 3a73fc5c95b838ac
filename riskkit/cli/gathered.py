"""Options that belong together: a command gets them as one value, and the command line shows each."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def gather_options(*makers: Callable[..., Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options of each maker, and hand it what the maker makes of them, under the maker's name.

    Parameters
    ----------
    *makers : callable
        Functions whose parameters are options, as those of a command are.

    Returns
    -------
    callable
        A decorator for a command that has one keyword for each maker.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        asked = {maker.__name__: inspect.signature(maker, eval_str=True).parameters for maker in makers}
        kept = [one for one in inspect.signature(command, eval_str=True).parameters.values() if one.name not in asked]
        added = [
            one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for options in asked.values() for one in options.values()
        ]

        @functools.wraps(command)
        def run(**given: Any) -> None:
            made = {
                maker.__name__: maker(**{name: given.pop(name) for name in asked[maker.__name__]}) for maker in makers
            }
            command(**given, **made)

        vars(run)["__signature__"] = inspect.Signature([*kept, *added])
        run.__annotations__ = {one.name: one.annotation for one in (*kept, *added)}
        return run

    return decorate
