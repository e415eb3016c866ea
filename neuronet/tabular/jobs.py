"""Where the runs of an experiment go: one after another here, or to any executor; each comes back when it has ended."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any, Callable, Optional

from neuronet import validate
from neuronet.errors import DataError

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future


def ended(
    call: Callable[..., Any], jobs: Sequence[tuple[Any, ...]], executor: Optional[Executor]
) -> Generator[tuple[int, Future[Any]], None, None]:
    """Call a function with the arguments of each job, here or on an executor.

    Yields the position of each job with its future, as soon as it has ended; closing the generator cancels what has not
    begun.
    """
    from concurrent.futures import BrokenExecutor, Future
    from queue import SimpleQueue

    if executor is None:
        for position, job in enumerate(jobs):
            here: Future[Any] = Future()
            try:
                here.set_result(call(*job))
            except (Exception, SystemExit) as problem:  # as an executor has it
                here.set_exception(problem)
            yield position, here
        return
    # Not `as_completed`, which waits for ever for a future that was cancelled while its executor was shut down.
    finished: SimpleQueue[tuple[int, Future[Any]]] = SimpleQueue()
    futures: list[Future[Any]] = []
    try:
        for position, job in enumerate(jobs):
            try:
                future = executor.submit(call, *job)
            except BrokenExecutor as problem:
                future = Future()
                future.set_exception(problem)
            futures.append(future)
            future.add_done_callback(lambda done, position=position: finished.put((position, done)))  # type: ignore[misc]
        for _ in jobs:
            yield finished.get()
    finally:
        for future in futures:
            future.cancel()


def problem_of(future: Future[Any]) -> Optional[BaseException]:
    """The error of a future that has ended, or None."""
    from concurrent.futures import CancelledError

    return CancelledError("cancelled before it began") if future.cancelled() else future.exception()


def text_of(problem: BaseException) -> str:
    """An error as its kind and its message."""
    return f"{type(problem).__name__}: {problem}"


def refuse_unsendable(executor: Any, place: str, function: Any, sent: Sequence[Any]) -> None:
    """Raise DataError unless these are an executor or None, a function, and things that can be sent to its workers.

    executor: None runs everything here.
    place, function: the function that is run there, and what an error calls it.
    sent: what goes with every run.
    """
    if not callable(function):
        raise DataError(f"{place}: expected a function, got {validate.shown(function)}")
    if executor is None:
        return
    from concurrent.futures import Executor, ProcessPoolExecutor

    if not isinstance(executor, Executor):
        hint = "; of a Dask client take get_executor()" if hasattr(executor, "get_executor") else ""
        got = validate.shown(executor)
        raise DataError(f"executor: expected a concurrent.futures.Executor or None, got {got}{hint}")
    # Threads send nothing, and Dask sends lambdas too.
    if not isinstance(executor, ProcessPoolExecutor) and type(executor).__module__.partition(".")[0] != "mpi4py":
        return
    import pickle

    for item in sent:
        try:
            pickle.dumps(item)
        except Exception as problem:
            raise DataError(
                f"{place}: expected a function and settings that can be sent to another process, got "
                f"{validate.shown(item)}; put the function into a module, with def, and bind values with "
                f"functools.partial ({problem})"
            ) from problem
