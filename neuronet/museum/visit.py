"""A visit to the museum: the list of the exhibits, one exhibit as text, and the hunt for a bug that has no name."""

from __future__ import annotations

from random import Random
from textwrap import fill

from neuronet import validate
from neuronet.bugs import BUGS, Bug, find_bug
from neuronet.errors import UnknownNameError
from neuronet.gradcheck import check_deltas, check_gradients, check_step
from neuronet.museum.decoys import DECOYS
from neuronet.museum.specimens import Specimen, specimen_of

WIDTH = 100

SHARE_OF_DECOYS = 1 / 5
"""So many of the mysteries are nothing but a decoy."""


def names() -> list[str]:
    """The names of the bugs, room by room."""
    return list(BUGS)


def decoys() -> list[str]:
    """The names of the decoys: correct networks that look wrong."""
    return list(DECOYS)


def bug(name: str) -> Bug:
    """The bug of this name, with its story, its difficulty and where it was seen. UnknownNameError for any other."""
    return find_bug(name)


def story(name: str) -> str:
    """The story of a bug or a decoy. UnknownNameError, listing the known names, for any other."""
    _refuse_unknown(name)
    return BUGS[name].story if name in BUGS else DECOYS[name].story


def specimen(name: str, number: int = 0, seed: int = 0) -> Specimen:
    """A generated network with this bug and samples on which it shows, or a decoy with its samples.

    number: which one; 0, 1 and 2 have two, three and four layers of weights.
    seed: another seed gives other networks.

    Raises UnknownNameError, listing the known names, for any other name.

    >>> from neuronet import museum
    >>> network, inputs, targets = museum.specimen("sign-in-hidden")
    >>> len(network.layers), len(inputs)
    (3, 3)
    """
    _refuse_unknown(name)
    validate.count(number, "number", least=0)
    validate.count(seed, "seed", least=0)
    return specimen_of(name, number, seed) if name in BUGS else DECOYS[name].build(seed + number)


def mystery(seed: int) -> Specimen:
    """A network with samples that has a bug, and does not say which; one in five is a decoy and has none.

    seed: an int of 0 or more; the same seed gives the same mystery, and `reveal(seed)` its answer.

    >>> from neuronet import museum
    >>> network, inputs, targets = museum.mystery(7)
    >>> museum.reveal(7) in museum.names() + museum.decoys()
    True
    """
    name, number = _answer(seed)
    return specimen(name, number, seed)


def reveal(seed: int) -> str:
    """The name of what `mystery(seed)` is: a bug, or a decoy."""
    return _answer(seed)[0]


def _answer(seed: int) -> tuple[str, int]:
    rng = Random(f"mystery {validate.count(seed, 'seed', least=0)}")
    kinds = decoys() if rng.random() < SHARE_OF_DECOYS else names()
    return rng.choice(kinds), rng.randrange(3)


def _refuse_unknown(name: str) -> None:
    if not isinstance(name, str) or name not in {**BUGS, **DECOYS}:
        raise UnknownNameError(
            f"museum: unknown {name!r}; known bugs: {', '.join(BUGS)}; known decoys: {', '.join(DECOYS)}"
        )


# As text.


def catalogue() -> str:
    """Every bug with its difficulty and what is wrong, and every decoy, a line each."""
    width = max(map(len, names() + decoys()))
    lines = [f"{len(BUGS)} bugs, with how hard each is to see, from 1 to 5:"]
    lines += [f"  {name:{width}}  {exhibit.difficulty}  {exhibit.summary}" for name, exhibit in BUGS.items()]
    lines += ["", f"{len(DECOYS)} decoys: correct networks that look wrong:"]
    lines += [f"  {name:{width}}     {decoy.summary}" for name, decoy in DECOYS.items()]
    return "\n".join(lines)


def exhibit(name: str) -> str:
    """One bug or decoy as text: its story, where it was seen, and what the checks say of a network that has it.

    Raises UnknownNameError, listing the known names, for any other name.
    """
    text = [name, "", fill(story(name), WIDTH), ""]
    if name in BUGS:
        shown = BUGS[name]
        text.append(f"difficulty: {shown.difficulty} of 5")
        conditions = [need.words for need in shown.needs] + [shown.wants] * bool(shown.wants)
        text += [f"needs: {'; '.join(conditions)}"] if conditions else []
        text += [f"seen in: {', '.join(shown.seen_in)}"] if shown.seen_in else []
        text.append("")
    return "\n".join([*text, reports(specimen(name))])


def hunt(seed: int) -> str:
    """A mystery as text: the network, and what the checks say of it, without their guesses. `reveal(seed)` tells."""
    found = mystery(seed)
    told = [line for line in reports(found).split("\n") if not line.startswith("guess: ")]
    return "\n".join([str(found.network), "", *told])


def reports(found: Specimen) -> str:
    """What `check_gradients`, `check_deltas` and `check_step` say, one after the other; what one raises is said too."""
    said = []
    for check in (check_gradients, check_deltas, check_step):
        try:
            said.append(str(check(*found)))
        except Exception as problem:
            said.append(f"{check.__name__} raised {type(problem).__name__}: {problem}")
    return "\n\n".join(said)
