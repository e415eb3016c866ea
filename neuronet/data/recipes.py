"""Recipes: for each data set that comes with the library, settings that are known to train it well."""

from __future__ import annotations

from typing import NamedTuple


class Recipe(NamedTuple):
    """Settings for a data set: the defaults of the command line."""

    hidden: tuple[int, ...] = (4,)
    """The number of neurons in each hidden layer."""
    epochs: int = 5000
    learning_rate: float = 0.5
    batch_size: int = 1
    activation: str = "sigmoid"
    loss: str = "half_squared_error"
    output_activation: str = "sigmoid"


RECIPES: dict[str, Recipe] = {
    "and": Recipe(epochs=1000),
    "or": Recipe(epochs=1000),
    "nand": Recipe(epochs=1000),
    "parity": Recipe((16,), epochs=1000, learning_rate=0.05, activation="tanh", loss="binary_cross_entropy"),
    "circle": Recipe((6,), epochs=200),
    "gauss": Recipe((4,), epochs=50),
    "moons": Recipe((8,), epochs=100, learning_rate=0.1, activation="tanh", loss="binary_cross_entropy"),
    "spiral": Recipe((10, 8), epochs=150, learning_rate=0.05, activation="tanh", loss="binary_cross_entropy"),
    "iris": Recipe((8,), epochs=300, learning_rate=0.05, batch_size=8, loss="binary_cross_entropy"),
    "penguins": Recipe((8,), epochs=500, learning_rate=0.003, activation="softplus", loss="binary_cross_entropy"),
    "penguin_mass": Recipe(
        (6,), epochs=300, learning_rate=0.003, batch_size=8, activation="softplus", output_activation="linear"
    ),
    # The inputs are not scaled, and some are in the thousands: only small steps are safe.
    "breast_cancer": Recipe(
        (8,), epochs=300, learning_rate=0.0002, batch_size=8, activation="leaky_relu", loss="binary_cross_entropy"
    ),
    "digits": Recipe((32,), epochs=40, learning_rate=0.001, activation="softplus", loss="binary_cross_entropy"),
}
"""The recipes by the name of the data set; the others take `Recipe()`."""


def recipe_for(name: str) -> Recipe:
    """The recipe of a data set, whatever its size: `parity4` takes that of `parity`."""
    return RECIPES.get(name.rstrip("0123456789"), Recipe())
