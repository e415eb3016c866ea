"""Writes optimizers.json: the steps of PyTorch's optimizers on a small network, for test_optimizers.py to compare with.

    python tests/golden/optimizers.py

It needs torch, which nothing else here does. The network is 3-4-2, tanh then sigmoid, in float64; the loss is half the
squared error, summed over the outputs and averaged over all samples, and each step takes all of them. Weights stand in
the order of `Network.weights`: neuron by neuron, the bias first.
"""

import json
from pathlib import Path
from random import Random

import torch

STEPS = 30
WRITTEN = (1, 2, 3, 5, 10, 20, 30)
SIZES = (3, 4, 2)


def case(optimizer, learning_rate, settings=None, kind=None, *, given=None, l1=0.0, l2=0.0):
    """A run: our names and settings, and the class and the arguments of PyTorch that mean the same."""
    ours = {"optimizer": optimizer, "settings": settings or {}, "learning_rate": learning_rate, "l1": l1, "l2": l2}
    return ours, kind or torch.optim.SGD, given or {}


def cases():
    """Each optimizer with its own settings and with others, and with penalties."""
    momentum, nesterov = {"momentum": 0.9}, {"momentum": 0.9, "nesterov": True}
    others = {"beta1": 0.8, "beta2": 0.95, "epsilon": 1e-4}
    steps = {"grow": 1.3, "shrink": 0.6, "least": 0.01, "most": 0.25}
    return [
        case("sgd", 0.5),
        case("sgd", 2.0),
        case("momentum", 0.05, given=momentum),
        case("momentum", 0.3, {"momentum": 0.5}, given={"momentum": 0.5}),
        case("nesterov", 0.05, given=nesterov),
        case("nesterov", 0.3, {"momentum": 0.5}, given={"momentum": 0.5, "nesterov": True}),
        case("rmsprop", 0.01, kind=torch.optim.RMSprop),
        case("rmsprop", 0.02, {"decay": 0.5, "epsilon": 1e-3}, torch.optim.RMSprop, given={"alpha": 0.5, "eps": 1e-3}),
        case("adam", 0.001, kind=torch.optim.Adam),
        case("adam", 0.05, others, torch.optim.Adam, given={"betas": (0.8, 0.95), "eps": 1e-4}),
        case("rprop", 0.1, kind=torch.optim.Rprop),
        case("rprop", 0.3, steps, torch.optim.Rprop, given={"etas": (0.6, 1.3), "step_sizes": (0.01, 0.25)}),
        case("sgd", 0.5, l2=0.05),
        case("sgd", 0.5, l1=0.02),
        case("nesterov", 0.1, given=nesterov, l1=0.01, l2=0.02),
        case("adam", 0.01, kind=torch.optim.Adam, l1=0.01, l2=0.02),
    ]


def samples():
    """A start, and samples that pull the outputs to and fro."""
    rng = Random(20)
    count = sum(SIZES[1:]) + SIZES[0] * SIZES[1] + SIZES[1] * SIZES[2]
    weights = [round(rng.uniform(-1, 1), 3) for _ in range(count)]
    inputs = [[round(rng.uniform(-1, 1), 2) for _ in range(SIZES[0])] for _ in range(6)]
    targets = [[round(rng.uniform(0.1, 0.9), 2) for _ in range(SIZES[2])] for _ in range(6)]
    return weights, inputs, targets


def taken_apart(weights):
    """The flat weights as PyTorch holds them: for each layer a matrix and its biases."""
    found, place = [], 0
    for before, after in zip(SIZES, SIZES[1:]):
        rows = [weights[place + row * (before + 1) : place + (row + 1) * (before + 1)] for row in range(after)]
        place += after * (before + 1)
        for part in ([row[1:] for row in rows], [row[0] for row in rows]):
            found.append(torch.tensor(part, dtype=torch.float64, requires_grad=True))
    return found


def put_together(parameters):
    """The weights as `Network.weights` has them."""
    flat = []
    for matrix, biases in zip(parameters[::2], parameters[1::2]):
        for bias, row in zip(biases.tolist(), matrix.tolist()):
            flat += [bias, *row]
    return flat


def run(ours, kind, given, start):
    """The weights after the steps that are written, and how often a gradient turned its sign."""
    weights, inputs, targets = start
    parameters = taken_apart(weights)
    matrices, biases = parameters[::2], parameters[1::2]
    groups = [{"params": matrices, **({"weight_decay": ours["l2"]} if ours["l2"] else {})}, {"params": biases}]
    optimizer = kind(groups, lr=ours["learning_rate"], **given)
    rows, wanted = torch.tensor(inputs, dtype=torch.float64), torch.tensor(targets, dtype=torch.float64)
    found, turns, last = {}, 0, None
    for step in range(1, STEPS + 1):
        optimizer.zero_grad()
        hidden = torch.tanh(rows @ matrices[0].T + biases[0])
        outputs = torch.sigmoid(hidden @ matrices[1].T + biases[1])
        loss = ((wanted - outputs) ** 2).sum() / 2 / len(inputs)
        if ours["l1"]:
            loss = loss + ours["l1"] * (matrices[0].abs().sum() + matrices[1].abs().sum())
        loss.backward()
        signs = torch.cat([parameter.grad.flatten().sign() for parameter in parameters])
        turns += 0 if last is None else int((signs != last).sum())
        last = signs
        optimizer.step()
        if step in WRITTEN:
            found[step] = put_together(parameters)
    return {**ours, "turns": turns, "weights": found}


def main():
    """Write the file anew."""
    weights, inputs, targets = samples()
    document = {
        "made": f"by tests/golden/optimizers.py with torch {torch.__version__.partition('+')[0]}, in float64",
        "start": weights,
        "inputs": inputs,
        "targets": targets,
        "runs": [run(*each, (weights, inputs, targets)) for each in cases()],
    }
    text = json.dumps(document, indent=1)
    Path(__file__).with_suffix(".json").write_text(_rows_in_lines(text), encoding="utf-8")


def _rows_in_lines(text):
    """Lists of numbers in one line each."""
    import re

    return re.sub(r"\[\s+([-0-9.,e\s]+?)\s+\]", lambda found: "[" + re.sub(r"\s+", " ", found[1]) + "]", text) + "\n"


if __name__ == "__main__":
    main()
