"""The server of the walk: see `contestants/process.py`. For another interpreter than that of the benchmark."""

from __future__ import annotations

import sys

from contestants.ours import Walk
from contestants.task import task_from


def main() -> None:
    """Answer until the input ends."""
    contestant = Walk(task_from(sys.stdin.readline()))
    for line in sys.stdin:
        command, *arguments = line.split()
        if command == "turn":
            answer = [contestant.turn(int(arguments[0]))]
        elif command == "until":
            seconds = contestant.seconds_to_loss(float(arguments[0]), int(arguments[1]))
            answer = [seconds, contestant.epochs_taken]
        else:
            answer = contestant.outputs()
        print(*answer, flush=True)


if __name__ == "__main__":
    main()
