"""What the tests of gradients draw, beyond what `neuronet.testing` offers to everybody."""

import math

from hypothesis import strategies as st

from neuronet.activations import ACTIVATIONS, Activation
from neuronet.gradcheck.references import DIFFERENCES
from neuronet.losses import LOSSES
from neuronet.testing import datasets, eighths, networks


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


def _plain_tanh_slope(net, output):
    return 1 - output * output


PLAIN_TANH = Activation("plain_tanh", math.tanh, _plain_tanh_slope)
"""An activation as a user writes it who knows floats only: no other kind of number can flow through."""

WEIGHTS = {
    "small": eighths(),
    "zeros": st.just(0.0),
    "saturating": st.integers(-40, 40).map(float),
    "tiny": st.floats(-1e-6, 1e-6, allow_subnormal=False),
    "huge": st.floats(-1e6, 1e6, allow_subnormal=False),
}
"""The sizes of weight that `wild_cases` draws, one for each network."""


RATIONAL = ["linear", "relu", "leaky_relu", "softsign", "hard_sigmoid"]
"""The activations that fractions can flow through."""

RATIONAL_LOSSES = ["half_squared_error", "mean_squared_error", "mean_absolute_error", "huber"]
"""The losses that fractions can flow through."""


@st.composite
def wild_cases(draw, plain=False, rational=False):
    """A correct network on which checks go wrong: at kinks, saturated, with weights from 0 to 1e6, half cut apart.

    plain: whether some neurons have an activation that takes floats only.
    rational: whether fractions can flow through every function.
    """
    options = {"max_layers": 4, "kinks": True, "weights": WEIGHTS[draw(st.sampled_from(list(WEIGHTS)))]}
    hidden = RATIONAL if rational else [name for name in ACTIVATIONS if name != "softmax"]
    if rational:
        options["output_activation"] = draw(st.sampled_from(RATIONAL))
        options["loss"] = draw(st.sampled_from(RATIONAL_LOSSES))
    network = draw(networks(hidden_activations=st.sampled_from([*hidden, *([PLAIN_TANH] if plain else [])]), **options))
    elements = draw(st.sampled_from([eighths(min_value=-1, max_value=1), st.floats(-100, 100, allow_subnormal=False)]))
    return (network, *draw(datasets(network, elements=elements, kinks=True)))


def wild_cases_for(method):
    """Those of `wild_cases` that a method of `check_gradients` can run on."""
    return wild_cases(plain=method in ("complex", *DIFFERENCES), rational=method == "exact")
