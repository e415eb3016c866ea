"""Both engines give the same bits, whatever the settings."""

from hypothesis import given
from hypothesis import strategies as st
from toolbox import ENGINES, FIVE, WANTED, bits, told

from neuronet import Network
from neuronet.optimizers import RPROP, SGD, Adam, Momentum, Nesterov, RMSProp
from neuronet.training import CosineSchedule, StepSchedule


@st.composite
def toolboxes(draw):
    """A network's settings and those of its training."""
    clips = {
        "clip_norm": draw(st.sampled_from([None, 0.01, 0.3])),
        "clip_value": draw(st.sampled_from([None, 0.005, 0.2])),
    }
    optimizer = draw(
        st.sampled_from([SGD, Momentum, Nesterov, RMSProp, Adam, RPROP]).flatmap(lambda kind: st.just(kind(**clips)))
    )
    network = {
        "activation": draw(st.sampled_from(["tanh", "sigmoid", "relu", "leaky_relu", "elu", "softsign"])),
        "loss": draw(st.sampled_from(["half_squared_error", "binary_cross_entropy", "huber"])),
        "l1": draw(st.sampled_from([0, 0.01])),
        "l2": draw(st.sampled_from([0, 0.1])),
        "dropout": draw(st.sampled_from([0, 0.3, (0.5, 0), (0.2, 0.6)])),
        "bias": draw(st.booleans()),
        "seed": draw(st.integers(0, 99)),
    }
    size = draw(st.sampled_from([5, 8])) if optimizer.full_batch else draw(st.sampled_from([1, 2, 3, 5]))
    training = {
        "batch_size": size,
        "shuffle": draw(st.booleans()),
        "schedule": draw(st.sampled_from([None, StepSchedule(2), CosineSchedule(6)])),
        "plateau": draw(st.sampled_from([None, 2])),
        "until_accuracy": draw(st.sampled_from([None, 1])),
        "validation": draw(st.sampled_from([None, (FIVE[1:3], WANTED[1:3])])),
    }
    if training["validation"]:
        training["early_stopping"] = draw(st.sampled_from([None, 2]))
    frozen = draw(st.integers(0, 20))
    return network, optimizer, training, frozen


@given(toolboxes())
def test_both_engines_give_the_same_bits(toolbox):
    settings, optimizer, training, frozen = toolbox
    found = []
    for engine in ENGINES:
        network = Network(2, 3, 2, 1, output_activation="sigmoid", **settings)
        if frozen < len(network.synapses):
            network.synapses[frozen].frozen = True
        looked = []
        histories = [
            network.train(FIVE, WANTED, epochs=4, optimizer=optimizer, engine=engine, **training),
            network.train(
                *(FIVE, WANTED),
                epochs=3,
                validation=training["validation"],
                resume=True,
                callback=lambda epoch, network=network, looked=looked: looked.append(bits(network)),
                engine=engine,
            ),
        ]
        assert {history.engine for history in histories} == {engine}
        found.append((bits(network), [told(history) for history in histories], looked))
    assert found[0] == found[1]
