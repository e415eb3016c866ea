"""How long a gradient check takes beside those of torch and SciPy: everything in one run.

    python tests/benchmarks/gradcheck.py

All check the 430 gradients of one 10-20-10 network of sigmoids, with the same weights, samples and loss. Before the
clock starts, each must find the same gradients; then they take turns, as in `walk.py`.
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from machine import installed, processor
from turns import Times, in_turns, ratio

from neuronet import Network, check_deltas, check_gradients
from neuronet.graph import Synapse

SHAPE = 10, 20, 10
SAMPLES = 1, 5
ROUNDS = 15

Samples = tuple[list[list[float]], ...]
"""The inputs and the targets, a row for each sample."""
Checker = tuple[Callable[[], Any], list[float]]
"""A call that is true where the check passes, and the gradients that it checks, in the order of `in_four`."""


def main() -> None:
    """Measure everything and print it as Markdown."""
    print(f"Python {platform.python_version()} ({platform.python_implementation()}), {processor()}; {rivals()}\n")
    jobs = {head(name, count): check for count in SAMPLES for name, check in equal_checkers(count).items()}
    times = in_turns(jobs, ROUNDS)
    heads = "".join(f" {count} sample{'s' if count > 1 else ''}, ms | times central |" for count in SAMPLES)
    print(f"| check of 430 gradients |{heads}\n|---|{'---:|---:|' * len(SAMPLES)}")
    for name in CHECKERS:
        print(f"| {name} |{''.join(cells(times, name, count) for count in SAMPLES)}")


def head(name: str, count: int) -> str:
    """What a check over so many samples is called among the turns."""
    return f"{name}, {count} samples"


def cells(times: Times, name: str, count: int) -> str:
    """What the table says of a check in one of its columns."""
    own, central = head(name, count), head(CENTRAL, count)
    if own not in times:
        return " not installed | |"
    return f" {median(times[own]) * 1000:.1f} | {ratio(times, own, central):.2f} |"


def equal_checkers(count: int) -> dict[str, Callable[[], Any]]:
    """The checks that are installed, each having passed on the same gradients: none wins by checking less."""
    rng = Random(count)
    samples = tuple([[rng.random() for _ in range(size)] for _ in range(count)] for size in (SHAPE[0], SHAPE[-1]))
    checks: dict[str, Callable[[], Any]] = {}
    expected: list[float] = []
    for name, enter in CHECKERS.items():
        try:
            check, gradients = enter(samples)
        except ImportError:
            continue
        expected = expected or gradients
        if len(gradients) != len(expected) or any(abs(a - b) > 1e-12 for a, b in zip(gradients, expected)):
            raise SystemExit(f"{name}: expected the gradients of {CENTRAL}, got others")
        if not check():
            raise SystemExit(f"{name}: expected a pass")
        checks[name] = check
    return checks


def network() -> Network:
    """The network that every check is about."""
    return Network(*SHAPE, seed=1)


def in_four(network: Network, number: Callable[[Synapse], float]) -> list[Any]:
    """A number of every synapse as arrays have it: hidden weights, hidden biases, output weights, output biases."""
    four: list[Any] = []
    for layer in network[1:]:
        four.append([[number(synapse) for synapse in neuron.incoming[1:]] for neuron in layer])
        four.append([number(neuron.incoming[0]) for neuron in layer])
    return four


def flat(four: Sequence[Any]) -> list[float]:
    """The arrays as one list."""
    return [number for array in four for row in array for number in (row if isinstance(row, list) else [row])]


# Ours.


def ours(check: Callable[..., Any], **options: Any) -> Callable[[Samples], Checker]:
    """A check of this library, as it is called."""

    def enter(samples: Samples) -> Checker:
        checked = network()
        for row, wanted in zip(*samples):
            checked.forward(row)
            checked.backward(wanted)
        checked.average_gradients(len(samples[0]))
        gradients = flat(in_four(checked, lambda synapse: synapse.gradient))
        return lambda: check(checked, *samples, **options), gradients

    return enter


# torch: its own derivative of the same formula, against central differences.


def torch_slow(samples: Samples) -> Checker:
    """Every column of the Jacobian, as `gradcheck` does by default."""
    return torch_checker(samples, fast_mode=False)


def torch_fast(samples: Samples) -> Checker:
    """One random direction through each array."""
    return torch_checker(samples, fast_mode=True)


def torch_checker(samples: Samples, fast_mode: bool) -> Checker:
    """`torch.autograd.gradcheck` with the tolerances it comes with; on one thread, as several only hinder it here."""
    torch = import_module("torch")
    torch.set_num_threads(1)
    linear = torch.nn.functional.linear
    inputs, targets = (torch.tensor(rows, dtype=torch.float64) for rows in samples)
    arrays = [
        torch.tensor(array, dtype=torch.float64, requires_grad=True)
        for array in in_four(network(), lambda synapse: synapse.weight)
    ]

    def loss(hidden_weights: Any, hidden_biases: Any, output_weights: Any, output_biases: Any) -> Any:
        hidden = torch.sigmoid(linear(inputs, hidden_weights, hidden_biases))
        output = torch.sigmoid(linear(hidden, output_weights, output_biases))
        return ((targets - output) ** 2).sum() / (2 * len(targets))

    gradients = flat([gradient.tolist() for gradient in torch.autograd.grad(loss(*arrays), arrays)])
    return lambda: torch.autograd.gradcheck(loss, tuple(arrays), fast_mode=fast_mode), gradients


# SciPy: forward differences of a loss written by hand, against a gradient written by hand.


def scipy_checker(samples: Samples) -> Checker:
    """`scipy.optimize.check_grad`, which returns the length of the error; 1e-5 is what its steps leave of it."""
    numpy, optimize = import_module("numpy"), import_module("scipy.optimize")
    twin = ByHand(numpy, samples)
    weights = numpy.array(flat(in_four(network(), lambda synapse: synapse.weight)))
    check = optimize.check_grad
    return lambda: check(twin.loss, twin.gradient, weights) < 1e-5, twin.gradient(weights).tolist()


class ByHand:
    """The loss of the network and its gradient, both from one flat array of weights."""

    def __init__(self, numpy: Any, samples: Samples) -> None:
        self.numpy = numpy
        self.inputs, self.targets = (numpy.array(rows) for rows in samples)

    def loss(self, weights: Any) -> Any:
        """The mean loss over the samples."""
        *_, output = self.forward(weights)
        return ((self.targets - output) ** 2).sum() / (2 * len(output))

    def gradient(self, weights: Any) -> Any:
        """Its slope by each weight."""
        output_weights, hidden, output = self.forward(weights)
        output_delta = (output - self.targets) * output * (1 - output) / len(output)
        hidden_delta = output_delta @ output_weights * hidden * (1 - hidden)
        pairs = (hidden_delta, self.inputs), (output_delta, hidden)
        parts = [part for delta, source in pairs for part in ((delta.T @ source).ravel(), delta.sum(axis=0))]
        return self.numpy.concatenate(parts)

    def forward(self, weights: Any) -> tuple[Any, Any, Any]:
        """The output weights, and the outputs of both layers."""
        inputs, hidden, outputs = SHAPE
        ends = self.numpy.cumsum([hidden * inputs, hidden, outputs * hidden])
        hidden_weights, hidden_biases, output_weights, output_biases = self.numpy.split(weights, ends)
        output_weights = output_weights.reshape(outputs, hidden)
        hidden_outputs = self.sigmoid(self.inputs @ hidden_weights.reshape(hidden, inputs).T + hidden_biases)
        return output_weights, hidden_outputs, self.sigmoid(hidden_outputs @ output_weights.T + output_biases)

    def sigmoid(self, nets: Any) -> Any:
        """As in the textbook; no net is large here."""
        return 1 / (1 + self.numpy.exp(-nets))


def rivals() -> str:
    """The versions of the rivals."""
    return ", ".join(f"{name} {installed(name)}" for name in ("numpy", "scipy", "torch"))


CENTRAL = '`check_gradients`, method="central"'
CHECKERS: dict[str, Callable[[Samples], Checker]] = {
    CENTRAL: ours(check_gradients, method="central"),
    '`check_gradients`, method="complex"': ours(check_gradients, method="complex"),
    '`check_gradients`, method="dual"': ours(check_gradients, method="dual"),
    "`check_gradients`, directions=4": ours(check_gradients, directions=4),
    "`check_deltas`": ours(check_deltas),
    "`torch.autograd.gradcheck`": torch_slow,
    "`torch.autograd.gradcheck`, fast_mode=True": torch_fast,
    "`scipy.optimize.check_grad`, NumPy": scipy_checker,
}
"""By what the table calls them; the first is the one that the others are compared with."""

if __name__ == "__main__":
    main()
