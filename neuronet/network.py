"""The network: layers of neurons in order, the three walks over them, and the rooms of the library bound together.

Forward, backward, update: each walk is an explicit loop over the objects, and the three never mix. Everything else
here hands the work to the room it belongs to: `wiring`, `initial`, `training`, `store`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import deepcopy
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any, Optional, TypeVar, Union

from neuronet import store, training, validate
from neuronet.activations import AnyActivation
from neuronet.draw.table import table
from neuronet.dropout import dropout_layers
from neuronet.errors import DataError, GraphError, NeuronetError, UnknownNameError
from neuronet.graph import Layer, Neuron, Synapse
from neuronet.initializers import draw_weights
from neuronet.losses import Loss, find_loss
from neuronet.optimizers import SGD, Optimizer
from neuronet.regularization import Penalty
from neuronet.scalar import Number
from neuronet.snapshot import neurons_kept
from neuronet.training.interrupt import interrupt_deferred
from neuronet.training.schedules import Schedule
from neuronet.training.settings import Given, Samples, checked, generator_of, refuse_own_updates, step_size
from neuronet.wiring import (
    dropout_rates,
    in_walking_order,
    join_neighbours,
    refuse_broken,
    rows_of_neurons,
    sizes_of,
    sort_synapses,
)

if TYPE_CHECKING:
    from neuronet.diagnosis import Diagnosis
    from neuronet.engines.programs import Unrolled
    from neuronet.engines.unrolled import Programs
    from neuronet.stepping.steps import Steps

Self = TypeVar("Self", bound="Network")

ENGINES = ("auto", "walk", "unrolled")
"""What can do the work in `Network.train`, `predict_all` and `loss`."""
PROGRAMS = ("steps", "batches", "outputs", "loss")
"""What a network can be unrolled to."""


class Network:
    """A neural network of plain objects: `network[1][0]` is the first hidden neuron.

    shape: the number of neurons in each layer, inputs first: `Network(2, 4, 1)` or `Network("2-4-1")`. Or `Layer`
        objects that the caller has wired with `Synapse(source, destination, weight)`; they keep their weights.
    activation: that of the hidden neurons, a name or an `Activation`; see `neuronet.activations`.
    output_activation: that of the output neurons; None takes the same.
    loss: the number that training lowers, a name or a `Loss`; see `neuronet.losses`.
    bias: whether each row of neurons has a bias neuron, one that is always 1; False builds the article's own network.
    weights: how the initial weights are drawn: "uniform" (-1 to 1), "glorot", "he", "zeros", or a flat list of them.
    seed: an int, 0 or more; the same seed gives the same weights and the same order in training on every Python.
    rng: a `random.Random` to draw from instead.
    kind: the kind of number that flows: float, or Fraction, Decimal, complex, a class of one's own.
    l1, l2: a penalty on the weights, part of the loss: l1 * |weight| + l2 / 2 * weight^2 for each weight that is no
        bias; 0 or more. See `neuronet.regularization`.
    dropout: the rate at which hidden neurons are silent in training, drawn anew for each sample, 0 or more, below
        1; or one for each hidden layer. See `neuronet.dropout`.

    Raises NeuronetError, saying which argument and why, for anything that cannot be built.

    >>> network = Network(2, 4, 1, seed=1)
    >>> network
    Network(2, 4, 1)
    >>> network[1][0].incoming[1]
    Synapse('i1' -> 'h1', weight=-0.7313)
    """

    neuron_class: type[Neuron] = Neuron
    """What neurons are made of; a subclass may put a neuron class of its own here."""
    synapse_class: type[Synapse] = Synapse
    """What synapses are made of; a subclass may put a synapse class of its own here."""

    def __init__(
        self,
        *shape: Union[int, str, Layer],
        activation: Union[str, AnyActivation] = "sigmoid",
        output_activation: Union[str, AnyActivation, None] = None,
        loss: Union[str, Loss] = "half_squared_error",
        bias: bool = True,
        weights: Union[str, Sequence[Number]] = "uniform",
        seed: Optional[int] = None,
        rng: Optional[Random] = None,
        kind: validate.Kind = float,
        l1: Number = 0,
        l2: Number = 0,
        dropout: Union[float, Sequence[float]] = 0,
    ) -> None:
        if not callable(kind):
            raise DataError(f"kind: expected a kind of number, such as float or Fraction, got {kind!r}")
        self.kind = kind
        self.rng = generator_of(seed, rng) or Random()
        self.loss_function = find_loss(loss)
        self.penalty = Penalty.of(l1, l2, kind)
        self.optimizer: Optimizer = SGD()
        self.training_state: Optional[training.TrainingState] = None
        self.kept_keys: Any = None
        wired = bool(shape) and all(isinstance(layer, Layer) for layer in shape)
        if wired:
            if dropout:
                raise DataError("dropout: expected none beside layers of the caller's own; make one a DropoutLayer")
            self.layers: tuple[Layer, ...] = tuple(shape)  # type: ignore[arg-type]
            sort_synapses(in_walking_order(self.layers))
        else:
            if not isinstance(bias, bool):
                raise DataError(f"bias: expected True or False, got {bias!r}")
            functions = activation, activation if output_activation is None else output_activation
            sizes = sizes_of(shape)
            self.layers = rows_of_neurons(sizes, functions, bias, self.neuron_class, dropout_rates(dropout, sizes))
            join_neighbours(self.layers, self.synapse_class)
        self.computing = tuple(neuron for layer in self.layers[1:] for neuron in layer)
        self._programs: Optional[Programs] = None
        self.check()
        for layer in self.layers[1:]:
            if layer.bias is not None:
                layer.bias.output = kind(1)
        if not wired:
            self.weights = draw_weights(weights, self.synapses, self.rng) if isinstance(weights, str) else weights
            for synapse in self.synapses:
                synapse.initial = synapse.weight
            for layer in dropout_layers(self.layers):
                layer.rng = Random(self.rng.getrandbits(64))

    # The three walks. What comes in is believed here: `forward`, `backward` and `update` below ask at the door.

    def propagate(self, inputs: Sequence[Number]) -> None:
        """The forward walk: every neuron's net and output, layer by layer."""
        for neuron, value in zip(self.layers[0].neurons, inputs):
            neuron.output = value
        for layer in self.layers[1:]:
            layer.forward()

    def backpropagate(self, targets: Sequence[Number]) -> Number:
        """The backward walk: every error and delta, from the last layer to the first hidden one, then every
        synapse's gradient; returns the loss of the sample.
        """
        output_layer = self.layers[-1]
        output_layer.backward_from(targets, self.loss_function)
        for layer in self.layers[-2:0:-1]:
            layer.backward()
        for neuron in self.computing:
            neuron.add_gradients()
        return self.loss_function.of_sample(targets, output_layer.neurons)

    def add_penalty(self) -> None:
        """Add to each gradient the slope of the penalty on that weight, if there is one: once before each update."""
        if self.penalty is not None:
            for synapse in self.synapses:
                if not synapse.source.is_bias:
                    synapse.gradient += self.penalty.derivative(synapse.weight)

    def penalty_loss(self) -> Number:
        """What the penalty on the weights adds to the mean loss of a data set; 0 where there is none."""
        total = 0
        if self.penalty is not None:
            for synapse in self.synapses:
                if not synapse.source.is_bias:
                    total += self.penalty.value(synapse.weight)
        return total

    def apply_gradients(self, learning_rate: Number) -> None:
        """The update: every synapse that is not frozen takes its step, and its gradient is cleared."""
        zero, optimizer = self.kind(0), self.optimizer
        if optimizer.clips:
            optimizer.clip(self.synapses)
        for neuron in self.computing:
            if optimizer.is_plain:
                neuron.update_weights(learning_rate)
            else:
                optimizer.update_weights(neuron, learning_rate)
            neuron.clear_gradients(zero)

    def average_gradients(self, samples: int) -> None:
        """Turn every synapse's summed gradient into its mean over a batch of samples."""
        for synapse in self.synapses:
            synapse.gradient = synapse.gradient / samples

    def clear_gradients(self) -> None:
        """Forget every synapse's gradient."""
        zero = self.kind(0)
        for neuron in self.computing:
            neuron.clear_gradients(zero)

    # The same walks by hand, with a look at what comes in.

    def forward(self, inputs: Sequence[Number]) -> list[Number]:
        """Walk forward and leave `net` and `output` on every neuron.

        inputs: one finite number for each input neuron, in order.

        Returns the outputs, one for each output neuron. Raises DataError for anything else, before it walks.
        """
        self.propagate(validate.row(inputs, len(self.layers[0]), "inputs", self.kind))
        return self.outputs()

    def backward(self, targets: Sequence[Number]) -> Number:
        """Walk backward from the outputs of the last `forward`: leave `error` and `delta` on every neuron beyond the
        inputs, and add the sample's gradient to that of every synapse.

        targets: the value wanted at each output neuron, in order.

        Returns the loss of the sample, before any update. Raises DataError for targets that do not fit, and where
        `forward` has not been called.
        """
        wanted = validate.row(targets, len(self.layers[-1]), "targets", self.kind)
        self.loss_function.refuse_targets(wanted, "targets")
        if self.layers[-1].neurons[0].output is None:
            raise DataError("backward: expected a forward walk before it, but the outputs are not known yet")
        return self.backpropagate(wanted)

    def update(self, learning_rate: Optional[float] = None) -> None:
        """Apply the gradients summed since the last update, weight -= learning_rate * gradient, and clear them.

        learning_rate: above 0; None takes that of the optimizer, 0.5 for plain gradient descent. DataError otherwise.

        Another optimizer than plain gradient descent, `network.optimizer`, does with the gradients what it says.
        """
        rate = step_size(self.optimizer.learning_rate if learning_rate is None else learning_rate, self.kind)
        refuse_own_updates(self, self.optimizer)
        self.optimizer.prepare(self.synapses, rate, self.kind)
        self.add_penalty()
        self.apply_gradients(rate)

    def steps(
        self,
        inputs: Sequence[Number],
        targets: Sequence[Number],
        learning_rate: Optional[float] = None,
        *,
        by: str = "neuron",
    ) -> Steps:
        """The three walks over one sample, to be taken one step at a time: `for step in network.steps(...)`.

        inputs, targets: as in `forward` and `backward`.
        learning_rate: as in `update`; None leaves the update out.
        by: how much a step holds: "term", also each part of a sum; "neuron", one number of a neuron or synapse;
            "layer", "phase" or "sample", groups of these.

        Returns an iterator over `Step` records: formula, numbers, value and a sentence. Each step sets its number on
        the real objects when it is taken, and `back` takes it away again. Asking alone changes nothing.

        Raises DataError for a sample or learning rate that does not fit, UnknownNameError for an unknown `by`,
        NumberError for a network of another kind of number than float.
        """
        from neuronet.stepping.steps import Steps

        self.check()
        given = validate.row(inputs, len(self.layers[0]), "inputs", self.kind)
        wanted = validate.row(targets, len(self.layers[-1]), "targets", self.kind)
        self.loss_function.refuse_targets(wanted, "targets")
        return Steps(self, given, wanted, None if learning_rate is None else step_size(learning_rate, self.kind), by)

    def outputs(self) -> list[Number]:
        """What the output neurons show now, in order."""
        return [neuron.output for neuron in self.layers[-1].neurons]

    def predict(self, inputs: Sequence[Number]) -> list[Number]:
        """The outputs for one sample, one for each output neuron; nothing stays behind on the neurons.

        inputs: one finite number for each input neuron, in order. DataError otherwise.
        """
        with neurons_kept(self.neurons):
            return self.forward(inputs)

    def predict_all(self, inputs: Sequence[Sequence[Number]], *, engine: str = "auto") -> list[list[Number]]:
        """The outputs for each of many samples, in order; as `predict`. DataError names the row that does not fit.

        engine: as in `train`.
        """
        return self.all_outputs(validate.rows(inputs, len(self.layers[0]), "inputs", self.kind), engine)

    def all_outputs(self, rows: Sequence[Sequence[Number]], engine: str = "auto") -> list[list[Number]]:
        """As `predict_all`, for rows that have been checked."""
        program = self._program(engine, "outputs", len(rows))
        outputs: Optional[list[list[Number]]] = None if program is None else program.tried(rows)
        if outputs is not None:
            return outputs
        outputs = []
        with neurons_kept(self.neurons):
            for row in rows:
                self.propagate(row)
                outputs.append(self.outputs())
        return outputs

    def loss(
        self, inputs: Sequence[Sequence[Number]], targets: Sequence[Sequence[Number]], *, engine: str = "auto"
    ) -> Number:
        """The mean loss of a data set, with the penalty on the weights if there is one; nothing stays behind.

        inputs, targets: a row for each sample. DataError names the row that does not fit.
        engine: as in `train`.
        """
        return self.mean_loss(*self.checked_samples(inputs, targets), engine)

    def mean_loss(
        self, input_rows: Sequence[Sequence[Number]], target_rows: Sequence[Sequence[Number]], engine: str = "auto"
    ) -> Number:
        """As `loss`, for rows that have been checked."""
        program = self._program(engine, "loss", len(input_rows))
        if program is not None:
            found = program.tried([[*row, *wanted] for row, wanted in zip(input_rows, target_rows)], 0.0)
            if found is not None:
                return found / len(input_rows) + self.penalty_loss()
        total = 0
        with neurons_kept(self.neurons):
            for input_row, target_row in zip(input_rows, target_rows):
                self.propagate(input_row)
                total += self.loss_function.of_sample(target_row, self.layers[-1].neurons)
        return total / len(input_rows) + self.penalty_loss()

    # Training.

    def train(
        self,
        inputs: Sequence[Sequence[Number]],
        targets: Sequence[Sequence[Number]],
        *,
        epochs: int,
        learning_rate: Optional[float] = None,
        batch_size: Optional[int] = None,
        shuffle: Optional[bool] = None,
        seed: Optional[int] = None,
        rng: Optional[Random] = None,
        optimizer: Union[str, Optimizer, None] = None,
        schedule: Optional[Schedule] = None,
        validation: Any = None,
        early_stopping: Optional[int] = None,
        plateau: Optional[int] = None,
        min_delta: Optional[float] = None,
        until_loss: Optional[float] = None,
        until_accuracy: Optional[float] = None,
        time_limit: Optional[float] = None,
        callback: Optional[Callable[[training.Epoch], Any]] = None,
        checkpoint: Union[str, os.PathLike[str], Callable[[], Any], None] = None,
        checkpoint_every: int = 1,
        resume: bool = False,
        engine: str = "auto",
    ) -> training.History:
        """Train from the present weights on, by gradient descent, and return what happened in each epoch.

        inputs, targets: a row for each sample.
        epochs: how many times to go over all samples, 1 or more.
        learning_rate: the length of a step, above 0; None takes that of the optimizer, 0.5 for plain gradient descent.
        batch_size: how many samples an update takes together, with the mean of their gradients. 1, online training,
            where not given; len(inputs) is the full batch of the article's code.
        shuffle: whether each epoch takes the samples in a new order; True where not given.
        seed, rng: where that order comes from; by default the network's own generator, so that two calls of 5 epochs
            are one of 10.
        optimizer: what an update does, a name or an `Optimizer` (see `neuronet.optimizers`), which the network keeps;
            None takes the one it has, at first "sgd".
        schedule: a function of the epoch and the learning rate that returns the rate of that epoch, such as
            `CosineSchedule(epochs)`; see `neuronet.training.schedules`.
        validation: a data set, or (inputs, targets), that is not trained on; its loss is measured after each epoch.
        early_stopping: stop when the validation loss has not fallen for so many epochs, and in any case go back to
            the weights where it was lowest.
        plateau: stop when the loss has not fallen for so many epochs.
        min_delta: by how much it must fall to have fallen, for both; 0 where not given.
        until_loss: stop after an epoch whose mean loss is at most this, 0 or more.
        until_accuracy: stop after an epoch that leaves at least this share of the samples answered rightly, above 0,
            at most 1: of those for validation, or else of those trained on.
        time_limit: stop before the first step that would begin after so many seconds, above 0.
        callback: called with the `Epoch` record after each epoch; training stops where it returns True. One with an
            attribute `needs_network` that is False neither looks at the network nor changes it, which saves time.
        checkpoint: a file to save the network to after every `checkpoint_every` epochs, or a function that does it.
        resume: go on with the training that the network has had, whose course is saved with it: what is not said is
            as it was, epochs count on, and the numbers are those of a training that never stopped.
        engine: "walk" goes over the objects, "unrolled" runs the same walk recorded as straight-line code, with the
            same numbers to the last bit, and "auto" takes whichever should be quicker; see `unrolled`.

        Ctrl-C stops between two steps and keeps the weights; the history says "interrupted".

        Raises DataError before anything is changed for an argument or sample that cannot be right; TrainingError
        when the loss or a weight becomes infinite or NaN, with the weights back to where that epoch began;
        RecordingError where "unrolled" is asked for and the walk cannot be recorded. What a formula or callback of
        the caller's own raises comes through, with the weights of the last whole step.
        """
        given = Given(
            epochs=epochs,
            learning_rate=learning_rate,
            batch_size=batch_size,
            shuffle=shuffle,
            seed=seed,
            rng=rng,
            optimizer=optimizer,
            schedule=schedule,
            validation=validation,
            early_stopping=early_stopping,
            plateau=plateau,
            min_delta=min_delta,
            until_loss=until_loss,
            until_accuracy=until_accuracy,
            time_limit=time_limit,
            callback=callback,
            checkpoint=checkpoint,
            checkpoint_every=checkpoint_every,
            resume=resume,
        )
        samples = self.checked_samples(inputs, targets)
        settings, course, optimizer = checked(self, len(samples[0]), given)
        self.check()
        with interrupt_deferred() as interrupted:
            runner = self._begin(samples, settings, course, optimizer, engine)
            self.clear_gradients()
            try:
                return training.Training(self, runner, samples, settings, engine, interrupted=interrupted).run()
            finally:
                self.clear_gradients()

    def _begin(
        self,
        samples: Samples,
        settings: training.Settings,
        course: training.TrainingState,
        optimizer: Optimizer,
        engine: str,
    ) -> training.Engine:
        """Put the network on a course, and find what goes along it; where there is nothing, all is as it was."""
        before = self.optimizer, self.training_state, self.weights, [synapse.optimizer_state for synapse in self.synapses]
        self.optimizer, self.training_state = optimizer, course
        try:
            if type(optimizer) is not type(before[0]):
                for synapse in self.synapses:
                    synapse.optimizer_state = None
            optimizer.prepare(self.synapses, course.learning_rate, self.kind)
            if course.last_weights is not None:
                self.weights, course.last_weights = course.last_weights, None
            what = "steps" if course.batch_size == 1 else "batches"
            find = partial(self._program, engine, what, settings.epochs * len(samples[0]))
            program = find()
        except BaseException:  # an optimizer of the caller's own may raise anything
            self.optimizer, self.training_state, self.weights = before[:3]
            for synapse, memory in zip(self.synapses, before[3]):
                synapse.optimizer_state = memory
            raise
        walk = training.WalkEngine(self, samples[0], samples[1], course.batch_size)
        if program is None:
            return walk
        from neuronet.engines.unrolled import UnrolledEngine

        return UnrolledEngine(walk, find, program, watched=settings.time_limit is not None)

    def unrolled(self, what: str = "steps") -> Unrolled:
        """The walk as straight-line Python, recorded from this very network: print it, it reads like the network.

        what: "steps", online training, sample by sample; "batches", training in batches; "outputs", predicting; or
            "loss", measuring.

        Raises UnknownNameError for anything else, RecordingError where the walk cannot be recorded.
        """
        if what not in PROGRAMS:
            raise UnknownNameError(f"what: unknown {what!r}; known: {', '.join(PROGRAMS)}")
        self.check()
        return self._program("unrolled", what, 0)  # type: ignore[return-value]

    def diagnose(
        self,
        inputs: Sequence[Sequence[Number]],
        targets: Sequence[Sequence[Number]],
        *,
        history: Optional[training.History] = None,
        learning_rate: Optional[float] = None,
    ) -> Diagnosis:
        """Why does it not learn? Look for known faults of the samples, the graph, the slopes and the training.

        inputs, targets: a row for each sample, those to train on.
        history: what `train` returned; without it nothing is said about how the loss went.
        learning_rate: above 0; a few steps of this rate are tried on a copy. Without it none are.

        Returns a `Diagnosis`, a sequence of findings, empty and true where nothing was found. Once at most a tenth
        of the samples are far from their targets, the network has learned, and only faults of the samples are
        reported. Nothing stays behind: neurons, weights, gradients and generator are as before.

        Raises DataError for samples or settings that cannot be right, and for a network of another kind than float;
        GraphError for a broken graph. What a formula of the caller's own raises comes through.
        """
        from neuronet.diagnosis.diagnose import diagnose

        self.check()
        return diagnose(self, *self.checked_samples(inputs, targets), history, learning_rate)

    def reset(self) -> None:
        """Go back to the very weights that the network was born with; forget gradients and what training has left."""
        for synapse in self.synapses:
            synapse.weight = synapse.initial
            synapse.optimizer_state = None
        self.training_state = None
        self.clear_gradients()

    # The graph.

    @property
    def neurons(self) -> list[Neuron]:
        """Every neuron in walking order: layer by layer, the bias neuron of a row before the row."""
        return in_walking_order(self.layers)

    @property
    def synapses(self) -> list[Synapse]:
        """Every synapse in walking order: destination by destination, the bias first, then by source."""
        return [synapse for layer in self.layers for neuron in layer.neurons for synapse in neuron.incoming]

    @property
    def weights(self) -> list[Number]:
        """Every weight, flat, in the order of `synapses`. Settable; DataError where the list does not fit."""
        return [synapse.weight for synapse in self.synapses]

    @weights.setter
    def weights(self, weights: Sequence[Number]) -> None:
        synapses = self.synapses
        for synapse, weight in zip(synapses, validate.row(weights, len(synapses), "weights", self.kind)):
            synapse.weight = weight

    def neuron(self, name: str) -> Neuron:
        """The neuron of this name. UnknownNameError, listing the names, where there is none."""
        for neuron in self.neurons:
            if neuron.name == name:
                return neuron
        known = ", ".join(neuron.name for neuron in self.neurons[:20])
        raise UnknownNameError(f"neuron: unknown {name!r}; known: {known}{' ...' if len(self.neurons) > 20 else ''}")

    def connect(self, source: Union[Neuron, str], destination: Union[Neuron, str], weight: Number = 0) -> Synapse:
        """Add a synapse from one neuron to another of a later layer, and return it.

        source, destination: neurons of this network, or their names. The source may be a bias neuron.
        weight: a finite number.

        Raises GraphError, and adds nothing, where it would lead backward, stay in its layer, lead to an input or
        bias neuron, join two neurons that are joined already, or be a neuron's second bias.
        """
        begin, end = self._own(source, "source"), self._own(destination, "destination")
        strength = validate.number(weight, "weight", self.kind)
        if any(synapse.destination is end for synapse in begin.outgoing):
            raise GraphError(f"{begin.name} -> {end.name}: expected two neurons that are not joined yet")
        synapse = self.synapse_class(begin, end, strength)
        sort_synapses(self.neurons)
        try:
            self.check()
        except NeuronetError:
            self._cut(synapse)
            raise
        return synapse

    def disconnect(self, synapse: Synapse) -> None:
        """Cut a synapse of this network. GraphError where it is not one."""
        if not any(synapse is own for own in self.synapses):
            raise GraphError(f"{synapse!r}: expected a synapse of this network")
        self._cut(synapse)

    def check(self) -> None:
        """Raise GraphError unless every invariant of the graph holds (`wiring.refuse_broken` lists them), and
        DataError where the loss does not fit the output activation.
        """
        refuse_broken(self.layers)
        if list(self.computing) != [neuron for layer in self.layers[1:] for neuron in layer]:
            raise GraphError("layers: expected the neurons that the network was built with; make a Network(*layers)")
        self.loss_function.refuse_misfit([neuron.activation for neuron in self.layers[-1]])

    # Keeping.

    def copy(self: Self) -> Self:
        """A network of its own with the same weights, wiring and generator; its neurons have not walked yet."""
        return self.convert(self.kind)

    def convert(self: Self, kind: validate.Kind) -> Self:
        """A copy whose weights are numbers of another kind, such as Fraction, Decimal or complex.

        kind: a type or function that makes such a number from a number.

        Raises FormatError where a weight cannot be turned into one.
        """
        twin = store.build(type(self), store.describe(self), kind, self._own_functions())
        twin._take_training_state(self._course_and_generators())
        if twin.training_state is not None:
            twin.training_state = twin.training_state.converted(kind)
        return twin

    def to_json(self) -> str:
        """The network as JSON text; floats keep every bit. FormatError for a network of another kind of number."""
        return store.to_json(self)

    @classmethod
    def from_json(
        cls: type[Self],
        text: Union[str, bytes],
        *,
        activations: Iterable[AnyActivation] = (),
        losses: Iterable[Loss] = (),
        optimizers: Iterable[Optimizer] = (),
    ) -> Self:
        """The network that `to_json` wrote, on the course that its training was on.

        activations, losses, optimizers: those that the caller defined and the network uses, found by their names.

        Raises FormatError, naming the place in the document, for anything else.
        """
        return store.from_json(cls, text, activations, losses, optimizers)

    def save(self, path: Union[str, os.PathLike[str]]) -> None:
        """Write the network to a file, whole or not at all. OSError where that is not possible."""
        store.save(self, path)

    @classmethod
    def load(
        cls: type[Self],
        path: Union[str, os.PathLike[str]],
        *,
        activations: Iterable[AnyActivation] = (),
        losses: Iterable[Loss] = (),
        optimizers: Iterable[Optimizer] = (),
    ) -> Self:
        """Read a network from a file; as `from_json`. OSError where the file cannot be read."""
        return store.load(cls, path, activations, losses, optimizers)

    def __reduce__(self) -> Any:
        course = self._course_and_generators()
        return _unpickle, (type(self), store.describe(self), self.kind, self._own_functions(), course)

    def __copy__(self: Self) -> Self:
        return self.copy()

    def __deepcopy__(self: Self, memo: dict[int, Any]) -> Self:
        return self.copy()

    # Pictures. They look at the network and leave it as it was.

    def to_svg(
        self,
        *,
        values: bool = False,
        inputs: Optional[Sequence[Number]] = None,
        targets: Optional[Sequence[Number]] = None,
        learning_rate: Optional[float] = None,
        title: Optional[str] = None,
        width: Optional[float] = None,
        most_neurons: int = 12,
        most_layers: int = 9,
    ) -> str:
        """The network as an SVG picture: solid lines are weights above 0, dashed ones below; the wider, the larger.

        values: writes the numbers too: weights on their lines, net, output and delta at the neurons, as they are now.
        inputs: one number for each input neuron; the numbers are those of this sample. Implies values.
        targets: one number for each output neuron; adds deltas and a table of the gradients. Needs inputs.
        learning_rate: above 0; adds each weight after the step. Needs targets.
        title: the heading; None says the shape.
        width: how wide it is shown, in pixels, above 0; None takes what it needs.
        most_neurons, most_layers: how many neurons of a layer, and how many layers, are shown at most, 2 or more; the
            picture says how many it leaves out.

        The same network gives the same text. Raises DataError for arguments that do not fit.
        """
        from neuronet.draw.network_svg import network_svg

        return network_svg(
            self,
            values=values,
            inputs=inputs,
            targets=targets,
            learning_rate=learning_rate,
            title=title,
            width=width,
            most_neurons=most_neurons,
            most_layers=most_layers,
        )

    def to_text(self, *, unicode: bool = True, colour: bool = False) -> str:
        """The network for a terminal, neuron by neuron, its weights as numbers and bars; at most 80 columns.

        unicode: False takes ASCII only.
        colour: whether to colour the bars too, with the codes of a terminal.
        """
        from neuronet.draw.text import network_text

        return network_text(self, unicode=unicode, colour=colour)

    def to_dot(self) -> str:
        """The network in DOT, the language of Graphviz."""
        from neuronet.draw.markup import to_dot

        return to_dot(self)

    def to_mermaid(self) -> str:
        """The network as a Mermaid flowchart."""
        from neuronet.draw.markup import to_mermaid

        return to_mermaid(self)

    def _repr_svg_(self) -> str:
        return self.to_svg()

    # A first contact.

    def __len__(self) -> int:
        return len(self.layers)

    def __getitem__(self, position: Any) -> Any:
        return self.layers[position]

    def __iter__(self) -> Iterator[Layer]:
        return iter(self.layers)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(str(len(layer)) for layer in self.layers)})"

    def __str__(self) -> str:
        return table(self)

    def checked_samples(self, inputs: Any, targets: Any) -> tuple[list[list[Number]], list[list[Number]]]:
        """A data set that fits this network, checked."""
        checked = validate.samples(inputs, targets, len(self.layers[0]), len(self.layers[-1]), self.kind)
        for position, row in enumerate(checked[1]):
            self.loss_function.refuse_targets(row, f"targets[{position}]")
        return checked

    def _program(self, engine: str, what: str, samples: int) -> Optional[Unrolled]:
        """The program that does the work for so many samples, or None where the walk does; it may be recorded first."""
        if engine not in ENGINES:
            raise DataError(f"engine: expected one of {', '.join(ENGINES)}, got {validate.shown(engine)}")
        if engine == "walk":
            return None
        if self._programs is None:
            from neuronet.engines.unrolled import Programs

            self._programs = Programs(self)
        return self._programs.find(engine, what, samples)

    def _own(self, neuron: Union[Neuron, str], place: str) -> Neuron:
        found = self.neuron(neuron) if isinstance(neuron, str) else neuron
        if not any(found is own for own in self.neurons):
            raise GraphError(f"{place}: expected a neuron of this network or its name, got {neuron!r}")
        return found

    def _cut(self, synapse: Synapse) -> None:
        synapse.source.outgoing.remove(synapse)
        synapse.destination.incoming.remove(synapse)

    def _own_functions(self) -> store.Own:
        activations = {neuron.activation.name: neuron.activation for layer in self.layers for neuron in layer}
        return store.Own(list(activations.values()), [self.loss_function], [self.optimizer])

    def _course_and_generators(self) -> Any:
        """What a twin needs beside the document, so that training goes on alike."""
        course = None if self.training_state is None else self.training_state.copy()
        if course is not None and course.generator is not None:
            course.generator = deepcopy(course.generator)
        states = [generator.getstate() for generator in self._generators()]
        return course, states, self.kept_keys

    def _take_training_state(self, course_and_generators: Any) -> None:
        self.training_state, states, self.kept_keys = course_and_generators
        for generator, state in zip(self._generators(), states):
            generator.setstate(state)

    def _generators(self) -> list[Random]:
        return [self.rng, *(layer.rng for layer in dropout_layers(self.layers))]


def _unpickle(cls: type[Self], document: Any, kind: validate.Kind, functions: Any, course: Any) -> Self:
    network = store.build(cls, document, kind, functions)
    network._take_training_state(course)
    return network
