"""Every loss has the value and the slope that its docstring says, and refuses what it cannot measure."""

import math
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import fitting_pairs

from neuronet import Loss, Network, activations, losses
from neuronet.activations import ACTIVATIONS, Activation, SharedActivation, find_activation
from neuronet.errors import DataError, NumberError, UnknownNameError
from neuronet.losses import LOSSES, find_loss

EPSILON = 2.0**-52
"""The distance from 1 to the next float."""

POLYNOMIAL = ["half_squared_error", "mean_squared_error", "mean_absolute_error", "huber"]
"""The losses without a logarithm, for any target and any output."""

CROSS_ENTROPIES = ["binary_cross_entropy", "categorical_cross_entropy"]


def of_outputs(loss, outputs, targets):
    """The loss of a sample for a row of linear outputs."""
    network = Network(1, len(outputs), activation="linear", loss=loss, bias=False, weights=outputs)
    network.forward([1])
    return network.loss_function.of_sample(targets, network[1].neurons)


# Values of one output.


@pytest.mark.parametrize(
    ("name", "target", "output", "value"),
    [
        ("half_squared_error", 1.0, 0.25, 0.28125),
        ("half_squared_error", 0.25, 1.0, 0.28125),
        ("mean_squared_error", 1.0, 0.25, 0.5625),
        ("mean_absolute_error", 1.0, 0.25, 0.75),
        ("mean_absolute_error", 0.25, 1.0, 0.75),
        ("huber", 1.0, 0.5, 0.125),
        ("huber", 1.0, 0.0, 0.5),
        ("huber", 1.0, -1.0, 1.5),
        ("huber", -1.0, 2.0, 2.5),
        ("binary_cross_entropy", 1.0, 0.25, math.log(4)),
        ("binary_cross_entropy", 0.0, 0.25, -math.log(0.75)),
        ("binary_cross_entropy", 0.5, 0.5, math.log(2)),
        ("binary_cross_entropy", 1.0, 1.0, 0.0),
        ("binary_cross_entropy", 0.0, 0.0, 0.0),
        ("binary_cross_entropy", 1.0, 0.0, math.inf),
        ("binary_cross_entropy", 0.0, 1.0, math.inf),
        ("categorical_cross_entropy", 1.0, 0.25, math.log(4)),
        ("categorical_cross_entropy", 0.5, 0.25, math.log(4) / 2),
        ("categorical_cross_entropy", 0.0, 0.25, 0.0),
        ("categorical_cross_entropy", 0.0, 0.0, 0.0),
        ("categorical_cross_entropy", 1.0, 0.0, math.inf),
    ],
)
def test_the_value_of_one_output_is_that_of_the_formula(name, target, output, value):
    assert LOSSES[name].value(target, output) == value


@pytest.mark.parametrize(
    ("name", "target", "output", "slope"),
    [
        ("half_squared_error", 1.0, 0.25, -0.75),
        ("mean_squared_error", 1.0, 0.25, -1.5),
        ("mean_absolute_error", 1.0, 0.25, -1.0),
        ("mean_absolute_error", 0.25, 1.0, 1.0),
        ("mean_absolute_error", 1.0, 1.0, 0.0),
        ("huber", 1.0, 0.5, -0.5),
        ("huber", 1.0, -1.0, -1.0),
        ("huber", -1.0, 2.0, 1.0),
        ("huber", 0.0, 1.5, 1.0),
        ("huber", 1.5, 0.0, -1.0),
        ("huber", 0.0, 1.0, 1.0),
        ("binary_cross_entropy", 1.0, 0.25, -4.0),
        ("binary_cross_entropy", 0.0, 0.75, 4.0),
        ("binary_cross_entropy", 0.25, 0.25, 0.0),
        ("binary_cross_entropy", 1.0, 0.0, -math.inf),
        ("binary_cross_entropy", 0.0, 1.0, math.inf),
        ("binary_cross_entropy", 1.0, 1.0, -1.0),
        ("categorical_cross_entropy", 0.5, 0.25, -2.0),
        ("categorical_cross_entropy", 0.0, 0.0, 0.0),
        ("categorical_cross_entropy", 1.0, 0.0, -math.inf),
    ],
)
def test_the_derivative_by_one_output_is_that_of_the_formula(name, target, output, slope):
    assert LOSSES[name].derivative(target, output) == slope


@pytest.mark.parametrize("name", POLYNOMIAL)
@given(target=st.integers(-24, 24).map(lambda part: part / 8), output=st.integers(-24, 24).map(lambda part: part / 8))
def test_far_from_0_and_1_the_derivative_is_what_a_complex_step_measures(name, target, output):
    loss = LOSSES[name]
    if abs(target - output) in {"mean_absolute_error": [0], "huber": [1]}.get(name, []):
        return  # at a kink; the slopes there stand in the table above
    step = 2.0**-100  # a power of two, so that not even a rounding is left
    assert loss.derivative(target, output) == loss.value(target, complex(output, step)).imag / step


def test_a_saturated_output_is_pushed_the_way_the_target_says():
    # No target below 0 comes through the door; a formula that is called by hand has the right sign all the same.
    slope = LOSSES["categorical_cross_entropy"].derivative
    assert (slope(1.0, 0.0), slope(-1.0, 0.0)) == (-math.inf, math.inf)


@pytest.mark.parametrize("name", LOSSES)
@given(target=st.integers(0, 16).map(lambda part: part / 16), output=st.integers(1, 63).map(lambda part: part / 64))
def test_the_derivative_is_what_a_complex_step_measures(name, target, output):
    loss = LOSSES[name]
    if name == "mean_absolute_error" and target == output:
        return  # at the kink; its slope stands in the table above
    measured = loss.value(target, complex(output, 1e-30)).imag / 1e-30
    # The two shares of a cross-entropy are each rounded before they are subtracted.
    size = 1 / (output * (1 - output)) if name in CROSS_ENTROPIES else 1
    assert abs(loss.derivative(target, output) - measured) <= 4 * EPSILON * size


@pytest.mark.parametrize("name", ["half_squared_error", "mean_squared_error"])
@given(
    target=st.fractions(-3, 3, max_denominator=99),
    output=st.fractions(-3, 3, max_denominator=99),
    step=st.fractions(1, 2),
)
def test_a_central_difference_of_a_parabola_is_exactly_its_slope(name, target, output, step):
    loss = LOSSES[name]
    quotient = (loss.value(target, output + step) - loss.value(target, output - step)) / (2 * step)
    assert loss.derivative(target, output) == quotient


@given(target=st.fractions(-3, 3, max_denominator=9), output=st.fractions(-3, 3, max_denominator=9))
def test_huber_is_the_half_square_inside_and_a_line_outside(target, output):
    distance = abs(target - output)
    line = distance - Fraction(1, 2)
    assert LOSSES["huber"].value(target, output) == (distance**2 / 2 if distance <= 1 else line)


# Sums and averages over the outputs of a sample.


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("half_squared_error", (1 + 4 + 0.25) / 2),  # 1/2 * sum
        ("mean_squared_error", (1 + 4 + 0.25) / 3),  # 1/n * sum
        ("mean_absolute_error", (1 + 2 + 0.5) / 3),  # 1/n * sum
        ("huber", 0.5 + 1.5 + 0.125),  # sum
    ],
)
def test_a_loss_of_three_outputs_sums_or_averages_as_its_docstring_says(name, value):
    assert of_outputs(name, [0.0, 3.0, 0.5], [1.0, 1.0, 1.0]) == value


def test_binary_cross_entropy_sums_over_the_outputs():
    network = Network(1, 3, loss="binary_cross_entropy", weights="zeros")
    network.forward([1])
    assert network.backward([0, 1, 0.5]) == 3 * math.log(2)


def test_categorical_cross_entropy_sums_over_the_outputs():
    network = Network(1, 4, output_activation="softmax", loss="categorical_cross_entropy", weights="zeros")
    network.forward([1])
    assert network.backward([0.5, 0.25, 0.25, 0]) == math.log(4)


@pytest.mark.parametrize("name", LOSSES)
def test_only_a_loss_whose_name_begins_with_mean_averages(name):
    assert LOSSES[name].average == name.startswith("mean_")


@pytest.mark.parametrize("name", POLYNOMIAL)
@given(data=st.data())
def test_the_error_of_each_output_is_minus_the_slope_of_the_samples_loss(name, data):
    outputs = data.draw(st.lists(st.integers(-24, 24).map(lambda eighths: eighths / 8), min_size=1, max_size=4))
    targets = [output + data.draw(st.sampled_from([-2.5, -0.5, 0.25, 3.0])) for output in outputs]
    network = Network(1, len(outputs), activation="linear", loss=name, bias=False, weights=outputs, kind=complex)
    network.forward([1])
    network.backward(targets)
    for moved, neuron in enumerate(network[1]):
        stepped = [complex(output, 1e-30 * (place == moved)) for place, output in enumerate(outputs)]
        for other, value in zip(network[1], stepped):
            other.output = value
        slope = network.loss_function.of_sample(targets, network[1].neurons).imag / 1e-30
        assert abs(neuron.error.real + slope) <= 4 * EPSILON * abs(slope)  # a few roundings on either road


def test_the_loss_of_a_data_set_is_the_mean_over_its_samples():
    network = Network(1, 1, activation="linear", bias=False, weights=[1])
    assert network.loss([[1], [2], [6]], [[0], [0], [0]]) == (0.5 + 2 + 18) / 3


# Cross-entropies at saturated outputs.


@pytest.mark.parametrize("net", [-1e308, -1e4, -800.0, -40.0, 0.0, 40.0, 800.0, 1e4, 1e308])
def test_binary_cross_entropy_is_finite_for_any_net_of_a_sigmoid(net):
    for target in (0.0, 0.5, 1.0):
        network = Network(1, 1, loss="binary_cross_entropy", bias=False, weights=[net])
        network.forward([1])
        value = network.backward([target])
        # -log(sigmoid(net)) is softplus(-net), so far out the loss is the net where the answer is wrong.
        wanted = target * max(-net, 0) + (1 - target) * max(net, 0)
        assert abs(value - wanted) <= math.log(2)
        assert network[1][0].delta == target - network[1][0].output
        assert math.isfinite(network[1][0].incoming[0].gradient)


@pytest.mark.parametrize("net", [40.0, 800.0, 1e4, 1e308])
def test_categorical_cross_entropy_is_finite_for_any_nets_of_a_softmax(net):
    for targets, wanted in (([1, 0], 0), ([0, 1], net), ([0.5, 0.5], net / 2)):
        network = Network(
            1, 2, output_activation="softmax", loss="categorical_cross_entropy", bias=False, weights=[net, 0]
        )
        outputs = network.forward([1])
        assert abs(network.backward(targets) - wanted) <= math.log(2)
        assert [neuron.delta for neuron in network[1]] == [target - output for target, output in zip(targets, outputs)]


@pytest.mark.parametrize(("net", "target", "value"), [(-40.0, 0.0, math.exp(-40)), (40.0, 0.0, 40.0)])
def test_binary_cross_entropy_keeps_its_digits_where_the_output_has_lost_them(net, target, value):
    # log(1 - 4e-18) from the output would be exactly 0; log(1 - 1.0) would be no number at all.
    network = Network(1, 1, loss="binary_cross_entropy", bias=False, weights=[net])
    network.forward([1])
    assert network.backward([target]) == value


def test_a_saturated_output_in_decimal_has_its_true_loss():
    network = Network(1, 1, loss="binary_cross_entropy", bias=False, weights=[500], kind=Decimal)
    network.forward([1])
    assert network[1][0].output == 1
    assert network.backward([0]) == 500
    assert network[1][0].delta == -1
    assert network[1][0].error == Decimal("-Infinity")


@pytest.mark.parametrize("name", CROSS_ENTROPIES)
def test_a_cross_entropy_of_a_wrong_output_of_0_is_infinite_in_decimal_too(name):
    assert LOSSES[name].value(Decimal(1), Decimal(0)) == Decimal("Infinity")
    assert LOSSES[name].derivative(Decimal(1), Decimal(0)) == Decimal("-Infinity")


@given(net=st.integers(-240, 240).map(lambda eighths: eighths / 8), sixteenths=st.integers(0, 16))
def test_the_value_from_the_net_is_the_value_from_the_output(net, sixteenths):
    target = sixteenths / 16
    network = Network(1, 1, loss="binary_cross_entropy", bias=False, weights=[net], kind=Decimal)
    with localcontext() as context:
        context.prec = 60
        network.forward([1])
        value = network.backward([target])
        # The formula of the docstring, from the output; 1 - output has lost at most 14 of the 60 digits at a net of 30.
        from_output = network.loss_function.value(Decimal(target), network[1][0].output)
        assert abs(value - from_output) <= Decimal("1E-44")


# Kinds of numbers.


@pytest.mark.parametrize("name", POLYNOMIAL)
@pytest.mark.parametrize("kind", [float, complex, Fraction, Decimal])
@pytest.mark.parametrize("output", [-3, 0, 1, 2])
def test_a_loss_and_its_slope_are_of_the_kind_of_its_output(name, kind, output):
    loss = LOSSES[name]
    assert type(loss.value(kind(1), kind(output))) is kind
    assert type(loss.derivative(kind(1), kind(output)) / 3) is kind


def test_a_cross_entropy_refuses_fractions():
    with pytest.raises(NumberError, match="exact fractions"):
        LOSSES["binary_cross_entropy"].value(Fraction(1, 2), Fraction(1, 3))


@pytest.mark.parametrize("name", POLYNOMIAL)
def test_a_decimal_loss_agrees_with_the_float_one(name):
    target, output = Decimal("0.99"), Decimal("-0.75")
    # Two operations, each rounded, on numbers of a few units.
    assert abs(float(LOSSES[name].value(target, output)) - LOSSES[name].value(0.99, -0.75)) <= 8 * EPSILON


# Misfits.


@pytest.mark.parametrize("activation", [name for name in ACTIVATIONS if name != "softmax"])
def test_categorical_cross_entropy_refuses_outputs_that_do_not_add_up_to_1(activation):
    with pytest.raises(DataError) as caught:
        Network(2, 3, activation=activation, loss="categorical_cross_entropy")
    assert str(caught.value) == (
        f"loss: categorical_cross_entropy needs outputs that add up to 1, as softmax makes them, but {activation} "
        "outputs do not; use output_activation='softmax', or binary_cross_entropy"
    )


def test_categorical_cross_entropy_refuses_a_single_output():
    with pytest.raises(DataError, match="needs 2 outputs or more, for softmax over a single one is always 1"):
        Network(2, 1, output_activation="softmax", loss="categorical_cross_entropy")


@pytest.mark.parametrize("activation", [name for name in ACTIVATIONS if name not in ("sigmoid", "softmax")])
def test_binary_cross_entropy_refuses_outputs_that_can_reach_0_and_1(activation):
    with pytest.raises(DataError) as caught:
        Network(2, 1, activation=activation, loss="binary_cross_entropy")
    assert str(caught.value).startswith("loss: binary_cross_entropy takes the logarithms of output and 1 - output")
    assert f"but {activation} does not" in str(caught.value)


def test_binary_cross_entropy_sends_softmax_to_the_categorical_one():
    with pytest.raises(DataError, match="softmax outputs share one; use categorical_cross_entropy"):
        Network(2, 2, output_activation="softmax", loss="binary_cross_entropy")


def test_the_activation_of_hidden_neurons_is_no_misfit():
    assert Network(2, 3, 1, activation="tanh", output_activation="sigmoid", loss="binary_cross_entropy").check() is None


def test_every_other_pair_fits():
    pairs = fitting_pairs()
    assert len(pairs) == len(ACTIVATIONS) * len(POLYNOMIAL) + len(CROSS_ENTROPIES)
    assert {pair for pair in pairs if pair[1] in CROSS_ENTROPIES} == {
        ("sigmoid", "binary_cross_entropy"),
        ("softmax", "categorical_cross_entropy"),
    }


def test_an_output_activation_that_is_changed_by_hand_is_a_misfit_too():
    network = Network(2, 1, loss="binary_cross_entropy")
    network[1][0].activation = find_activation("tanh")
    with pytest.raises(DataError, match="tanh does not"):
        network.check()


def test_an_own_activation_is_believed_to_stay_between_0_and_1():
    own = Activation(
        "own", lambda net: (1 + net / (1 + abs(net))) / 2, lambda net, output: 1 / (2 * (1 + abs(net)) ** 2)
    )
    network = Network(1, 1, activation=own, loss="binary_cross_entropy", bias=False, weights=[3])
    assert network.forward([1]) == [0.875]
    assert network.backward([1]) == -math.log(0.875)
    assert network[1][0].error == 1 / 0.875
    assert network[1][0].delta == 1 / 0.875 / 32


def test_an_own_shared_activation_is_no_softmax():
    own = SharedActivation("own", list, lambda errors, outputs: list(errors))
    with pytest.raises(DataError, match="but own outputs do not"):
        Network(1, 2, output_activation=own, loss="categorical_cross_entropy")


# Targets.


@pytest.mark.parametrize("target", [-0.25, 1.25, -5e-324, 1 + EPSILON])
@pytest.mark.parametrize(
    ("loss", "activation"), [("binary_cross_entropy", "sigmoid"), ("categorical_cross_entropy", "softmax")]
)
def test_a_target_that_is_no_probability_is_refused_where_it_stands(loss, activation, target):
    network = Network(1, 2, output_activation=activation, loss=loss, seed=1)
    network.forward([1])
    with pytest.raises(DataError) as caught:
        network.backward([0, target])
    assert str(caught.value) == f"targets[1]: {loss} needs a target from 0 to 1, got {target!r}"
    with pytest.raises(DataError, match=rf"^targets\[2\]\[1\]: {loss} needs"):
        network.loss([[1]] * 3, [[0, 1], [1, 0], [0, target]])


@pytest.mark.parametrize("targets", [[0, 0], [1, 1], [0.25, 0.25], [0.5, 0.5 + 1e-11]])
def test_targets_that_do_not_add_up_to_1_are_refused_where_they_stand(targets):
    network = Network(1, 2, output_activation="softmax", loss="categorical_cross_entropy", seed=1)
    with pytest.raises(
        DataError, match=r"^targets\[1\]: categorical_cross_entropy needs targets that add up to 1, got"
    ):
        network.train([[1]] * 2, [[0, 1], targets], epochs=1)


def test_targets_may_miss_1_by_their_own_rounding():
    network = Network(1, 10, output_activation="softmax", loss="categorical_cross_entropy", weights="zeros")
    network.forward([1])
    # Ten tenths add up to 1 - 1.1e-16; the loss is log(10) but for the roundings of ten terms.
    assert abs(network.backward([0.1] * 10) - math.log(10)) <= 20 * EPSILON


@pytest.mark.parametrize("name", POLYNOMIAL)
def test_a_loss_without_probabilities_takes_any_target(name):
    network = Network(1, 1, loss=name, seed=1)
    network.forward([1])
    assert network.backward([-1e6]) > 1e5


# Names, and a loss of the user's own.


@pytest.mark.parametrize("name", ["mse", "", "Huber", None, 3, True, ["huber"]])
def test_an_unknown_loss_is_refused_with_the_known_names(name):
    with pytest.raises(UnknownNameError) as caught:
        Network(2, 1, loss=name)
    assert str(caught.value) == f"loss: unknown {name!r}; known: {', '.join(LOSSES)}"


def test_every_name_of_the_documentation_is_known():
    assert list(LOSSES) == [*POLYNOMIAL, *CROSS_ENTROPIES]
    assert all(find_loss(name) is LOSSES[name] and LOSSES[name].name == name for name in LOSSES)


def test_the_article_s_loss_is_the_default():
    assert Network(2, 1).loss_function is losses.half_squared_error


def test_the_partners_are_sigmoid_and_softmax():
    canonical = {name: loss.canonical_activation for name, loss in LOSSES.items()}
    assert {name: found for name, found in canonical.items() if found is not None} == {
        "binary_cross_entropy": activations.sigmoid,
        "categorical_cross_entropy": activations.softmax,
    }


def test_the_repr_is_short():
    assert repr(LOSSES["huber"]) == "Loss('huber')"
    assert repr(LOSSES["binary_cross_entropy"]) == "BinaryCrossEntropy('binary_cross_entropy')"


@pytest.mark.parametrize(("average", "loss", "error"), [(False, 17, -4), (True, 17 / 2, -2)])
def test_an_own_loss_stands_wherever_a_name_does(average, loss, error):
    fourth = Loss(
        "fourth",
        lambda target, output: (output - target) ** 4,
        lambda target, output: 4 * (output - target) ** 3,
        average=average,
    )
    network = Network(1, 2, activation="linear", loss=fourth, bias=False, weights=[3, 1])
    network.forward([1])
    assert network.backward([1, 0]) == loss
    assert [neuron.error for neuron in network[1]] == [8 * error, error]


def test_a_saved_network_is_read_with_its_own_loss():
    own = Loss("own", lambda target, output: (output - target) ** 4, lambda target, output: 4 * (output - target) ** 3)
    network = Network(2, 3, 1, loss=own, seed=1)
    assert Network.from_json(network.to_json(), losses=[own]).loss_function is own
    assert network.copy().loss_function is own
