"""Forests: LightGBM's text read into leaves, each with the splits and the shares of rows along its path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from riskkit.errors import ModelStoreError

Missing = Literal["as_zero", "left", "right"]

CATEGORICAL, DEFAULT_LEFT = 1, 2
MISSING_BITS, MISSING_AS_ZERO, MISSING_IS_NAN = 2, 0, 2


@dataclass(frozen=True)
class Split:
    """A question that a node asks: whether a row has at most the threshold and goes left.

    Parameters
    ----------
    feature : int
        Column of the feature.
    threshold : float
        Rows with at most this value go left.
    missing : {"as_zero", "left", "right"}
        Where a row without a value goes.
    """

    feature: int
    threshold: float
    missing: Missing


@dataclass(frozen=True)
class Leaf:
    """A leaf with the path that leads to it.

    Parameters
    ----------
    value : float
        What the leaf adds to the margin.
    splits : tuple of Split
        Splits from the root down.
    lefts : tuple of bool
        Whether the path goes left at each.
    shares : tuple of float
        Share of a node's training rows that the path keeps at each split.
    """

    value: float
    splits: tuple[Split, ...]
    lefts: tuple[bool, ...]
    shares: tuple[float, ...]

    @property
    def features(self) -> tuple[int, ...]:
        """Distinct features of the path, in the order of their first split."""
        return tuple(dict.fromkeys(split.feature for split in self.splits))


@dataclass(frozen=True)
class Forest:
    """All trees of a booster with one output.

    Parameters
    ----------
    n_features : int
        Columns of the matrix that the trees read.
    base : float
        Mean margin of the training rows, as the trees hold it: the base value of TreeSHAP.
    trees : tuple of tuple of Leaf
        Leaves of each tree, from left to right.
    """

    n_features: int
    base: float
    trees: tuple[tuple[Leaf, ...], ...]

    @property
    def depth(self) -> int:
        """Most splits on a path."""
        return max((len(leaf.splits) for tree in self.trees for leaf in tree), default=0)


def read_forest(text: str) -> Forest:
    """Read the trees of a booster.

    Parameters
    ----------
    text : str
        What ``booster.model_to_string()`` gives.

    Returns
    -------
    Forest
        The trees.

    Raises
    ------
    ModelStoreError
        If the trees have several outputs, categorical splits, linear leaves, zeros as missing, or are averaged.
    """
    head, *blocks = text.split("\nTree=")
    facts = _read_facts(head)
    if facts.get("num_class") != "1" or facts.get("num_tree_per_iteration") != "1" or "\naverage_output" in head:
        message = (
            "booster: several outputs or averaged trees, expected one sum of trees. Use LightGBM's own pred_contrib."
        )
        raise ModelStoreError(message)
    trees = [_read_tree(_read_facts(block)) for block in blocks]
    base = sum(mean for _, mean in trees)
    return Forest(int(facts["max_feature_idx"]) + 1, base, tuple(leaves for leaves, _ in trees))


def _read_facts(block: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in block.splitlines() if "=" in line)


def _read_tree(facts: dict[str, str]) -> tuple[tuple[Leaf, ...], float]:
    """Read one tree: its leaves from left to right, and its mean over the training rows."""
    values = [float(value) for value in facts["leaf_value"].split()]
    if len(values) == 1:
        return (), values[0]
    if facts["num_cat"] != "0" or facts.get("is_linear", "0") != "0":
        message = "booster: categorical splits or linear leaves, expected numeric splits. Use LightGBM's pred_contrib."
        raise ModelStoreError(message)
    counts = [int(count) for count in facts["leaf_count"].split()]
    inner = [int(count) for count in facts["internal_count"].split()]
    children = tuple(
        zip(*([int(c) for c in facts[side].split()] for side in ("left_child", "right_child")), strict=True)
    )
    splits = _read_splits(facts)
    leaves: list[Leaf] = []
    # A node is a number from 0; a leaf is written as the complement of its number. The right child waits.
    pending: list[tuple[int, Leaf]] = [(0, Leaf(0.0, (), (), ()))]
    while pending:
        node, path = pending.pop()
        if node < 0:
            leaves.append(Leaf(values[~node], path.splits, path.lefts, path.shares))
            continue
        for child, left in ((children[node][1], False), (children[node][0], True)):
            share = (counts[~child] if child < 0 else inner[child]) / inner[node]
            step = Leaf(0.0, (*path.splits, splits[node]), (*path.lefts, left), (*path.shares, share))
            pending.append((child, step))
    mean = sum(value * count for value, count in zip(values, counts, strict=True)) / inner[0]
    return tuple(leaves), mean


def _read_splits(facts: dict[str, str]) -> list[Split]:
    columns = (facts[name].split() for name in ("split_feature", "threshold", "decision_type"))
    return [
        Split(int(feature), float(threshold), _read_missing(int(decision)))
        for feature, threshold, decision in zip(*columns, strict=True)
    ]


def _read_missing(decision: int) -> Missing:
    kind = decision >> MISSING_BITS
    if decision & CATEGORICAL or kind not in {MISSING_AS_ZERO, MISSING_IS_NAN}:
        message = (
            f"booster: a split of type {decision}, expected numbers with NaN missing. Use LightGBM's pred_contrib."
        )
        raise ModelStoreError(message)
    if kind == MISSING_AS_ZERO:
        return "as_zero"
    return "left" if decision & DEFAULT_LEFT else "right"
