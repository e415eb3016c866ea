"""Recipes: for each data set that comes with the library, settings that are known to train it well."""

from __future__ import annotations

from typing import NamedTuple


class Recipe(NamedTuple):
    """Settings for a data set: what the command line takes where the user says nothing else."""

    hidden: tuple[int, ...] = (4,)
    """The number of neurons in each hidden layer."""
    epochs: int = 5000
    learning_rate: float = 0.5
    batch_size: int = 1
    activation: str = "sigmoid"
    loss: str = "half_squared_error"


RECIPES: dict[str, Recipe] = {
    "parity": Recipe(hidden=(8,), epochs=5000),
    "circle": Recipe(hidden=(4,), epochs=200),
    "gauss": Recipe(hidden=(4,), epochs=50),
    "moons": Recipe(hidden=(8,), epochs=300),
    "spiral": Recipe(hidden=(16, 8), epochs=500, learning_rate=0.05, activation="tanh"),
    "iris": Recipe(hidden=(4,), epochs=300, learning_rate=0.1),
}
"""The recipes by the name of the data set; the others take `Recipe()`."""


def recipe_for(name: str) -> Recipe:
    """The recipe of a data set, whatever its size: `parity4` takes that of `parity`."""
    return RECIPES.get(name.rstrip("0123456789"), Recipe())
