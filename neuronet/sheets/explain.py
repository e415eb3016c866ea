"""`explain`: one sample worked out on a sheet, from the network to the loss after the step.

Every equation is one of the `Steps` of the walk, so it was recorded from the walk. The check next to a gradient comes
from `check_gradients`, which knows only the forward walk.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count, groupby
from typing import Any, NamedTuple, Optional

from neuronet import validate
from neuronet.activations import sigmoid
from neuronet.errors import DataError, NeuronetError, UnknownNameError
from neuronet.feedforward import FeedForward
from neuronet.gradcheck.gradients import check_gradients
from neuronet.gradcheck.report import FAIL, PASS, Entry
from neuronet.graph import Neuron
from neuronet.scalar import Number
from neuronet.sheets.page import Block, Heading, PageBreak, Paragraph, Table, cells, equation, shown
from neuronet.sheets.sheet import Sheet, find_format
from neuronet.snapshot import everything_kept
from neuronet.stepping.formula import name_of, quantities
from neuronet.stepping.step import Step, partial
from neuronet.stepping.steps import Steps

DETAILS = ("term", "neuron", "layer")
"""How much a sheet shows, most first."""
MOST_DIGITS = 17

FORWARD, LOSS, BACK, GRADIENTS, UPDATE = "Forward", "The loss", "Errors and deltas", "Gradients", "Update"
_SECTION = {
    "net": FORWARD, "output": FORWARD, "loss": LOSS, "error": BACK, "delta": BACK, "gradient": GRADIENTS,
}  # fmt: skip
_INTRODUCTIONS = {
    FORWARD: "Each neuron adds up weight times output over everything that leads to it, the bias first: its net. Its "
    "activation turns the net into its output.",
    LOSS: "One number that says how far the outputs are from the targets. Training lowers it.",
    BACK: "From the outputs back. An error says how fast the loss falls as an output grows; a delta says the same of a "
    "net. A hidden neuron gets its error from the deltas that it leads to, over the weights of the forward walk.",
    GRADIENTS: "How fast the loss rises as a weight grows.",
    UPDATE: "Each weight that is not frozen takes one step down the slope of the loss.",
}
_TWO_FORMS = "A sigmoid has two forms with the same value; the one is taken whose exp stays small."


class Facts(NamedTuple):
    """What a sheet is made from."""

    steps: list[Step]
    after: Optional[Number]
    """The loss after the step; None where there is no step or no finite loss."""
    checks: dict[str, Entry]
    """What the gradient check found, by the name of the synapse."""
    remark: str
    """What to know about the check, or why there is none."""


def explain(
    network: FeedForward,
    inputs: Sequence[float],
    targets: Sequence[float],
    learning_rate: Optional[float],
    *,
    digits: int = 4,
    detail: str = "neuron",
    format: str = "text",  # noqa: A002 - the word users look for
    worksheet: bool = False,
    only: Optional[str] = None,
) -> Sheet:
    r"""One sample worked out step by step: forward, loss, deltas, gradients, update, and the loss after it.

    inputs, targets: the sample, as in `Network.forward` and `backward`.
    learning_rate: above 0; None leaves the update out.
    digits: how many significant digits are shown, 1 to 17. All are computed with.
    detail: "term", also each product of a sum; "neuron", an equation for each number; "layer", tables of results.
    format: "text", of at most 100 columns, "markdown", "html" or "latex".
    worksheet: True leaves the results to be filled in, and puts a key on a page of its own.
    only: the name of a neuron: then the sheet is about this one and the synapses that lead to it.

    Returns a `Sheet`; `str(sheet)` is the text. The network is left as it was, to the last bit; the gradients on the
    sheet are those of this sample alone. Raises DataError for an argument that cannot be right, UnknownNameError for
    an unknown name, NumberError for a network of another kind of number than float.

    >>> from neuronet import Network
    >>> sheet = explain(Network(1, 1, activation="linear", weights=[1, 2]), [3], [5], 0.25)
    >>> print("\n".join(str(sheet).splitlines()[-25:-22]))
    (6) gradient(b1 -> o1) = -delta(o1) * 1
                           = -(-2) * 1
                           = 2    (check: 2)
    """
    if not isinstance(detail, str) or detail not in DETAILS:
        raise UnknownNameError(f"detail: unknown {validate.shown(detail)}; known: {', '.join(DETAILS)}")
    find_format(format)
    if validate.count(digits, "digits") > MOST_DIGITS:
        raise DataError(f"digits: expected a whole number from 1 to {MOST_DIGITS}, got {digits!r}")
    if not isinstance(worksheet, bool):
        raise DataError(f"worksheet: expected True or False, got {validate.shown(worksheet)}")
    focus = None if only is None else network.neuron(only)
    if focus is not None and focus not in network.computing:
        raise DataError(f"only: expected a neuron that computes, but {focus.name} does not")
    given = validate.row(inputs, len(network.layers[0]), "inputs", network.kind)
    wanted = validate.row(targets, len(network.layers[-1]), "targets", network.kind)
    facts = _facts(network, given, wanted, learning_rate, check=not worksheet)
    writer = _Writer(network, facts, focus, digits=digits, detail=detail, worksheet=worksheet)
    return Sheet(list(writer.blocks(given, wanted, learning_rate)), format)


def _facts(network: FeedForward, inputs: Any, targets: Any, learning_rate: Any, *, check: bool) -> Facts:
    """The steps, the loss after them, and the check; the network is left as it was."""
    with everything_kept(network):
        for synapse in network.synapses:
            synapse.gradient = 0.0
        walk = Steps(network, inputs, targets, learning_rate)
        steps: list[Step] = walk[:]
        after = None
        if learning_rate is not None:
            with suppress(ArithmeticError):
                list(walk)  # takes all the steps
                with _without_penalty(network):
                    after = network.mean_loss([inputs], [targets])
    if not check:
        return Facts(steps, after, {}, "")
    try:
        with _without_penalty(network):
            entries = check_gradients(network, [inputs], [targets], repeats=1).entries
    except (NeuronetError, ArithmeticError) as problem:
        return Facts(steps, after, {}, f"They could not be checked: {problem}")
    remark = "Beside each stands the slope that the gradient check finds from the forward walk alone."
    return Facts(steps, after, {entry.name: entry for entry in entries}, remark)


@contextmanager
def _without_penalty(network: FeedForward) -> Iterator[None]:
    """Inside, the loss is that of the sample alone: the penalty on the weights is added in the update."""
    penalty, network.penalty = network.penalty, None
    try:
        yield
    finally:
        network.penalty = penalty


class _Writer:
    """Turns the facts into blocks, as the settings of `explain` say; the focus is the neuron that it is about."""

    def __init__(
        self, network: FeedForward, facts: Facts, focus: Optional[Neuron], *, digits: int, detail: str, worksheet: bool
    ) -> None:
        self.network, self.facts, self.focus = network, facts, focus
        self.digits, self.detail, self.worksheet = digits, detail, worksheet
        self.numbers = count(1)
        self.key: list[tuple[str, ...]] = []

    def blocks(self, inputs: Any, targets: Any, learning_rate: Any) -> Iterator[Block]:
        """The whole sheet."""
        shape = "-".join(str(len(layer)) for layer in self.network.layers)
        about = "" if self.focus is None else f": {self.focus.name}"
        yield Heading(1, f"Network {shape} on one sample, step by step{about}")
        rate = "" if learning_rate is None else f"Learning rate: {shown(learning_rate, self.digits)}. "
        yield Paragraph(
            f"Loss: {self.network.loss_function.name}. {rate}All digits are computed with, {self.digits} are shown."
        )
        yield Heading(2, "The network")
        yield from self._network()
        yield Heading(2, "The sample")
        given = [cells("input", one.name, x, digits=self.digits) for one, x in zip(self.network.layers[0], inputs)]
        given += [cells("target", one.name, x, digits=self.digits) for one, x in zip(self.network.layers[-1], targets)]
        yield Table(("", "neuron", "value"), given)
        wanted = [step for step in self.facts.steps if self.focus in (None, step.neuron)]
        yield from self._known(wanted)
        two_forms = _TWO_FORMS if any(neuron.activation is sigmoid for neuron in self.network.computing) else ""
        remarks = {FORWARD: two_forms, GRADIENTS: self.facts.remark}
        for section, members in groupby(
            wanted, key=lambda step: UPDATE if step.phase == "update" else _SECTION[step.kind]
        ):
            steps = list(members)
            yield Heading(2, section)
            yield Paragraph(f"{_INTRODUCTIONS[section]} {remarks.get(section, '')}".rstrip())
            yield from self._results(steps) if self.detail == "layer" else self._equations(steps)
        if learning_rate is not None and self.focus is None:
            yield from self._end()
        if self.key:
            yield PageBreak()
            yield Heading(2, "Key")
            yield Table(("no.", "", "value"), self.key)

    def _known(self, steps: list[Step]) -> Iterator[Block]:
        """What the other neurons have found, where the sheet is about one."""
        rows = {}
        for step in steps if self.focus is not None else ():
            for quantity, value in quantities(step.formula).items():
                from_another = isinstance(quantity.owner, Neuron) and quantity.owner is not self.focus
                if from_another and quantity.owner not in self.network.layers[0]:
                    rows[quantity] = cells(quantity.text, value, digits=self.digits)
        if rows:
            yield Paragraph("The other neurons bring:")
            yield Table(("", "value"), list(rows.values()))

    def _network(self) -> Iterator[Block]:
        neurons = self.network.computing if self.focus is None else (self.focus,)
        yield Table(("neuron", "activation"), [(neuron.name, neuron.activation.name) for neuron in neurons])
        synapses = [one for one in self.network.synapses if self.focus in (None, one.source, one.destination)]
        rows = [cells(name_of(one), one.weight, "frozen" if one.frozen else "", digits=self.digits) for one in synapses]
        frozen = any(one.frozen for one in synapses)
        yield Table(("synapse", "weight", "")[: 3 if frozen else 2], [row[: 3 if frozen else 2] for row in rows])

    def _equations(self, steps: list[Step]) -> Iterator[Block]:
        last = {step.name: step for step in steps}
        for step in steps:
            number = next(self.numbers)
            checked = step.kind == "gradient" and step.phase == "backward" and last[step.name] is step
            check = self._check(step) if checked and not self.worksheet else ""
            written = f"    (check: {check})" if check else ""
            found = equation(number, step, self.digits, check=written, blank=self.worksheet)
            yield found
            if self.worksheet:
                self._answer(number, found.left, step.value)
            if self.detail == "term" and partial(step):
                parts = [(part.symbols, part.value, part.terms[0].total) for part in partial(step)]
                rows = [(part[0], "", "") if self.worksheet else cells(*part, digits=self.digits) for part in parts]
                yield Table(("term", "value", "sum so far"), rows)

    def _results(self, steps: list[Step]) -> Iterator[Block]:
        """Tables: a row for each neuron or synapse, a column for each kind of number."""
        kinds = list(dict.fromkeys(step.kind for step in steps))
        found: dict[str, dict[str, Step]] = {}
        for step in steps:
            found.setdefault(step.name, {})[step.kind] = step
        checked = kinds == ["gradient"] and bool(self.facts.checks)
        rows = []
        for name, row in found.items():
            numbers = [self._cell(row[kind]) if kind in row else "" for kind in kinds]
            rows.append((name, *numbers, *([self._check(row["gradient"])] if checked else [])))
        yield Table(("", *kinds, *(["check"] if checked else [])), rows)

    def _cell(self, step: Step) -> str:
        if not self.worksheet:
            return shown(step.value, self.digits)
        number = next(self.numbers)
        self._answer(number, f"{step.kind} {step.name}".strip(), step.value)
        return f"({number}) ________"

    def _check(self, step: Step) -> str:
        """What the gradient check says of a gradient."""
        entry = self.facts.checks.get(step.name)
        if entry is None:
            return ""
        if entry.status not in (PASS, FAIL):
            return f"{entry.status}, {entry.reason}"
        return shown(entry.reference, self.digits) + (", so this is wrong" if entry.status == FAIL else "")

    def _answer(self, number: int, left: str, value: Any) -> None:
        self.key.append((f"({number})", left, shown(value, self.digits)))

    def _end(self) -> Iterator[Block]:
        before = next(step.value for step in self.facts.steps if step.kind == "loss")
        yield Heading(2, "After the step")
        if self.worksheet:
            number = next(self.numbers)
            self._answer(number, "loss after the step", self.facts.after)
            yield Paragraph(f"({number}) The same sample walked forward once more has a loss of ________________.")
        elif self.facts.after is None:
            yield Paragraph("The same sample walked forward once more has no finite loss.")
        else:
            texts = shown(before, self.digits), shown(self.facts.after, self.digits)
            yield Paragraph(f"The same sample walked forward once more: the loss goes from {texts[0]} to {texts[1]}.")
