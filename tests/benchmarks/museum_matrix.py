"""The museum on its pages: every exhibit, which check finds which bug, and at which decoy it alarms.

    python tests/benchmarks/museum_matrix.py

writes three parts of the pages anew, each between its two marker comments: `exhibits` in docs/reference/museum.md, and
in docs/reference/benchmarks.md `matrix` and `near`, the same near an optimum. It takes one or two minutes. With names
of parts it writes only these.

The checks of this library are its own. Those of torch, JAX and scikit-learn are represented by the rule that they
publish, a central difference with their step and their tolerance, on every weight and with one walk back: what is
compared is the rules, not the programs.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from textwrap import fill
from typing import Any, Optional

from neuronet import Network, check_deltas, check_gradients, check_step, museum
from neuronet.bugs import BUGS, Bug, plant
from neuronet.errors import TrainingError
from neuronet.museum.decoys import DECOYS
from neuronet.museum.specimens import Specimen, draw, shows

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"
NETWORKS = 3
"""Each bug is planted on so many networks."""

NEAR = 1e-5
"""How far the targets are from the outputs in the table near an optimum."""

ROOMS = {
    "delta_bugs": "The first room: errors and deltas",
    "gradient_bugs": "The second room: gradients",
    "update_bugs": "The third room: the step, and the forward walk",
}


# The checks. Each says whether it alarms, or what it says.


def gradients(network: Network, inputs: Any, targets: Any) -> bool:
    return check_gradients(network, inputs, targets).status == "fail"


def step(network: Network, inputs: Any, targets: Any) -> bool:
    return check_step(network, inputs, targets).status == "fail"


def deltas(network: Network, inputs: Any, targets: Any) -> str:
    return check_deltas(network, inputs, targets).stage


def central(network: Network, inputs: Any, targets: Any) -> bool:
    return check_gradients(network, inputs, targets, method="central", repeats=1).status == "fail"


def torch_rule(network: Network, inputs: Any, targets: Any) -> bool:
    """torch.autograd.gradcheck: eps 1e-6, atol 1e-5, rtol 1e-3."""
    pairs = differences(network, inputs, targets, 1e-6)
    return any(not abs(ours - slope) <= 1e-5 + 1e-3 * abs(slope) for ours, slope in pairs)


def jax_rule(network: Network, inputs: Any, targets: Any) -> bool:
    """jax.test_util.check_grads in 64 bit: eps 1e-4, atol = rtol = 1e-5."""
    pairs = differences(network, inputs, targets, 1e-4)
    return any(not abs(ours - slope) <= 1e-5 + 1e-5 * abs(slope) for ours, slope in pairs)


def sklearn_rule(network: Network, inputs: Any, targets: Any) -> bool:
    """scikit-learn's test of its own perceptron: eps 1e-5, equal to 7 decimals."""
    return any(not abs(ours - slope) < 1.5e-7 for ours, slope in differences(network, inputs, targets, 1e-5))


def relative_rule(network: Network, inputs: Any, targets: Any) -> bool:
    """The notes of CS231n: step 1e-5, and a relative error of at most 1e-4, |a - n| / max(|a|, |n|)."""
    pairs = differences(network, inputs, targets, 1e-5)
    return any(not abs(ours - slope) <= 1e-4 * max(abs(ours), abs(slope)) for ours, slope in pairs)


def loss_rule(network: Network, inputs: Any, targets: Any) -> bool:
    """The loss must fall by a tenth in 200 steps."""
    before = network.loss(inputs, targets)
    try:
        network.train(inputs, targets, epochs=200, learning_rate=0.1, batch_size=len(inputs), shuffle=False)
    except TrainingError:
        return True
    return not network.loss(inputs, targets) <= 0.9 * before


OWN: dict[str, Callable[..., Any]] = {
    "`check_gradients`": gradients,
    "`check_step`": step,
    "`check_deltas` says": deltas,
    "central, with its bar": central,
}
PUBLISHED: dict[str, Callable[..., Any]] = {
    "torch": torch_rule,
    "JAX": jax_rule,
    "scikit-learn": sklearn_rule,
    "CS231n": relative_rule,
    "loss falls": loss_rule,
}
CHECKS = {**OWN, **PUBLISHED}


def differences(network: Network, inputs: Any, targets: Any, step: float) -> Iterator[tuple[float, float]]:
    """Each gradient of one backward walk beside the central difference of the mean loss."""
    network.clear_gradients()
    for row, wanted in zip(inputs, targets):
        network.forward(row)
        network.backward(wanted)
    network.average_gradients(len(inputs))
    network.add_penalty()
    for synapse in network.synapses:
        weight = synapse.weight
        synapse.weight = weight + step
        high = network.loss(inputs, targets)
        synapse.weight = weight - step
        low = network.loss(inputs, targets)
        synapse.weight = weight
        yield synapse.gradient, (high - low) / (2 * step)


# The matrix.


def says(check: Callable[..., Any], specimen: Specimen) -> Any:
    """What a check says of a network of its own; what a planted bug raises is an alarm."""
    try:
        return check(*specimen.copy())
    except (NameError, ArithmeticError, ValueError) as problem:
        return type(problem).__name__ if check is deltas else True


def cell(answers: Sequence[Any]) -> str:
    """The answers of one check to the networks of one bug."""
    if any(isinstance(answer, str) for answer in answers):
        return ", ".join(dict.fromkeys(answer for answer in answers if answer)) or "."
    return str(sum(answers)) if any(answers) else "."


def specimens(name: str) -> list[Specimen]:
    """The networks of one row: of a bug, or of a decoy, which has one."""
    return [museum.specimen(name, number) for number in range(NETWORKS if name in BUGS else 1)]


def row(name: str, checks: dict[str, Callable[..., Any]], specimens: Sequence[Specimen]) -> list[str]:
    """The name, what the first two checks find together, and what each check finds."""
    answers = [[says(check, specimen) for specimen in specimens] for check in checks.values()]
    together = [one or other for one, other in zip(*answers[:2])]
    return [name, *map(cell, [together, *answers])]


def rows(checks: dict[str, Callable[..., Any]]) -> list[list[str]]:
    """The matrix without its head: bugs, the totals of the bugs, decoys."""
    bugs = [row(name, checks, specimens(name)) for name in museum.names()]
    decoys = [row(name, checks, specimens(name)) for name in museum.decoys()]
    return [*bugs, total("found", bugs, NETWORKS), *decoys, total("false alarms", decoys, 1)]


def total(words: str, rows: Sequence[Sequence[str]], networks: int) -> list[str]:
    """How many cells of each column are alarms on every network."""
    silent = [".", *map(str, range(networks))]
    counts = [sum(cell not in silent for cell in column) for column in list(zip(*rows))[1:]]
    return [f"**{cell}**" for cell in (f"{words}, of {len(rows)}", *counts)]


def matrix() -> str:
    return table(["", "the first two", *CHECKS], rows(CHECKS))


# Near an optimum.


def near_optimum(bug: Bug, number: int) -> Optional[Specimen]:
    """A network with the bug whose targets are almost its outputs, or None where the bug does not show so near."""
    for attempt in range(40):
        network, inputs, _ = draw(f"{bug.name} {number} near {attempt}", number)
        targets = [almost(outputs) for outputs in network.predict_all(inputs)]
        specimen = Specimen(network, inputs, targets)
        if shows(bug, specimen):
            return Specimen(plant(bug.name, network), inputs, targets)
    return None


def almost(outputs: Sequence[float]) -> list[float]:
    """The outputs, the first two of them moved by the same small number in opposite directions."""
    first, second, *others = outputs
    return [first + NEAR, second - NEAR, *others]


def near_table() -> str:
    """The totals of the bugs that show near an optimum."""
    left_out = ("`check_deltas` says", "loss falls")
    checks = {name: check for name, check in CHECKS.items() if name not in left_out}
    bugs: list[list[str]] = []
    for bug in BUGS.values():
        found = [near_optimum(bug, number) for number in range(NETWORKS)]
        shown = [specimen for specimen in found if specimen is not None]
        if len(shown) == NETWORKS:
            bugs.append(row(bug.name, checks, shown))
    return table(["", "the first two", *checks], [total("found", bugs, NETWORKS)])


# The exhibits.


def exhibits() -> str:
    """Every bug and decoy with its story, room by room."""
    parts = []
    for module, title in ROOMS.items():
        parts.append(f"### {title}")
        parts += [exhibit(bug) for bug in BUGS.values() if bug.slip.__module__.endswith(module)]
    parts.append("### The decoys")
    parts += [wrapped(f"**{decoy.name}**. {decoy.story}") for decoy in DECOYS.values()]
    return "\n\n".join(parts)


def exhibit(bug: Bug) -> str:
    """One bug: name, difficulty, story, what it needs, and where it was seen."""
    conditions = [need.words for need in bug.needs] + [bug.wants] * bool(bug.wants)
    facts = [f"Needs {'; '.join(conditions)}."] if conditions else []
    facts += [f"Seen in {', '.join(map(link, bug.seen_in))}."] if bug.seen_in else []
    text = " ".join([f"**{bug.name}**, difficulty {bug.difficulty}. {bug.story}", *(f"*{fact}*" for fact in facts)])
    return wrapped(text)


def wrapped(text: str) -> str:
    """The text in lines, none of which begins with a sign or a number that would make it a list."""
    glued = re.sub(r" ([-+*/=<>]) ", "\u00a0\\1\u00a0", re.sub(r" (\d+\.)", "\u00a0\\1", text))
    return fill(glued, 120, break_long_words=False, break_on_hyphens=False).replace("\u00a0", " ")


def link(thread: str) -> str:
    repository, number = thread.split("#")
    return f"[{thread}](https://github.com/{repository}/issues/{number})"


# The page.


def table(head: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def part(text: str, name: str) -> str:
    """What stands on the page between the two markers of a part."""
    _, rest = text.split(f"<!-- {name}: begin -->")
    return rest.split(f"<!-- {name}: end -->")[0].strip()


def kept(name: str) -> str:
    """A part as its page has it."""
    return part(PARTS[name][0].read_text(encoding="utf-8"), name)


def with_part(text: str, name: str, content: str) -> str:
    """The page with a part replaced."""
    before, rest = text.split(f"<!-- {name}: begin -->")
    _, after = rest.split(f"<!-- {name}: end -->")
    return f"{before}<!-- {name}: begin -->\n\n{content}\n\n<!-- {name}: end -->{after}"


PARTS: dict[str, tuple[Path, Callable[[], str]]] = {
    "exhibits": (REFERENCE / "museum.md", exhibits),
    "matrix": (REFERENCE / "benchmarks.md", matrix),
    "near": (REFERENCE / "benchmarks.md", near_table),
}
"""Each generated part: its page, and what writes it."""


def main(names: Sequence[str]) -> None:
    for name in names or PARTS:
        page, content = PARTS[name]
        text = with_part(page.read_text(encoding="utf-8"), name, content())
        page.write_bytes(text.encode())
    print(f"{len(BUGS)} bugs, {len(DECOYS)} decoys, {len(CHECKS)} checks")


if __name__ == "__main__":
    main(sys.argv[1:])
