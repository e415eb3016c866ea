"""Contestants in processes of their own: they stay alive between turns, and time themselves.

A server is told the task as one line of numbers (`Task.line`) and then, a line each:

    turn EPOCHS         train on; it answers with the seconds
    until LOSS MOST     build another and train it to this loss, in at most so many epochs; the seconds and the epochs
    outputs             it answers with the outputs for all samples

An answer is one line. A server ends when its input does.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from contestants.contestant import CannotTakePartError, Contestant
from contestants.ours import Walk
from contestants.step import Step
from contestants.task import Task

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parents[2]
SERVERS = FOLDER / "servers"
NOT_INSTALLED = "not installed"


class InProcess(Contestant):
    """A contestant whose network lives with a server."""

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        path = os.pathsep.join([str(ROOT), str(FOLDER.parent)])
        self.process = subprocess.Popen(
            self.command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": path},
        )
        self.tell(task.line())

    def command(self) -> list[str]:
        """What starts the server; CannotTakePartError where it cannot be."""
        raise NotImplementedError

    @classmethod
    def version(cls) -> str:
        """The version of what the server runs; CannotTakePartError where it is not installed."""
        raise NotImplementedError

    def turn(self, epochs: int) -> float:
        """Train on; the seconds as the server measured them."""
        return self.ask(f"turn {epochs}")[0]

    def seconds_to_loss(self, loss: float, most: int) -> float:
        """How long another takes to this loss; the process runs already."""
        seconds, epochs = self.ask(f"until {loss!r} {most}")
        self.epochs_taken = int(epochs)
        if epochs > most:
            raise CannotTakePartError(f"not there after {most:,} epochs")
        return seconds

    def outputs(self) -> list[float]:
        """The outputs for all samples."""
        return self.ask("outputs")

    def ask(self, line: str) -> list[float]:
        """The numbers that the server answers with."""
        self.tell(line)
        assert self.process.stdout is not None
        answer = self.process.stdout.readline()
        if not answer:
            self.give_up()
        return [float(word) for word in answer.split()]

    def tell(self, line: str) -> None:
        """Hand a line to the server."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            self.give_up()

    def give_up(self) -> None:
        """Say what the server said last; it has ended."""
        assert self.process.stderr is not None
        lines = self.process.stderr.read().split("\n")
        told = [line for line in lines if "Error" in line or "error" in line]
        self.close()
        raise CannotTakePartError(told[-1][:80] if told else "the process ended")

    def close(self) -> None:
        """End the server."""
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                with suppress(BrokenPipeError):
                    stream.close()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def program(*names: str) -> str:
    """The first of these programs that is there; CannotTakePartError where none is."""
    for name in names:
        found = shutil.which(name)
        if found:
            return found
    raise CannotTakePartError(NOT_INSTALLED)


def said(command: list[str]) -> str:
    """What a command prints; CannotTakePartError where it fails."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode:
        raise CannotTakePartError(NOT_INSTALLED)
    return done.stdout.strip()


class PypyWalk(InProcess):
    """The walk of neuronet itself, under PyPy."""

    fewest = Walk.fewest
    warm_up = 1.0

    def command(self) -> list[str]:
        """The same files, another interpreter."""
        return [program("pypy3"), str(SERVERS / "walk.py")]

    @classmethod
    def version(cls) -> str:
        """The version of PyPy."""
        return said([program("pypy3"), "-c", "import sys; print('.'.join(map(str, sys.pypy_version_info[:3])))"])


class NodeRival(InProcess):
    """A library under Node, found beside the benchmarks or where NODE_PATH says."""

    package: str
    warm_up = 1.0

    def command(self) -> list[str]:
        """The server, told which library; both step after every sample."""
        self.version()
        if self.task.batch_size > 1:
            raise CannotTakePartError("online only")
        return [program("node"), "--stack-size=8000", str(SERVERS / "javascript.js"), self.package]

    @classmethod
    def version(cls) -> str:
        """The versions of the library and of Node."""
        return said([program("node"), str(SERVERS / "version.js"), cls.package])


class Brain(NodeRival):
    """brain.js; it keeps its numbers in single precision."""

    package = "brain.js"
    tolerance = 1e-4


class Synaptic(NodeRival):
    """synaptic; its step is another, see `Step`."""

    package = "synaptic"
    step = Step(slope=False, moved=True)


class Fann(InProcess):
    """FANN, the library in C, in double precision; the server is compiled when it is first needed.

    It takes an output below 0.01 or above 0.99 for one of 0.01 or 0.99 where it finds the slope of the sigmoid; on the
    tasks here it has the same outputs as the others because none goes so far in the epochs before it is asked.
    """

    folder: TemporaryDirectory[str] | None = None

    def command(self) -> list[str]:
        """The compiled server."""
        if Fann.folder is None:
            Fann.folder = TemporaryDirectory()
        server = Path(Fann.folder.name) / "server"
        if not server.exists():
            compiler = program("cc", "gcc", "clang")
            said([compiler, "-O2", "-o", str(server), str(SERVERS / "fann.c"), "-ldoublefann", "-lm"])
        return [str(server)]

    @classmethod
    def version(cls) -> str:
        """The version of the library."""
        return said([program("pkg-config"), "--modversion", "fann"])
