"""Makes the pictures of the pages and the golden files of the tests anew: `python tests/make_goldens.py`.

The tests compare what is drawn and written now with what stands in the files. After a change that is meant to be seen,
run this, look at every file that has changed, and keep it.
"""

from fractions import Fraction
from pathlib import Path

from neuronet import Network, datasets, explain
from neuronet.draw import decision_surface, hidden_maps
from neuronet.gradcheck import step_sweep

ROOT = Path(__file__).resolve().parents[1]

MAZUR = [0.35, 0.15, 0.20, 0.35, 0.25, 0.30, 0.60, 0.40, 0.45, 0.60, 0.50, 0.55]
"""The weights of the tutorial's first network."""


def mazur(*, frozen=True):
    """The first network of Matt Mazur's tutorial, whose biases stay as they are."""
    network = Network(2, 2, 2, weights=MAZUR)
    for synapse in network.synapses:
        synapse.frozen = frozen and synapse.source.is_bias
    return network


def trained():
    """The network of the README, and how it was trained."""
    network = Network(2, 4, 1, seed=1)
    history = network.train(*datasets.xor(), epochs=5000, learning_rate=0.5)
    return network, history


def odd():
    """A network with a synapse that skips two layers, a frozen one, a weight of 0, and a neuron that is alone."""
    network = Network(2, 3, 2, 2, weights=[Fraction(n % 11 - 5, 4) for n in range(23)])
    network.connect("i1", "o2", weight=-0.75)
    alone = network.neuron("h1_2")
    for synapse in [*alone.incoming, *alone.outgoing]:
        network.disconnect(synapse)
    network.neuron("o1").incoming[1].frozen = True
    network.neuron("h1_1").incoming[1].weight = 0.0
    return network


def pages():
    """The pictures of the pages, each by its file."""
    network, history = trained()
    xor = datasets.xor()
    worked = Network(2, 2, 2, weights=MAZUR)
    return {
        "docs/pictures/network.svg": network.to_svg(title="A 2-4-1 network that has learned XOR"),
        "docs/pictures/network-6-4-3-1.svg": Network(6, 4, 3, 1, seed=1).to_svg(
            title="A 6-4-3-1 network before training"
        ),
        "docs/pictures/worked-step.svg": worked.to_svg(
            inputs=[0.05, 0.10], targets=[0.01, 0.99], learning_rate=0.5, title="One step of a 2-2-2 network"
        ),
        "docs/pictures/xor-training.svg": history.to_svg(title="A 2-4-1 network learns XOR"),
        "docs/pictures/xor-surface.svg": decision_surface(
            network, *xor, cells=64, title="What the trained network answers"
        ),
        "docs/pictures/xor-hidden.svg": hidden_maps(network, *xor, title="What each of its hidden neurons answers"),
    }


def goldens():
    """The golden files of the tests, each by its file."""
    network = Network(2, 2, 2, weights=MAZUR)
    network.forward([0.05, 0.10])
    return {
        "tests/golden/odd.svg": odd().to_svg(),
        "tests/golden/large.svg": Network(14, 13, 3, weights=[n % 7 - 3 for n in range(237)]).to_svg(most_neurons=5),
        "tests/golden/network.txt": network.to_text() + "\n",
        "tests/golden/network.dot": network.to_dot(),
        "tests/golden/network.mermaid": network.to_mermaid(),
        **sheets(),
    }


def sheets():
    """The sheets that are kept, each by its file."""
    xor = Network(2, 2, 1, weights=[0.5, -1, 1, -0.25, 1, -1, 0.125, 2, -2])
    return {
        "tests/golden/mazur.txt": str(explain(mazur(), [0.05, 0.10], [0.01, 0.99], 0.5, digits=9)),
        "tests/golden/xor-worksheet.html": str(explain(xor, [0, 1], [1], 0.5, worksheet=True, format="html")),
    }


def step_sizes():
    """The picture of step sizes; its lowest points are rounding, which may differ from one computer to another."""
    return step_sweep(Network(2, 4, 1, seed=1), *datasets.xor()).to_svg()


def main():
    """Write all of them."""
    for file, text in {**pages(), **goldens(), "docs/pictures/step-sweep.svg": step_sizes()}.items():
        (ROOT / file).parent.mkdir(exist_ok=True)
        (ROOT / file).write_bytes(text.encode())


if __name__ == "__main__":
    main()
