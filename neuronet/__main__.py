"""`python -m neuronet` is the command line. Ctrl-C ends it with one line from its first moment to its last."""

import sys


def main() -> int:
    """Run the command of this process, and return its exit code."""
    try:
        import signal

        from neuronet.cli import main as run

        code = run()
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is done, and Python only tidies up
    except KeyboardInterrupt:
        code = 1
        sys.stderr.write("neuronet: interrupted\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
