"""What the tests of gradients draw, beyond what `neuronet.testing` offers to everybody."""

from hypothesis import strategies as st

from neuronet.activations import ACTIVATIONS
from neuronet.losses import LOSSES
from neuronet.testing import datasets, networks


def fitting_pairs():
    """Every (output activation, loss) that the library accepts for two outputs."""
    return [(activation, loss) for activation in ACTIVATIONS for loss in LOSSES if _fit(activation, loss)]


def _fit(activation, loss):
    try:
        LOSSES[loss].refuse_misfit([ACTIVATIONS[activation]] * 2)
    except ValueError:
        return False
    return True


@st.composite
def cases(draw, most_samples=3, **options):
    """A network of up to four layers of weights with inputs and targets, clear of every kink."""
    network = draw(networks(max_layers=4, **options))
    return (network, *draw(datasets(network, max_size=most_samples)))
