"""Would the tests notice? One slip at a time is put into the arithmetic and logic of the core, and the tests are run.

    python tests/benchmarks/mutation.py [FILE ...] [--part K/N] [--sample N] [--seed S]

FILE is one or more of graph.py, activations.py, losses.py and network.py, of which the walks are taken; without it,
all of them. A mutant is the core with a single slip: a sign, an operator, a comparison, a constant, an index, an
argument, a line left out. It is killed when a test fails, when it crashes, and when it hangs. Those that survive are
listed: either a test is missing, or the slip changes nothing, which `EQUIVALENT` then says, with the reason.

Each mutant lives in a forked child, which finds the mutated module in place of the real one; the files themselves stay
as they are. So this runs where processes can fork: not on Windows.
"""

from __future__ import annotations

import argparse
import ast
import os
import resource
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from importlib.util import spec_from_file_location
from pathlib import Path
from random import Random
from time import perf_counter
from types import CodeType
from typing import Any, NamedTuple, Optional

# A plugin could import the core before the mutant stands in its place.
os.environ["HYPOTHESIS_NO_PLUGINS"] = os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"

import pytest
from hypothesis import HealthCheck, Phase, settings

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "neuronet"
WALKS = tuple(
    f"Network.{walk}"
    for walk in ("propagate", "backpropagate", "apply_gradients", "average_gradients", "clear_gradients")
)
FILES: dict[str, tuple[str, ...]] = {"graph.py": (), "activations.py": (), "losses.py": (), "feedforward.py": WALKS}
"""The files of the core, and what of them is mutated; () is all."""
NAMES_OF_TESTS = ("feedforward", "graph", "losses", "activations", "mutants", "gradients")
TESTS = tuple(f"tests/test_{name}.py" for name in NAMES_OF_TESTS)
"""The tests that look at each mutant, the quickest first; one that is not there is passed by."""
EXAMPLES = 10
"""How many examples Hypothesis tries: fewer than in the suite, so some that survive here would be killed there."""
PROCESSES = 2
MEMORY = 4 * 2**30  # bytes, for each of them
LONGEST = 300  # seconds, for all tests on the core as it is
LEAST = 0.94
"""The part of the mutants that must be killed."""

# Which slips there are.

SWAPPED = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult}
COMPARED = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
UNTOUCHED = ("annotation", "returns", "decorator_list")
NAMES = (ast.Name, ast.Attribute)


class Slot(NamedTuple):
    """A place in a syntax tree where a node hangs."""

    parent: ast.AST
    field: str
    position: Optional[int]

    def put(self, node: ast.AST) -> None:
        """Hang another node there."""
        if self.position is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.position] = node


class Mutant(NamedTuple):
    """The core with one slip."""

    file: str
    line: int
    scope: str
    """The function or class that it is in, such as `Neuron.own_delta`."""
    before: str
    """The statement as it is, or its first line."""
    after: str
    """The same with the slip."""
    code: CodeType
    """The whole file with the slip, compiled."""


def mutants_of(file: str) -> list[Mutant]:
    """Every mutant of a file, in the order of its lines."""
    tree = ast.parse(Path(PACKAGE, file).read_text(encoding="utf-8"))
    mutants = []
    for scope, statement, slot, node in places(tree, "", tree):
        if FILES[file] and not scope.startswith(FILES[file]):
            continue
        before = first_line(statement)
        for other in slips(node, slot):
            slot.put(other)
            after = first_line(other if node is statement else statement)
            code = compile(ast.fix_missing_locations(tree), str(Path(PACKAGE, file).resolve()), "exec")
            slot.put(node)
            mutants.append(Mutant(file, node.lineno, scope, before, after, code))
    return sorted(mutants, key=lambda mutant: mutant.line)


def places(node: ast.AST, scope: str, statement: ast.AST) -> Iterator[tuple[str, ast.AST, Slot, ast.AST]]:
    """Every node of the tree that could slip, with the scope, the statement and the slot that it is in.

    Annotations, texts and what stands in square brackets are passed by; `slips` sees to the latter.
    """
    for field, value in ast.iter_fields(node):
        if field in UNTOUCHED or (isinstance(node, ast.Subscript) and field == "slice"):
            continue
        for position, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(child, ast.AST) or isinstance(child, ast.JoinedStr):
                continue
            inner = f"{scope}.{child.name}".strip(".") if isinstance(child, (ast.ClassDef, ast.FunctionDef)) else scope
            around = child if isinstance(child, ast.stmt) else statement
            yield inner, around, Slot(node, field, position), child
            yield from places(child, inner, around)


def first_line(statement: ast.AST) -> str:
    """A statement in one line, without what is indented below it."""
    return ast.unparse(statement).strip().splitlines()[0]


def slips(node: ast.AST, slot: Slot) -> Iterator[ast.AST]:
    """What the node could be with a single slip in it."""
    yield from slips_of_operators(node)
    yield from slips_of_numbers(node)
    yield from slips_of_flow(node, slot)


def slips_of_operators(node: ast.AST) -> Iterator[ast.AST]:
    """Another operator, or none."""
    if isinstance(node, (ast.BinOp, ast.AugAssign)) and type(node.op) in SWAPPED and not is_text(node):
        yield changed(node, op=SWAPPED[type(node.op)]())
    if isinstance(node, ast.AugAssign):
        yield ast.copy_location(ast.Assign([node.target], node.value), node)
    if isinstance(node, ast.UnaryOp):
        yield node.operand
    if isinstance(node, ast.BoolOp):
        yield changed(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    if isinstance(node, ast.Compare):
        for position, operator in enumerate(node.ops):
            for other in COMPARED[type(operator)]:
                yield changed(node, ops=[*node.ops[:position], other(), *node.ops[position + 1 :]])


def slips_of_numbers(node: ast.AST) -> Iterator[ast.AST]:
    """Another constant, or an index off by one."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            yield changed(node, value=not node.value)
        elif isinstance(node.value, (int, float)):
            yield changed(node, value=node.value + 1 if isinstance(node.value, int) else 2 * node.value)
    if isinstance(node, ast.Subscript):
        if isinstance(node.slice, ast.Slice):
            for bound in ("lower", "upper"):
                for index in beside(getattr(node.slice, bound)):
                    yield changed(node, slice=changed(node.slice, **{bound: index}))
        else:
            for index in beside(node.slice):
                yield changed(node, slice=index)


def slips_of_flow(node: ast.AST, slot: Slot) -> Iterator[ast.AST]:
    """A condition turned round, a line left out, two arguments swapped."""
    if slot.field in ("test", "ifs") and isinstance(node, (*NAMES, ast.Call)):
        yield ast.copy_location(ast.UnaryOp(ast.Not(), node), node)
    inside = isinstance(slot.parent, (ast.If, ast.For, ast.While, ast.With))
    called = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    noted = isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute) and inside
    if called or noted or isinstance(node, ast.Raise) or (isinstance(node, ast.Return) and inside):
        yield ast.copy_location(ast.Pass(), node)
    if isinstance(node, (ast.Break, ast.Continue)):
        yield ast.copy_location(ast.Break() if isinstance(node, ast.Continue) else ast.Continue(), node)
    if isinstance(node, ast.Call):
        for position, (first, second) in enumerate(zip(node.args, node.args[1:])):
            if isinstance(first, NAMES) and isinstance(second, NAMES) and ast.dump(first) != ast.dump(second):
                yield changed(node, args=[*node.args[:position], second, first, *node.args[position + 2 :]])


def changed(node: ast.AST, **fields: Any) -> ast.AST:
    """A copy of the node with other fields."""
    twin = type(node)(**{**dict(ast.iter_fields(node)), **fields})
    return ast.copy_location(twin, node)


def beside(index: Optional[ast.AST]) -> Iterator[ast.AST]:
    """The two indices beside one that is written as a number; none beside any other."""
    try:
        number = ast.literal_eval(index) if index is not None else None
    except ValueError:
        return
    if isinstance(number, int):
        for other in (number - 1, number + 1):
            yield ast.copy_location(ast.Constant(other), index)


def is_text(node: ast.AST) -> bool:
    """Whether an addition puts texts together."""
    return any(isinstance(part, ast.JoinedStr) for part in ast.walk(node))


# Which of them change nothing.

SAME_ROW = (
    "a row that shares an activation shares it whole; `wiring` refuses any other, so each neuron has the same one"
)
SAME_AT_0 = "at exactly 0 both forms are the same number, if complex then but for the last digit"
SAME_KIND = "the targets are numbers of one kind, and there are two or more of them, as `refuse_misfit` sees to"
NO_SUCH_SUM = "a sum of floats near 1 is a multiple of 2^-53, and 1e-12 is none, so no sum lies on the border"

EQUIVALENT = {
    ("SharedLayer.forward", "outputs = self.neurons[-1].activation.values([neuron.net for neuron in self])"): SAME_ROW,
    ("SharedLayer.backward_from", "activation = self.neurons[-1].activation"): SAME_ROW,
    ("_sigmoid", "if net.real > 0:"): SAME_AT_0,
    ("_softplus", "if net.real >= 0:"): SAME_AT_0,
    ("_softmax_deltas", "for error, output in zip(outputs, errors):"): "error * output is output * error",
    ("CategoricalCrossEntropy.refuse_targets", "total = like(targets[1], 0)"): SAME_KIND,
    ("CategoricalCrossEntropy.refuse_targets", "total = like(targets[-1], 0)"): SAME_KIND,
    ("CategoricalCrossEntropy.refuse_targets", "if not -1e-12 < total.real - 1 <= 1e-12:"): NO_SUCH_SUM,
    ("CategoricalCrossEntropy.refuse_targets", "if not -1e-12 <= total.real - 1 < 1e-12:"): NO_SUCH_SUM,
    (
        "_part",
        "return _infinity(denominator) if numerator.real >= 0 else -_infinity(denominator)",
    ): "a numerator of 0 has been returned before",
}
"""By scope and by the statement with the slip: why no test can fail on it."""


# How a mutant is tried.


class InPlace:
    """A finder that gives one module another code, and leaves every other module to the finders after it."""

    def __init__(self, file: str, code: CodeType) -> None:
        self.file, self.code = file, code

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """Where the module is: here, if it is the one."""
        if name != f"{PACKAGE}.{Path(self.file).stem}":
            return None
        return spec_from_file_location(name, Path(PACKAGE, self.file).resolve(), loader=self)

    def create_module(self, spec: Any) -> None:
        """Leave it to Python."""

    def exec_module(self, module: Any) -> None:
        """Run the code."""
        exec(self.code, vars(module))  # noqa: S102 - that is the point


def start(tests: Sequence[str], seconds: float, mutant: Optional[Mutant] = None) -> int:
    """Begin to run the tests on a mutant, or on the core as it is, in a child that ends after so many seconds.

    Returns the number of the process, whose status is 0 where all tests pass.
    """
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        signal.alarm(int(seconds) + 1)
        with suppress(ValueError, OSError):  # some systems know no such limit
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        os.dup2(2, 1)
        if mutant is not None:
            silent = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silent, 1)
            os.dup2(silent, 2)
            sys.meta_path.insert(0, InPlace(mutant.file, mutant.code))
            tests = sorted(tests, key=lambda test: Path(test).stem != f"test_{Path(mutant.file).stem}")
        options = ("-x", "-q", "--tb=no", "-o", "addopts=", "-p", "no:cacheprovider", "-p", "no:faulthandler")
        # One after the other, so that most mutants are killed before the other tests have been read.
        status = next((code for code in (int(pytest.main([*options, test])) for test in tests) if code), 0)
        sys.stdout.flush()
    finally:
        os._exit(status)


def survivors_of(mutants: Sequence[Mutant], tests: Sequence[str], seconds: float) -> list[Mutant]:
    """The mutants that no test noticed, in order; two are tried at a time."""
    running: dict[int, int] = {}
    survived = []
    for place in range(len(mutants) + PROCESSES):
        if place >= PROCESSES:
            child, status = os.wait()
            tried = running.pop(child)
            if status == 0:
                survived.append(tried)
            print("." if status else "S", end="", file=sys.stderr, flush=True)
        if place < len(mutants):
            running[start(tests, seconds, mutants[place])] = place
    print(file=sys.stderr)
    return [mutants[place] for place in sorted(survived)]


def seconds_without_a_slip(tests: Sequence[str]) -> float:
    """How long the tests take on the core as it is, which they must pass."""
    start(tests, LONGEST)
    begin = perf_counter()
    _, status = os.wait()
    if status:
        raise SystemExit("expected tests that pass on the core as it is; " + ", ".join(tests))
    return perf_counter() - begin


# The report.


def main() -> int:
    """Try the mutants, and print the score and the survivors as Markdown; 0 where enough were killed."""
    asked = arguments()
    with tempfile.TemporaryDirectory() as folder:
        tests = move_to_copy(Path(folder))
        mutants = [mutant for file in asked.files or FILES for mutant in mutants_of(file)]
        gone = [] if asked.files else set(EQUIVALENT).difference(map(key, mutants))
        if gone:
            raise SystemExit(f"EQUIVALENT: expected only mutants that there are, got {sorted(gone)}")
        mutants = mutants[asked.part]
        if asked.sample is not None:
            chosen = Random(asked.seed).sample(range(len(mutants)), min(asked.sample, len(mutants)))
            mutants = [mutants[place] for place in sorted(chosen)]
        seconds = seconds_without_a_slip(tests)
        print(f"{len(mutants)} mutants; the tests take {seconds:.1f} s", file=sys.stderr)
        survivors = survivors_of(mutants, tests, 30 + 5 * seconds)
        os.chdir(ROOT)
    return report(mutants, survivors)


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", metavar="FILE", help=f"some of {', '.join(FILES)}; default: all")
    parser.add_argument("--sample", type=int, metavar="N", help="try only N mutants, drawn at random")
    parser.add_argument(
        "--part", type=part, default="1/1", metavar="K/N", help="try only every Nth mutant, from the Kth on"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="of the draw")
    asked = parser.parse_args()
    for file in asked.files:
        if file not in FILES:
            parser.error(f"FILE: expected some of {', '.join(FILES)}, got {file}")
    return asked


def part(text: str) -> slice:
    """What "K/N" takes of the mutants."""
    first, step = map(int, text.split("/"))
    if not 1 <= first <= step:
        raise ValueError
    return slice(first - 1, None, step)


def move_to_copy(folder: Path) -> list[str]:
    """Copy the core and its tests to where nobody changes them meanwhile, go there, and return the tests."""
    shutil.copytree(ROOT / PACKAGE, folder / PACKAGE, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "tests", folder / "tests", ignore=shutil.ignore_patterns("__pycache__", "benchmarks"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    # No example from an earlier run and no shrinking: a failure is a failure, and each mutant meets the same examples.
    settings.register_profile(
        "mutation",
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    os.environ["HYPOTHESIS_PROFILE"] = "mutation"
    return [test for test in TESTS if Path(test).exists()]


def report(mutants: Sequence[Mutant], survivors: Sequence[Mutant]) -> int:
    """Print the score of each file, and every survivor; 0 where enough were killed."""
    equivalent = [mutant for mutant in survivors if key(mutant) in EQUIVALENT]
    missed = [mutant for mutant in survivors if key(mutant) not in EQUIVALENT]
    print("| file | mutants | equivalent | killed | score |\n|---|---:|---:|---:|---:|")
    for file in [*FILES, "all"]:
        tried, equal, lived = (
            sum(file in (mutant.file, "all") for mutant in group) for group in (mutants, equivalent, missed)
        )
        if tried:
            print(f"| {file} | {tried} | {equal} | {tried - equal - lived} | {1 - lived / (tried - equal or 1):.1%} |")
    print_mutants("Survivors", missed)
    lived = {key(mutant) for mutant in equivalent}
    print_mutants("Killed, so not equivalent", [m for m in mutants if key(m) in EQUIVALENT and key(m) not in lived])
    return 0 if len(missed) <= (1 - LEAST) * (len(mutants) - len(equivalent)) else 1


def print_mutants(title: str, mutants: Sequence[Mutant]) -> None:
    """Print where each slip is, the line, and the line with the slip."""
    if mutants:
        print(f"\n{title}:\n")
    for mutant in mutants:
        print(f"- {PACKAGE}/{mutant.file}:{mutant.line}, {mutant.scope or 'module'}")
        print(f"      {mutant.before}\n      {mutant.after}")


def key(mutant: Mutant) -> tuple[str, str]:
    """How `EQUIVALENT` names a mutant."""
    return mutant.scope, mutant.after


if __name__ == "__main__":
    sys.exit(main())
