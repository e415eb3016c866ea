"""One step as a record: formula, terms, numbers and sentence, on the example that many have worked by hand."""

import pytest
from moments import steps_of_mazur


def test_the_first_step_is_the_net_of_the_first_hidden_neuron():
    step = next(steps_of_mazur())
    assert (step.phase, step.kind, step.neuron.name, step.synapse, step.name) == ("forward", "net", "h1", None, "h1")
    assert step.symbols == (
        "net(h1) = weight(b1 -> h1) * 1 + weight(i1 -> h1) * output(i1) + weight(i2 -> h1) * output(i2)"
    )
    assert step.numbers == "0.35 * 1.0 + 0.15 * 0.05 + 0.2 * 0.1"
    assert (step.value, step.before) == (0.3775, None)
    assert step.sentence == "h1 adds up what comes in: its net is 0.3775."


def test_the_terms_of_a_net_know_their_synapse_their_factors_and_the_sum_so_far():
    steps = steps_of_mazur()
    step = next(steps)
    assert [term.owner for term in step.terms] == steps.network[1][0].incoming
    assert [[factor.value for factor in term.factors] for term in step.terms] == [[0.35, 1], [0.15, 0.05], [0.2, 0.1]]
    assert [factor.symbols for factor in step.terms[1].factors] == ["weight(i1 -> h1)", "output(i1)"]
    assert [term.value for term in step.terms] == [0.35, 0.15 * 0.05, 0.2 * 0.1]
    assert [term.total for term in step.terms] == [0.35, 0.35 + 0.15 * 0.05, 0.3775]


def test_by_term_each_product_comes_before_its_sum_and_says_the_sum_so_far():
    steps = steps_of_mazur(by="term")
    first = [next(steps) for _ in range(4)]
    assert [(step.kind, step.name) for step in first] == [
        ("term", "b1 -> h1"),
        ("term", "i1 -> h1"),
        ("term", "i2 -> h1"),
        ("net", "h1"),
    ]
    assert [step.before for step in first[:3]] == [0, 0.35, 0.35 + 0.15 * 0.05]
    assert first[1].sentence == "weight(i1 -> h1) * output(i1) is 0.0075; the sum so far is 0.3575."


def test_the_gradients_of_a_neuron_are_cleared_with_its_last_update():
    steps = steps_of_mazur()
    h1 = steps.network[1][0]
    for step in steps:
        if step.name == "i1 -> h1" and step.kind == "weight":
            assert all(synapse.gradient for synapse in h1.incoming)
        if step.name == "i2 -> h1" and step.kind == "weight":
            break
    assert [synapse.gradient for synapse in h1.incoming] == [0, 0, 0]
    assert all(synapse.gradient for synapse in steps.network[1][1].incoming)


def test_the_steps_of_one_sample_come_in_the_order_of_the_walk():
    told = [(step.phase, step.kind, step.name) for step in steps_of_mazur()]
    forward = [("forward", kind, name) for name in ("h1", "h2", "o1", "o2") for kind in ("net", "output")]
    deltas = [("backward", kind, name) for name in ("o1", "o2", "h1", "h2") for kind in ("error", "delta")]
    synapses = [f"{source} -> {end}" for end in ("h1", "h2") for source in ("b1", "i1", "i2")]
    synapses += [f"{source} -> {end}" for end in ("o1", "o2") for source in ("b2", "h1", "h2")]
    gradients = [("backward", "gradient", name) for name in synapses]
    weights = [("update", "weight", name) for name in synapses if not name.startswith("b")]
    assert told == [*forward, ("backward", "loss", ""), *deltas, *gradients, *weights]


@pytest.mark.parametrize(
    ("kind", "name", "symbols", "value"),
    [
        ("output", "h1", "sigmoid(net(h1)) = 1 / (1 + exp(-net(h1)))", 0.593269992),
        ("error", "o1", "-(output(o1) - target(o1))", -0.74136507),
        ("delta", "o1", "error(o1) * (output(o1) * (1 - output(o1)))", -0.138498562),
        ("error", "h1", "weight(h1 -> o1) * delta(o1) + weight(h1 -> o2) * delta(o2)", -0.036350306),
        ("gradient", "h1 -> o1", "-delta(o1) * output(h1)", 0.082167041),
        ("weight", "h1 -> o1", "weight(h1 -> o1) - learning_rate * gradient(h1 -> o1)", 0.35891648),
    ],
)
def test_a_formula_reads_like_the_book(kind, name, symbols, value):
    [step] = [step for step in steps_of_mazur() if (step.kind, step.name) == (kind, name)]
    title = f"new {kind}({name})" if kind == "weight" else f"{kind}({name})"
    assert step.symbols == f"{title} = {symbols}"
    assert step.value == pytest.approx(value, abs=5e-10)


def test_a_step_prints_its_formula_twice_and_the_result():
    step = steps_of_mazur()[1]
    assert str(step).splitlines() == [
        "output(h1) = sigmoid(net(h1)) = 1 / (1 + exp(-net(h1)))",
        "    = 1 / (1 + exp(-0.3775))",
        "    = 0.5932699921071872",
    ]
