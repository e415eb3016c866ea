"""The network that users hold: a `FeedForward` that trains, saves, draws, explains and diagnoses itself.

No work is done here. Every method hands on to the room that it belongs to, most of which are imported when they are
first asked for, so that importing neuronet stays quick.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any, Optional, TypeVar, Union

from neuronet import store, training, validate
from neuronet.activations import AnyActivation
from neuronet.errors import DataError, UnknownNameError
from neuronet.feedforward import FeedForward
from neuronet.losses import Loss
from neuronet.optimizers import Optimizer
from neuronet.scalar import Number
from neuronet.training.schedules import Schedule

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


class Network(FeedForward):
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

    training_state: Optional[training.TrainingState] = None
    """All that going on with its training depends on; None where it has not been trained."""
    later_keys: Any = None
    """What a later version of the library said of it in its file, to be written again."""
    _programs: Optional[Programs] = None

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
        least_gain: Optional[float] = None,
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
        min_delta: by how much it must fall to have fallen, for both; 0 where not given. `least_gain` is its old name.
        until_loss: stop after an epoch whose mean loss is at most this, 0 or more.
        until_accuracy: stop after an epoch that leaves at least this share of the samples answered rightly, above 0,
            at most 1: of those for validation, or else of those trained on.
        time_limit: stop before the first step that would begin after so many seconds, above 0.
        callback: called with the `Epoch` record after each epoch; training stops where what it returns is true. One
            with an attribute `needs_network` that is False neither looks at the network nor changes it, which saves
            time.
        checkpoint: a file to save the network to after every `checkpoint_every` epochs, or a function that does it.
        resume: go on with the training that the network has had, whose state is saved with it: what is not given is
            as it was, epochs count on, and the numbers are those of a training that never stopped.
        engine: "walk" goes over the objects, "unrolled" runs the same walk recorded as straight-line code, with the
            same numbers to the last bit, and "auto" takes whichever should be quicker; see `unrolled`.

        Ctrl-C stops between two steps and keeps the weights; the history says "interrupted".

        Raises DataError before anything is changed for an argument or sample that cannot be right; TrainingError
        when the loss or a weight becomes infinite or NaN, with the weights back to where that epoch began;
        RecordingError where "unrolled" is asked for and the walk cannot be recorded. What a formula or callback of
        the caller's own raises comes through, with the weights of the last whole step.
        """
        if least_gain is not None:
            if min_delta is not None:
                raise DataError("min_delta and least_gain: expected one of them, for they are the same, got both")
            min_delta = least_gain
        samples = self.checked_samples(inputs, targets)
        given = training.Given(
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
            checkpoint=self._checkpoint(checkpoint),
            checkpoint_every=checkpoint_every,
            resume=resume,
        )
        return training.train(
            self,
            samples,
            given,
            partial(self._engine_for, engine),
            state=self.training_state,
            begun=partial(setattr, self, "training_state"),
            looks=training.Looks(partial(self.mean_loss, engine=engine), partial(self.all_outputs, engine=engine)),
        )

    def reset(self) -> None:
        """Go back to the very weights that the network was born with; forget gradients and what training has left."""
        super().reset()
        self.training_state = None

    def unrolled(self, what: str = "steps") -> Unrolled:
        """The walk as straight-line Python, recorded from this very network: print it, it reads like the network.

        what: "steps", online training, sample by sample; "batches", training in batches; "outputs", predicting; or
            "loss", measuring.

        Raises UnknownNameError for anything else, RecordingError where the walk cannot be recorded.
        """
        if what not in PROGRAMS:
            raise UnknownNameError(f"what: unknown {what!r}; known: {', '.join(PROGRAMS)}")
        self.check()
        with self.turn.taken():
            return self._program("unrolled", what, 0)  # type: ignore[return-value]

    def _checkpoint(self, checkpoint: Any) -> Optional[Callable[[], Any]]:
        """The function that saves the network, where a path is given; what cannot be saved is refused at once."""
        if checkpoint is None or callable(checkpoint):
            return checkpoint  # type: ignore[no-any-return]
        if not isinstance(checkpoint, (str, os.PathLike)):
            raise DataError(f"checkpoint: expected a path or a function, got {validate.shown(checkpoint)}")
        self.to_json()
        return lambda: self.save(checkpoint)

    def _engine_for(self, engine: str, walk: training.WalkEngine, settings: training.Settings) -> training.Engine:
        """The engine of this name for a training; the walk where that is asked for, or quicker."""
        form = "steps" if walk.batch_size == 1 else "batches"
        find = partial(self._program, engine, form, settings.epochs * len(walk.inputs))
        program = find()
        if program is None:
            return walk
        from neuronet.engines.unrolled import UnrolledEngine

        return UnrolledEngine(walk, find, program, watched=settings.time_limit is not None)

    def _program(self, engine: str, form: str, samples: int) -> Optional[Unrolled]:
        """The program that does the work for so many samples, or None where the walk does; it may be recorded first."""
        if engine not in ENGINES:
            raise DataError(f"engine: expected one of {', '.join(ENGINES)}, got {validate.shown(engine)}")
        if engine == "walk":
            return None
        if self._programs is None:
            from neuronet.engines.unrolled import Programs

            self._programs = Programs(self)
        return self._programs.find(engine, form, samples)

    # Looking, which leaves every number where it was.

    def predict_all(self, inputs: Sequence[Sequence[Number]], *, engine: str = "auto") -> list[list[Number]]:
        """The outputs for each of many samples, in order; as `predict`. DataError names the row that does not fit.

        engine: as in `train`.
        """
        return self.all_outputs(validate.rows(inputs, len(self.layers[0]), "inputs", self.kind), engine)

    def all_outputs(self, rows: Sequence[Sequence[Number]], engine: str = "auto") -> list[list[Number]]:
        """As `predict_all`, for rows that have been checked."""
        with self.turn.taken():
            program = self._program(engine, "outputs", len(rows))
            found: Optional[list[list[Number]]] = None if program is None else program.tried(rows)
            return super().all_outputs(rows) if found is None else found

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
        with self.turn.taken():
            program = self._program(engine, "loss", len(input_rows))
            if program is not None:
                found = program.tried([[*row, *wanted] for row, wanted in zip(input_rows, target_rows)], 0.0)
                if found is not None:
                    return found / len(input_rows) + self.penalty_loss()
            return super().mean_loss(input_rows, target_rows)

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
        rate = None if learning_rate is None else validate.step_size(learning_rate, self.kind)
        return Steps(self, given, self.checked_targets(targets), rate, by)

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
        with self.turn.taken():
            return diagnose(self, *self.checked_samples(inputs, targets), history, learning_rate)

    # Keeping.

    def copy(self: Self) -> Self:
        """A network of its own with the same weights, wiring and generators; its neurons have not walked yet."""
        return self.convert(self.kind)

    def convert(self: Self, kind: validate.Kind) -> Self:
        """A copy whose weights are numbers of another kind, such as Fraction, Decimal or complex.

        kind: a type or function that makes such a number from a number.

        Raises FormatError where a weight cannot be turned into one.
        """
        with self.turn.taken():
            state = None if self.training_state is None else self.training_state.twin(kind)
            return type(self).restored(store.Saved(store.converted(self, kind), state, self.later_keys))

    def saved(self) -> store.Saved:
        """The network with all that goes into its file."""
        return store.Saved(self, self.training_state, self.later_keys)

    @classmethod
    def restored(cls: type[Self], saved: store.Saved) -> Self:
        """The network of a file, with all that the file has of it."""
        network: Self = saved.network
        network.training_state, network.later_keys = saved.state, saved.later_keys
        return network

    def to_json(self) -> str:
        """The network as JSON text; floats keep every bit. FormatError for a network of another kind of number."""
        with self.turn.taken():
            return store.to_json(self.saved())

    @classmethod
    def from_json(
        cls: type[Self],
        text: Union[str, bytes],
        *,
        activations: Iterable[AnyActivation] = (),
        losses: Iterable[Loss] = (),
        optimizers: Iterable[Optimizer] = (),
    ) -> Self:
        """The network that `to_json` wrote, with the state of its training.

        activations, losses, optimizers: those that the caller defined and the network uses, found by their names.

        Raises FormatError, naming the place in the document, for anything else.
        """
        return cls.restored(store.from_json(cls, text, store.Own(activations, losses, optimizers)))

    def save(self, path: Union[str, os.PathLike[str]]) -> None:
        """Write the network to a file, whole or not at all. OSError where that is not possible."""
        store.write_file(self.to_json(), path)

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
        return cls.restored(store.load(cls, path, store.Own(activations, losses, optimizers)))

    def __reduce__(self) -> Any:
        with self.turn.taken():
            state = None if self.training_state is None else self.training_state.twin(self.kind)
            return _unpickled, (*store.packed(self), state, self.later_keys)

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

        with self.turn.taken():
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

        with self.turn.taken():
            return network_text(self, unicode=unicode, colour=colour)

    def to_dot(self) -> str:
        """The network in DOT, the language of Graphviz."""
        from neuronet.draw.markup import to_dot

        with self.turn.taken():
            return to_dot(self)

    def to_mermaid(self) -> str:
        """The network as a Mermaid flowchart."""
        from neuronet.draw.markup import to_mermaid

        with self.turn.taken():
            return to_mermaid(self)

    def _repr_svg_(self) -> str:
        return self.to_svg()

    def __str__(self) -> str:
        from neuronet.draw.summary import summary

        with self.turn.taken():
            return summary(self)


def _unpickled(*parts: Any) -> Network:
    *packed, state, later_keys = parts
    return Network.restored(store.Saved(store.unpacked(tuple(packed)), state, later_keys))
