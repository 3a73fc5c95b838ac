"""Never cheaper when sicker: an exact check on the trees that no split steps against its constraint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from riskkit.errors import AcceptanceError

if TYPE_CHECKING:
    import lightgbm

TOLERANCE = 1e-12
"""Leaf values are sums of doubles: the last digits of two equal outputs may differ."""


def check_monotone(booster: lightgbm.Booster, constraints: Mapping[str, int]) -> None:
    """Refuse a booster in which a constrained feature can move the margin the wrong way.

    At every split on a feature that must raise the margin, no leaf below the threshold may exceed any leaf above it
    (and the reverse for -1). This is sufficient for each tree to be monotone, whatever the other features are.
    Missing values take the side that training gave them and have no place in the order.

    Parameters
    ----------
    booster : lightgbm.Booster
        The trees.
    constraints : mapping of str to int
        -1, 0 or 1 by feature name.

    Raises
    ------
    AcceptanceError
        If a split steps the wrong way; the message names tree, feature and both leaf values.
    """
    names = booster.feature_name()
    signs = {index: sign for index, name in enumerate(names) if (sign := constraints.get(name, 0))}
    if not signs:
        return
    for tree in booster.dump_model()["tree_info"]:
        for feature, below, above in _find_steps(tree["tree_structure"], signs):
            message = (
                f"booster, tree {tree['tree_index']}: a split on {names[feature]!r} (constraint {signs[feature]:+d}) "
                f"has a leaf of {below:.6g} below its threshold and one of {above:.6g} above, the wrong order. "
                "Train with monotone_constraints_method='basic'."
            )
            raise AcceptanceError(message)


def _find_steps(root: dict[str, Any], signs: Mapping[int, int]) -> Iterator[tuple[int, float, float]]:
    """Yield the splits that step the wrong way: feature, leaf below, leaf above."""
    pending = [root]
    while pending:
        node = pending.pop()
        if "split_feature" not in node:
            continue
        left, right = node["left_child"], node["right_child"]
        pending += [left, right]
        sign = signs.get(node["split_feature"], 0)
        if sign:
            below = max(_list_leaves(left), key=lambda value: sign * value)
            above = min(_list_leaves(right), key=lambda value: sign * value)
            if sign * (below - above) > TOLERANCE * max(1.0, abs(below), abs(above)):
                yield node["split_feature"], below, above


def _list_leaves(node: dict[str, Any]) -> list[float]:
    """List the leaf values under a node."""
    if "split_feature" not in node:
        return [float(node["leaf_value"])]
    return _list_leaves(node["left_child"]) + _list_leaves(node["right_child"])
