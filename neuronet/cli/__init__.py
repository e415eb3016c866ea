"""The command line: `python -m neuronet train xor`. Each command reads its arguments and calls the library.

Results go to standard output, everything else to standard error. The exit code is 0 when it is done, 1 when the work
failed, 2 when the command was used wrongly; `check` says 3 where it is inconclusive.
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Optional

from neuronet import __version__
from neuronet.cli.options import by_options
from neuronet.cli.progress import silence, tell
from neuronet.errors import FormatError, NeuronetError, TrainingError
from neuronet.training.interrupt import interrupt

DONE, FAILED, WRONG_USE = 0, 1, 2

COMMANDS = (
    *("train", "predict", "evaluate", "show", "experiment"),
    *("draw", "check", "diagnose", "explain", "quiz", "museum"),
)
"""Each is a module of this package with `add(commands)` and `run(arguments)`."""


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Run one command and return its exit code.

    argv: the arguments, without the name of the program; None takes those of the process.
    """
    given = list(sys.argv[1:] if argv is None else argv)
    _write_anything()
    try:
        with _stopped_by_the_system():
            code = _run([_not_an_option(argument) for argument in given])
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as problem:
        # Standard output: whoever read it has seen enough, or the disk is full.
        silence(sys.stdout)
        closed = isinstance(problem, BrokenPipeError)
        return DONE if closed else _complain(f"standard input or output: {problem.strerror}", FAILED)
    return code


def _run(given: list[str]) -> int:
    arguments = argparse.Namespace()
    try:
        arguments = _parsed(given)
        code: int = arguments.command(arguments)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else WRONG_USE
    except KeyboardInterrupt:
        return _complain("interrupted", FAILED)
    except NeuronetError as problem:
        failed = isinstance(problem, (TrainingError, FormatError))
        return _complain(by_options(str(problem), arguments), FAILED if failed else WRONG_USE)
    except MemoryError:
        return _complain("expected work that fits the memory, got more", FAILED)
    except OSError as problem:
        if problem.filename is None:
            raise
        return _complain(f"{problem.filename}: {problem.strerror}", FAILED)
    return code


@contextmanager
def _stopped_by_the_system() -> Iterator[None]:
    """Inside, SIGTERM, with which a container or a system ends a process, does what Ctrl-C does."""
    on_main = threading.current_thread() is threading.main_thread()
    if not on_main or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    try:
        signal.signal(signal.SIGTERM, interrupt)
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _parsed(given: list[str]) -> argparse.Namespace:
    """The arguments; those of a list go on behind an option, where argparse ends it."""
    parser = _parser(given)
    arguments, rest = parser.parse_known_args(given)
    end = rest.index("--") if "--" in rest else len(rest)
    if rest and not (hasattr(arguments, "inputs") and not any(word.startswith("-") for word in rest[:end])):
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    if rest:
        arguments.inputs = [*arguments.inputs, *rest[:end], *rest[end + 1 :]]
    return arguments


def _write_anything() -> None:
    """A letter that a terminal cannot show is written as its code, and is no error; what goes to a file or a program is
    UTF-8, as files are, whatever a terminal here would take.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            elsewhere = {"encoding": "utf-8"} if stream is sys.stdout and not stream.isatty() else {}
            stream.reconfigure(errors="backslashreplace", **elsewhere)


def _parser(given: Sequence[str] = ()) -> argparse.ArgumentParser:
    """The parser of all commands, or of the one that is given: the others need not be loaded for it."""
    parser = _Parser(prog="neuronet", description="A neural network that one can see, neuron by neuron.")
    parser.add_argument("--version", action="version", version=f"neuronet {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name in given[:1] if given[:1] and given[0] in COMMANDS else COMMANDS:
        module = import_module(f"neuronet.cli.{name}")
        module.add(commands)
        command = commands.choices[name]
        options = {action.dest for action in command._actions if action.option_strings}
        command.set_defaults(command=module.run, options=options)
    return parser


class _Parser(argparse.ArgumentParser):
    """Takes the beginning of an option for the whole, also where the option has two names that begin so."""

    def _get_option_tuples(self, option_string: str) -> Any:
        found = {id(action): (action, *rest) for action, *rest in super()._get_option_tuples(option_string)}
        return list(found.values())


def _not_an_option(argument: str) -> str:
    """A negative number with a space before it, so that argparse does not take `-1e-3` for an option."""
    try:
        float(argument)
    except ValueError:
        return argument
    return f" {argument}" if argument.startswith("-") else argument


def _complain(message: str, code: int) -> int:
    tell(sys.stderr, f"neuronet: {message}\n")
    return code
