"""The pages say what the library has: every name, key and file stands where a reader looks for it, every link leads on.

The examples on the pages run as doctests. Here each check is a small function of text, and is shown to fail on text
that lacks something.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import shlex
import shutil
import types
from pathlib import Path

import make_pages
import pytest

import neuronet
from neuronet import (
    Network,
    check_deltas,
    check_gradients,
    cli,
    datasets,
    diagnosis,
    draw,
    dropout,
    errors,
    gradcheck,
    museum,
    optimizers,
    regularization,
    scalar,
)
from neuronet.activations import ACTIVATIONS, Activation
from neuronet.data import encoding, metrics, reading, splitting
from neuronet.data import table as tables
from neuronet.data.datasets import DATASETS, Dataset
from neuronet.feedforward import FeedForward
from neuronet.gradcheck.references import METHODS
from neuronet.gradcheck.report import REASONS, GradientReport, Report
from neuronet.graph import Layer, Neuron, Synapse
from neuronet.initializers import INITIAL_WEIGHTS
from neuronet.losses import LOSSES, Loss
from neuronet.numbers import dual
from neuronet.store.document import FORMER_NAMES, build, describe
from neuronet.tabular import experiment as experiments
from neuronet.tabular import fit as fitting
from neuronet.tabular import results
from neuronet.training import CosineSchedule, Epoch, History, StepSchedule, TrainingState
from neuronet.training.schedules import SCHEDULES

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PACKAGE = ROOT / "neuronet"
PAGES = sorted(DOCS.rglob("*.md"))
LINKED = [ROOT / "README.md", ROOT / "tests" / "benchmarks" / "README.md", *PAGES]

COMMANDS = ("reference/command-line.md", "reference/command-line-models.md", "reference/command-line-networks.md")
"""The pages of the command line."""
NO_NAMES = ("reference/benchmarks.md", "reference/glossary.md", "reference/json-format.md")
"""Pages of the reference that do not say what a public name is for."""
FILES = ("iris.csv", "penguins.csv", "breast_cancer.csv")
"""What the commands on the pages read: files that come with the package."""

XOR = datasets.xor()
PLANTS = neuronet.Table.from_rows("plants", [{"height": i % 7, "kind": "ab"[i % 7 > 3]} for i in range(70)])
FITTED = neuronet.fit(PLANTS, epochs=1)
NUMBERS = metrics.regression_report([1, 2], [1, 2])
RUN = results.Run(0, {}, 0, 0, {"rmse": 1.0}, 0.1, None)
FOUND = results.Experiment([RUN], [{}], seeds=1, folds=1)
NEURON = Neuron("n")
SYNAPSE = Synapse(NEURON, Neuron("m"))
EXAMPLES = [
    Network(2, 1, seed=1),
    Network(1, 1, seed=1).steps([1], [1]),
    Network(1, 1, seed=1).steps([1], [1])[0],
    neuronet.explain(Network(1, 1, seed=1), [1], [1], 0.5),
    NEURON,
    SYNAPSE,
    Layer("row", [NEURON]),
    History(),
    Epoch(1, 0.5, 0.5, 0.1),
    ACTIVATIONS["sigmoid"],
    LOSSES["half_squared_error"],
    XOR,
    dual.Dual(1),
    check_gradients(Network(1, 1, seed=1), [[1]], [[1]]),
    check_gradients(Network(1, 1, seed=1), [[1]], [[1]]).entries[0],
    check_deltas(Network(1, 1, seed=1), [[1]], [[1]]),
    gradcheck.taylor_test(Network(1, 1, seed=1), [[1]], [[1]]),
    gradcheck.step_sweep(Network(1, 1, seed=1), [[1]], [[1]], methods=["dual"]),
    gradcheck.step_sweep(Network(1, 1, seed=1), [[1]], [[1]], methods=["dual"]).rows[0],
    Network(2, 1, seed=1).diagnose(*XOR),
    Network(2, 1, seed=1).diagnose(*XOR)[0],
    museum.bug("uphill"),
    museum.specimen("uphill"),
    museum.Score(1.0, 1.0, [], []),
    optimizers.Optimizer(),
    dropout.DropoutLayer("row", [NEURON]),
    regularization.Penalty(),
    StepSchedule(every=2),
    CosineSchedule(epochs=2),
    PLANTS,
    PLANTS.columns[0],
    FITTED,
    FITTED.model,
    FITTED.report,
    FITTED.report.baseline,
    NUMBERS,
    NUMBERS.baseline,
    fitting.Parts(PLANTS, None, None),
    encoding.NumberInput("height", "none", 0, 1),
    encoding.CategoryInput("kind", ["a"]),
    encoding.ClassTarget("kind", ["a", "b"], "a"),
    encoding.ValueTarget("height", "none", 0, 1, 0),
    FOUND,
    FOUND.points[0],
    RUN,
    experiments.Best(None, 0.0, 0, {}),
]
"""One object of each class whose public attributes the reference lists."""


def text_of(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


def reference() -> str:
    """The pages where everything public stands."""
    pages = (page.relative_to(DOCS).as_posix() for page in PAGES if page.parent.name == "reference")
    return "\n\n".join(text_of(page) for page in pages if page not in NO_NAMES)


def command_pages() -> str:
    return "\n\n".join(map(text_of, COMMANDS))


def prose(text: str) -> str:
    """A page without its blocks of code."""
    return re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)


def code_spans(text: str) -> set[str]:
    """What stands in the prose of a page as inline `code`, calls without their arguments, also without its module."""
    spans = {re.sub(r"\s", "", span).split("(")[0] for span in re.findall(r"`([^`]+)`", prose(text))}
    return spans | {span.rpartition(".")[2] for span in spans if re.match(r"neuronet(\.[a-z_]+)+\.\w+$", span)}


def missing(names: list[str], text: str) -> list[str]:
    """Those of the names that do not stand in the text as `code`."""
    return sorted(set(names) - code_spans(text))


def own_names(example: object) -> list[str]:
    """The public attributes that the class of an object defines, or that its instances carry, as Class.name."""
    class_ = type(example)
    names = {*vars(class_), *getattr(example, "__dict__", ())}
    for base in class_.__mro__[1:]:
        if base is FeedForward or (base.__name__.startswith("_") and base.__module__.startswith("neuronet.")):
            names |= set(vars(base))  # users know what it has under the name of the class alone
    shared = {*vars(Report), *vars(Report("", []))}  # what all reports share is listed under the first of them
    if isinstance(example, Report):
        names = names | shared if class_ is GradientReport else names - shared
    return [f"{class_.__name__}.{name}" for name in names if not name.startswith("_")]


def slug(heading: str) -> str:
    """The anchor that a heading gets: lower case, words joined by hyphens, other signs dropped."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def anchors(text: str) -> set[str]:
    """The headings of a page, as links name them."""
    return {slug(heading) for heading in re.findall(r"^#+ (.+)$", prose(text), flags=re.MULTILINE)}


def links(text: str) -> list[str]:
    """The relative links of a page, images included."""
    targets = re.findall(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"", prose(text))
    return [first or second for first, second in targets if not re.match(r"[a-z]+:", first or second)]


def broken_links(page: Path, text: str) -> list[str]:
    """The links of a page to a file that does not exist, or to a heading that a page does not have."""
    broken = []
    for link in links(text):
        path, _, anchor = link.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and anchor not in anchors(file.read_text(encoding="utf-8") if path else text)):
            broken.append(link)
    return broken


def keys_of(document: object) -> set[str]:
    """Every key of a document, at any depth."""
    if isinstance(document, dict):
        return set(document).union(*map(keys_of, document.values()))
    return set().union(*map(keys_of, document)) if isinstance(document, list) else set()


def names_defined_in(module: types.ModuleType) -> list[str]:
    """The public functions and classes of a module that are not imported from another."""
    own = [name for name, value in vars(module).items() if getattr(value, "__module__", None) == module.__name__]
    return [name for name in own if not name.startswith("_")]


def section(text: str, heading: str) -> str:
    """What stands below a heading, up to the next one that is as high; "" where there is no such heading."""
    for block in re.findall(r"^## .*?(?=^## |\Z)|^### .*?(?=^##|\Z)", text, flags=re.DOTALL | re.MULTILINE):
        first, _, rest = block.partition("\n")
        if first.lstrip("# ") == heading:
            return rest
        if heading in re.findall(r"^### (.+)$", rest, flags=re.MULTILINE):
            return section(rest, heading)
    return ""


def parsers(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The parser of each command, by its name."""
    [commands] = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    return dict(commands.choices)


def long_names(parser: argparse.ArgumentParser) -> list[list[str]]:
    """For each option of a parser itself its long names, the present one first."""
    options = [[name for name in action.option_strings if name.startswith("--")] for action in parser._actions]
    return [names for names in options if names and names != ["--help"]]


def options_of(parser: argparse.ArgumentParser) -> set[str]:
    """The options of a parser itself, but for help, each by its present long name."""
    return {names[0] for names in long_names(parser)}


def former_names(commands: dict[str, argparse.ArgumentParser]) -> set[tuple[str, str]]:
    """The former names of options that are still accepted, each with the present one."""
    options = [names for command in commands.values() for names in long_names(command)]
    return {(former, present) for present, *others in options for former in others}


def arguments_of(parser: argparse.ArgumentParser) -> set[str]:
    """What the arguments of a parser that are no options are called, DATASET|MODEL.json as two."""
    own = [action for action in parser._actions if not action.option_strings and action.metavar]
    return {name for action in own for name in str(action.metavar).split("|")}


def options_explained(text: str, command: str) -> set[str]:
    """The options that the tables of a command's section list, and those of the shared tables that it links to."""
    own = section(text, command)
    shared = [section(text, "Options " + each.replace("-", " ")) for each in re.findall(r"#options-([\w-]+)\)", own)]
    return set(re.findall(r"^\| `(--[\w-]+)", "\n".join([own, *shared]), flags=re.MULTILINE))


def differences(parser: argparse.ArgumentParser, text: str) -> list[str]:
    """What the command line has and the page lacks, or the other way round."""
    commands = parsers(parser)
    table = section(text, "Commands")
    found = [f"command {name}" for name in set(commands) ^ set(re.findall(r"^\| \[`(\w+)", table, flags=re.MULTILINE))]
    for name, command in commands.items():
        found += [f"{name} {option}" for option in options_of(command) ^ options_explained(text, name)]
        usage = " ".join(re.findall(r"`(python -m neuronet [^`]*)`", section(text, name)))
        found += [f"{name} {argument}" for argument in arguments_of(command) if argument not in usage]
    listed = set(re.findall(r"^\| `(--[\w-]+)` \| `(--[\w-]+)` \|", section(text, "Former names"), flags=re.MULTILINE))
    found += [f"{former}, now {present}" for former, present in former_names(commands) ^ listed]
    explained = set(re.findall(r"`(?:python -m neuronet )?(--[\w-]+)`", table))
    return sorted([*found, *((options_of(parser) | {"--help"}) ^ explained)])


def examples(text: str) -> list[tuple[str, str]]:
    """The commands of the blocks of a terminal, and what is said to come out of each."""
    blocks = re.findall(r"^```console\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)
    shown = [part.partition("\n") for block in blocks for part in re.split(r"^\$ ", block, flags=re.MULTILINE) if part]
    return [(command, output) for command, _, output in shown]


def without_numbers(text: str) -> list[str]:
    """The words of a text; a last digit may be another elsewhere."""
    return re.sub(r"\d[\d.]*(e[+-]?\d+)?", "0", text).split()


def run_command(command: str, monkeypatch, capsys) -> tuple[int, str, str]:
    """What a command line of a page answers: its exit code, and what it writes to either stream."""
    given, _, words = command.rpartition("| ")
    if given:
        lines = shlex.split(given)[1].replace("\\n", "\n")
        monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    assert words.startswith("python -m neuronet ")
    code = cli.main(shlex.split(words, comments=True)[3:])
    written = capsys.readouterr()
    return code, written.out, written.err


@pytest.fixture
def folder_with_the_files(tmp_path, monkeypatch):
    """A folder of its own, with the files that the commands on the pages read."""
    for name in FILES:
        shutil.copy(PACKAGE / "data" / name, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")


def test_every_public_name_stands_in_the_reference():
    names = [*neuronet.__all__, *gradcheck.__all__, *museum.__all__, *names_defined_in(dual)]
    assert missing(names, reference()) == []


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("gradcheck.md", gradcheck.__all__),
        ("museum.md", museum.__all__),
        ("pictures.md", draw.__all__),
        ("numbers.md", names_defined_in(dual)),
        ("optimizers.md", [class_.__name__ for class_ in optimizers.OPTIMIZERS.values()]),
        ("training.md", [each.__name__ for each in SCHEDULES.values()]),
        ("data.md", names_defined_in(datasets)),
        ("errors.md", names_defined_in(errors)),
        ("diagnosis.md", diagnosis.__all__),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_the_names_of_a_room_stand_on_its_page(page, names):
    classes = {name.partition(".")[0] for name in code_spans(text_of(f"reference/{page}")) if "." in name}
    assert len(names) >= 2
    assert set(missing(list(names), text_of(f"reference/{page}"))) - classes == set()


def test_the_first_page_of_the_reference_leads_to_the_others():
    others = {page.name for page in PAGES if page.parent.name == "reference"} - {"index.md"}
    assert others - {link.partition("#")[0] for link in links(text_of("reference/index.md"))} == set()


def test_every_name_that_helps_tests_stands_in_the_reference():
    pytest.importorskip("hypothesis")
    from neuronet import testing

    assert missing(testing.__all__, text_of("reference/testing.md")) == []


def test_every_method_and_reason_of_a_check_stands_in_the_reference():
    listed = set(re.findall(r"^\| `([^`]+)` \|", text_of("reference/gradcheck.md"), re.MULTILINE))
    assert {*METHODS, *REASONS} - listed == set()
    rows = [f"| `{reason}` | {meaning[0].upper()}{meaning[1:]}. |" for reason, meaning in REASONS.items()]
    assert [row for row in rows if row not in text_of("reference/gradcheck.md")] == []


def test_the_reference_and_the_command_line_have_the_same_commands_and_options():
    assert differences(cli._parser(), command_pages()) == []


@pytest.mark.usefixtures("folder_with_the_files")
def test_the_command_line_answers_as_the_reference_shows(monkeypatch, capsys):
    answered = [(command, output) for command, output in examples(command_pages()) if output]
    assert len(answered) >= 8
    for command, output in answered:
        code, written, _ = run_command(command, monkeypatch, capsys)
        assert code == 0
        assert without_numbers(written) == without_numbers(output)


TRAINING_PAGES = ("use-your-own-csv-file.md", "run-many-experiments.md")
"""Pages whose commands train for a second or longer; the quick suite runs what they show of Python."""


@pytest.mark.usefixtures("folder_with_the_files")
@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, marks=[pytest.mark.slow] if page.name in TRAINING_PAGES else [], id=page.name)
        for page in sorted(DOCS.glob("how-to/*.md"))
    ],
)
def test_the_command_line_answers_as_a_page_shows(page, monkeypatch, capsys):
    for command, output in examples(page.read_text(encoding="utf-8")):
        if not (output and command.rpartition("| ")[2].startswith("python -m neuronet ")):
            continue
        code, *written = run_command(command, monkeypatch, capsys)
        known = [without_numbers(line) for line in "\n".join(written).splitlines()]
        assert [line for line in output.splitlines() if line != "..." and without_numbers(line) not in known] == []
        assert code == 0 or output.splitlines()[-1].startswith("neuronet: ")


def test_the_drawing_shows_the_network_of_the_first_example():
    network = Network(2, 4, 1, seed=1)
    network.train(XOR.inputs, XOR.targets, epochs=5000, learning_rate=0.5)
    picture = (DOCS / "pictures" / "network.svg").read_text(encoding="utf-8")
    drawn = re.findall(r"<title>(\w+) to (\w+): ([-.\d]+)</title>", picture)
    weights = [(synapse.source.name, synapse.destination.name, f"{synapse.weight:.4f}") for synapse in network.synapses]
    assert drawn == weights


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: type(example).__name__)
def test_every_public_attribute_stands_in_the_reference(example):
    assert missing(own_names(example), reference()) == []


def test_every_number_of_a_training_state_stands_in_the_reference():
    assert missing([f"TrainingState.{name}" for name in vars(TrainingState(0.5, 1))], reference()) == []


def test_the_reference_names_no_attribute_that_is_not_there():
    classes = {type(example).__name__: set(own_names(example)) for example in EXAMPLES}
    mentioned = [span for span in code_spans(reference()) if span.partition(".")[0] in classes]
    assert [span for span in mentioned if "." in span and span not in classes[span.partition(".")[0]]] == []


@pytest.mark.parametrize(
    "names",
    [ACTIVATIONS, LOSSES, INITIAL_WEIGHTS, optimizers.OPTIMIZERS],
    ids=["activations", "losses", "weights", "optimizers"],
)
def test_every_name_that_an_argument_takes_stands_in_the_reference(names):
    assert missing(list(names), reference()) == []


def test_every_optimizer_stands_in_the_reference_with_its_settings_and_its_rate():
    rows = dict(re.findall(r"^\| `(\w+)` (\| `\w+\(.*)$", text_of("reference/optimizers.md"), re.MULTILINE))
    for name, class_ in optimizers.OPTIMIZERS.items():
        own = class_()
        call = re.search(rf"`{class_.__name__}\((.*?)\)`", rows[name])
        given = {option: float(value) for option, value in re.findall(r"(\w+)=([^,]+)", call[1])}
        assert given == {option: getattr(own, option) for option in own.options}, name
        assert re.search(rf"\| {class_.learning_rate:g}[ ,]", rows[name]), name


def test_every_schedule_stands_in_the_reference():
    assert missing([each.__name__ for each in SCHEDULES.values()], reference()) == []


def test_every_data_set_stands_in_the_reference():
    names = names_defined_in(datasets)
    assert set(DATASETS) <= {name.rstrip("_") for name in names}
    assert missing(names, reference()) == []


@pytest.mark.parametrize(
    ("module", "least"),
    [
        *((errors, 7), (scalar, 7), (optimizers, 9), (regularization, 1), (dropout, 2), (splitting, 4), (metrics, 12)),
        *((tables, 6), (reading, 1), (fitting, 5), (results, 4), (experiments, 4)),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_every_name_of_a_module_stands_in_the_reference(module, least):
    classes = [name.partition(".")[0] for name in code_spans(reference()) if "." in name]
    assert len(names_defined_in(module)) >= least
    assert set(missing(names_defined_in(module), reference())) - set(classes) == set()


@pytest.mark.parametrize("page", LINKED, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_relative_link_leads_somewhere(page):
    assert broken_links(page, page.read_text(encoding="utf-8")) == []


def test_the_index_links_to_every_page():
    linked = {link.partition("#")[0] for link in links(text_of("index.md"))}
    # In the folder of the reference its first page leads to the others.
    pages = {page.relative_to(DOCS).as_posix() for page in PAGES if page.parent.name != "reference"}
    assert (pages | {"reference/index.md"}) - linked == {"index.md"}


def test_every_page_stands_in_the_folder_of_its_kind():
    folders = {page.parent.relative_to(DOCS).as_posix() for page in PAGES}
    assert folders == {".", "tutorials", "how-to", "reference", "explanation"}
    assert {page.name for page in DOCS.glob("*.md")} == {"index.md", "changelog.md", "contributing.md"}


def test_every_key_of_a_saved_network_stands_in_its_format():
    keys = keys_of(describe(Network(2, 4, 1, seed=1)))
    assert len(keys) >= 14
    assert missing(sorted(keys), text_of("reference/json-format.md")) == []


def example_document() -> dict:
    [text] = re.findall(r"^```json\n(.*?)^```", text_of("reference/json-format.md"), flags=re.DOTALL | re.MULTILINE)
    return json.loads(text)


def test_the_example_of_a_saved_network_can_be_read_and_written_again():
    assert describe(build(Network, example_document())) == example_document()


def test_the_table_of_files_is_made_from_their_first_lines():
    # `python tests/make_pages.py` writes it anew.
    text = make_pages.PAGE.read_text(encoding="utf-8")
    assert make_pages.written(text) == text


def test_every_file_says_in_its_first_line_what_it_is():
    lines = {file: make_pages.first_line(file) for file in make_pages.package_files()}
    assert [file for file, line in lines.items() if not line.endswith((".", "?"))] == []


def test_every_former_name_of_a_key_stands_in_the_format():
    text = section(text_of("reference/json-format.md"), "What versions 1 and 2 called things")
    rows = set(re.findall(r"\| `(\w+)` \| `(\w+)` \|$", text, flags=re.MULTILINE))
    assert rows == set(FORMER_NAMES.items())


def test_the_pages_never_call_a_network_net():
    for page in LINKED:
        assert not re.search(r"^(>>>|\.\.\.) +net = Network", page.read_text(encoding="utf-8"), re.MULTILINE), page.name


# The checks themselves can fail.


def test_a_name_in_prose_or_in_a_block_does_not_count_as_code():
    assert missing(["predict"], "predict\n\n```python\n>>> predict()\n\n```\n") == ["predict"]
    assert missing(["predict"], "call `predict(inputs)` now") == []
    assert missing(["split", "data"], "`neuronet.data.splitting.split(count)`") == ["data"]


def test_a_missing_attribute_is_noticed():
    class Fuller(Activation):
        def further(self):
            """A method that no page knows."""

    assert own_names(Fuller("f", abs, divmod)) == ["Fuller.further"]
    assert missing(["Fuller.further"], reference()) == ["Fuller.further"]
    assert {"Network.layers", "Network.train", "Network.neuron_class"} <= set(own_names(EXAMPLES[0]))
    assert {"Synapse.weight", "Synapse.frozen"} <= set(own_names(SYNAPSE))
    assert {"Dataset.split", "Dataset.inputs"} <= set(own_names(Dataset("d", [[1]], [[1]])))
    assert {"Loss.average", "Loss.refuse_targets"} <= set(own_names(Loss("l", divmod, divmod)))


def test_a_broken_link_is_noticed(tmp_path):
    (tmp_path / "there.md").write_text("# A heading, `code` and all\n", encoding="utf-8")
    text = "[](there.md) [](gone.md) [](there.md#a-heading-code-and-all) [](there.md#no) [](https://x.y) ![](p.svg)"
    assert broken_links(tmp_path / "page.md", text) == ["gone.md", "there.md#no", "p.svg"]


def test_keys_are_found_at_any_depth():
    assert keys_of({"a": [{"b": {"c": 1}}, 2], "d": None}) == {"a", "b", "c", "d"}


def test_a_section_ends_where_the_next_one_begins():
    text = "# A\n\n## One\n\na\n\n### Two\n\nb\n\n### Three\n\nc\n\n## Four\n\nd\n"
    assert section(text, "One").split() == ["a", "###", "Two", "b", "###", "Three", "c"]
    assert section(text, "Two").split() == ["b"]
    assert section(text, "Three").split() == ["c"]
    assert section(text, "Four").split() == ["d"]
    assert section(text, "Five") == ""


def test_an_option_or_a_command_that_is_new_or_gone_is_noticed():
    text = command_pages()
    parser = cli._parser()
    [commands] = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    parsers(parser)["train"].add_argument("--new")
    commands.add_parser("visit").add_argument("name", metavar="NAME")
    parser.add_argument("--loud")
    assert differences(parser, text) == ["--loud", "command visit", "train --new", "visit NAME"]
    assert differences(cli._parser(), text.replace("| `--hunt SEED` |", "| `--seek SEED` |")) == [
        "museum --hunt",
        "museum --seek",
    ]
    assert differences(cli._parser(), text.replace("| `--hidden N` |", "|")) == [
        "check --hidden",
        "diagnose --hidden",
        "draw --hidden",
        "explain --hidden",
        "quiz --hidden",
        "train --hidden",
    ]
    assert differences(cli._parser(), text.replace("[`museum [NAME]`]", "[`gallery`]")) == [
        "command gallery",
        "command museum",
    ]


def test_options_of_a_shared_table_count_where_it_is_linked_to():
    shared = "## Options of reading\n\n| `--header` | |\n\n"
    text = f"## a\n\n| `--own` | |\n\n[those](#options-of-reading)\n\n## b\n\n| `--b` | |\n\n{shared}"
    assert options_explained(text, "a") == {"--own", "--header"}
    assert options_explained(text, "b") == {"--b"}


def test_the_examples_of_a_terminal_are_found():
    text = "```console\n$ python -m neuronet a\n1 x\n$ python -m neuronet b\n```\n"
    assert examples(text) == [("python -m neuronet a", "1 x\n"), ("python -m neuronet b", "")]
    assert without_numbers("a 1.5e-17  x 3\n") == ["a", "0", "x", "0"]
