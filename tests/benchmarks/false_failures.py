"""How often a correct network is called wrong: never, or the check has a bug.

    python tests/benchmarks/false_failures.py [--networks 10000] [--methods complex central] [--seed 1]

The networks are those that checks go wrong on, drawn by Hypothesis: `wild_cases` in `tests/strategies.py`. What stays
inconclusive is counted by its reasons. Exits with 1 where a network failed, after showing the first of them.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from time import perf_counter

from hypothesis import HealthCheck, Phase, given, seed, settings

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from strategies import wild_cases_for

from neuronet import check_gradients
from neuronet.gradcheck.references import METHODS


def verdicts(method: str, networks: int, first: int) -> tuple[Counter[str], Counter[str], list[str]]:
    """How many networks had each status, how many entries each reason, and the cases that failed."""
    statuses: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    failed: list[str] = []

    @seed(first)
    @settings(
        max_examples=networks,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(wild_cases_for(method))
    def check(case) -> None:  # type: ignore[no-untyped-def]
        report = check_gradients(*case, method=method)
        statuses[report.status] += 1
        reasons.update(f"{entry.status}: {entry.reason}" for entry in report.entries if entry.reason)
        if report.status == "fail":
            failed.append(f"{case!r}\n{report}")

    check()
    return statuses, reasons, failed


def main() -> int:
    """Run every method, print a table in Markdown, and the first failure of each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--networks", type=int, default=10_000)
    parser.add_argument("--methods", nargs="+", default=["complex", "central"], choices=list(METHODS))
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    rows, shown = [], []
    for method in arguments.methods:
        start = perf_counter()
        statuses, reasons, failed = verdicts(method, arguments.networks, arguments.seed)
        counts = [str(statuses[status]) for status in ("pass", "inconclusive", "fail")]
        why = ", ".join(f"{reason} {count}" for reason, count in reasons.most_common())
        rows.append(f"| {method} | {' | '.join(counts)} | {why} | {perf_counter() - start:.0f} |")
        shown += failed[:3]
    print("| method | pass | inconclusive | fail | reasons, by weight | seconds |\n|---|---|---|---|---|---|")
    print("\n".join([*rows, *shown]))
    return 1 if shown else 0


if __name__ == "__main__":
    sys.exit(main())
