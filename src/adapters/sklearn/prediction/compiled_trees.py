"""Logits of boosted trees through compiled code, scikit-learn's to the last bit; without a compiler, by scikit-learn.

The trees become one array of nodes, which the C function of `tree_walk.c` follows for many rows at a time. The
function is the same for every model, so it is compiled once on a machine.
"""

import ctypes
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

import numpy as np
from loguru import logger
from sklearn.ensemble import HistGradientBoostingClassifier

from adapters.sklearn.columns import Numbers
from adapters.sklearn.prediction.native_library import NoLibraryError, native_library
from adapters.sklearn.threads import one_thread

Logits: TypeAlias = Callable[[Numbers], Numbers]
Walk: TypeAlias = Callable[..., None]

_NODE = np.dtype(
    [("number", "f8"), ("feature", "i4"), ("left", "i4"), ("right", "i4"), ("missing_goes_left", "i4")], align=True
)
_POINTER, _COUNT = ctypes.c_void_p, ctypes.c_int64


def boosting_logits(boosting: HistGradientBoostingClassifier) -> Logits:
    """The function from a matrix of encoded features, float64, to a logit a row: compiled where that is possible."""
    walk = _walk()
    trees = [tree.nodes for iteration in boosting._predictors for tree in iteration]  # noqa: SLF001
    if walk is None or boosting.n_trees_per_iteration_ != 1 or not _are_plain(trees, boosting.n_features_in_):
        return logits_of_sklearn(boosting)
    start = float(np.asarray(boosting._baseline_prediction).ravel()[0])  # noqa: SLF001
    return CompiledTrees(walk, boosting.n_features_in_, start, *_flattened(trees))


@dataclass(frozen=True)
class CompiledTrees:
    """Trees as arrays for the C function.

    Args:
        walk: the C function.
        features: columns of the matrix.
        start: the logit before the first tree.
        nodes: all nodes; children are positions in this array, a leaf's are its own.
        roots: position of each tree's root.
        depths: steps from each tree's root to its deepest leaf.
    """

    walk: Walk
    features: int
    start: float
    nodes: np.ndarray
    roots: np.ndarray
    depths: np.ndarray

    def __call__(self, encoded: Numbers) -> Numbers:
        """A logit a row; raises ValueError for a matrix of another width."""
        matrix = np.ascontiguousarray(encoded, np.float64)
        if matrix.ndim != 2 or matrix.shape[1] != self.features:
            raise ValueError(f"The trees read {self.features} features, not a matrix of shape {matrix.shape}.")
        sums = np.full(len(matrix), self.start)
        pointers = (self.nodes.ctypes.data, self.roots.ctypes.data, self.depths.ctypes.data)
        self.walk(matrix.ctypes.data, len(matrix), self.features, *pointers, len(self.roots), sums.ctypes.data)
        return sums


def logits_of_sklearn(boosting: HistGradientBoostingClassifier) -> Logits:
    """The same function through scikit-learn's own code, on one thread."""

    def logits(encoded: Numbers) -> Numbers:
        with one_thread():
            return np.asarray(boosting.decision_function(encoded), np.float64)

    return logits


def _are_plain(trees: Sequence[np.ndarray], features: int) -> bool:
    """Whether the C function may follow them: no categorical splits, children after parents, features that exist."""
    return bool(trees) and all(_is_plain(nodes, features) for nodes in trees)


def _is_plain(nodes: np.ndarray, features: int) -> bool:
    splits = nodes[nodes["is_leaf"] == 0]
    parents = np.flatnonzero(nodes["is_leaf"] == 0)
    inside = all(bool(np.all((splits[side] > parents) & (splits[side] < len(nodes)))) for side in ("left", "right"))
    known = bool(np.all((splits["feature_idx"] >= 0) & (splits["feature_idx"] < features)))
    return inside and known and not splits["is_categorical"].any()


def _flattened(trees: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    sizes = [len(nodes) for nodes in trees]
    roots = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    flat = np.concatenate([_relinked(nodes, int(root)) for nodes, root in zip(trees, roots, strict=True)])
    depths = np.array([_depth(nodes) for nodes in trees], np.int32)
    return flat, roots.astype(np.int32), depths


def _depth(nodes: np.ndarray) -> int:
    """Steps to the deepest leaf, counted along the links rather than believed."""
    steps = np.zeros(len(nodes), np.int64)
    for parent in np.flatnonzero(nodes["is_leaf"] == 0):
        steps[[nodes["left"][parent], nodes["right"][parent]]] = steps[parent] + 1
    return int(steps.max())


def _relinked(nodes: np.ndarray, root: int) -> np.ndarray:
    leaf = nodes["is_leaf"] == 1
    itself = np.arange(len(nodes))
    flat = np.zeros(len(nodes), _NODE)
    flat["number"] = np.where(leaf, nodes["value"], nodes["num_threshold"])
    flat["feature"] = np.where(leaf, 0, nodes["feature_idx"])
    for side in ("left", "right"):
        flat[side] = root + np.where(leaf, itself, nodes[side])
    flat["missing_goes_left"] = nodes["missing_go_to_left"]
    return flat


@cache
def _walk() -> Walk | None:
    """The compiled function; None where it cannot be had, which is said once in the life of the process."""
    source = pkgutil.get_data("adapters.sklearn.prediction", "tree_walk.c")
    try:
        function: Any = native_library(source or b"", "tree_walk").walk_trees
    except (NoLibraryError, AttributeError) as error:
        logger.info("Trees are followed by scikit-learn, with the same chances but slower: {}", error)
        return None
    function.argtypes = [_POINTER, _COUNT, _COUNT, _POINTER, _POINTER, _POINTER, _COUNT, _POINTER]
    function.restype = None
    walk: Walk = function
    return walk
