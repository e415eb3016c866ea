"""Planted bugs: networks that get one thing wrong, each as a small class that overrides one step of the walk.

The gradient check plants them to find out which one explains what it found; the museum shows them with their stories.
"""

from neuronet.bugs import delta_bugs, gradient_bugs, update_bugs  # noqa: F401 -- they register the bugs
from neuronet.bugs.bug import BUGS, Bug, find_bug
from neuronet.bugs.plant import DECAY, Planted, plant, planted

__all__ = ["BUGS", "DECAY", "Bug", "Planted", "find_bug", "plant", "planted"]
