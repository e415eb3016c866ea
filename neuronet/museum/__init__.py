"""The bug museum: planted mistakes to hunt, with their stories, and correct networks that only look wrong.

>>> from neuronet import Network, check_gradients, datasets, museum
>>> network = museum.plant("bias-never-learns", Network(2, 4, 1, seed=1))
>>> check_gradients(network, *datasets.xor()).ok
False

`mystery(seed)` is a network with a bug that it does not name, `reveal(seed)` the answer. `score(checker)` says what a
checker of your own is worth. `docs/reference/museum.md` shows every exhibit, `docs/reference/benchmarks.md` which check
finds it.
"""

from neuronet.bugs import Bug, plant
from neuronet.museum.score import Score, default_checker, score
from neuronet.museum.specimens import Specimen
from neuronet.museum.visit import (
    bug,
    catalogue,
    decoys,
    exhibit,
    hunt,
    mystery,
    names,
    reveal,
    specimen,
    story,
)

__all__ = [
    "Bug",
    "Score",
    "Specimen",
    "bug",
    "catalogue",
    "decoys",
    "default_checker",
    "exhibit",
    "hunt",
    "mystery",
    "names",
    "plant",
    "reveal",
    "score",
    "specimen",
    "story",
]
