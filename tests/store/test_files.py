"""Files under attack: damaged in 10,000 ways, cut off by a kill at any moment, gone on with in another process."""

import copy
import inspect
import json
import math
import os
import random
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import neuronet
from neuronet import Network
from neuronet.data.table import Table
from neuronet.errors import FormatError, NeuronetError
from neuronet.optimizers import OPTIMIZERS, RPROP, Adam
from neuronet.store import columns, document
from neuronet.store.training_state import KEYS
from neuronet.tabular.model import Model
from neuronet.training.schedules import SCHEDULES, CosineSchedule, StepSchedule

GOLDEN = Path(__file__).parents[1].joinpath("golden")
XOR = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]
ROWS = [
    {"size": 1.5, "colour": "red", "kind": "a"},
    {"size": 2.5, "colour": "blue", "kind": "b"},
    {"size": 2.0, "colour": "red", "kind": "a"},
    {"size": 3.5, "colour": "green", "kind": "b"},
]


def in_another_process(script, *arguments, given=""):
    """What a script prints, run by a Python of its own that imports this very library."""
    folder = str(Path(neuronet.__file__).parent.parent)
    done = subprocess.run(  # noqa: S603 - a script of our own
        [sys.executable, "-c", script, *arguments],
        input=given,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": folder},
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


# Damage.


def trained(**settings):
    network = Network(2, 3, 1, seed=1, dropout=0.25, l1=0.001, l2=0.01)
    network.connect("i1", "o1", 0.5)
    network.synapses[4].frozen = True
    network.train(*XOR, epochs=4, seed=5, validation=XOR, early_stopping=9, min_delta=5, **settings)
    assert network.training_state.last_weights is not None
    return network


def of_a_later_version():
    document = json.loads(trained(optimizer="momentum", plateau=7).to_json())
    document.update(minor_version=7, later=[1, {"later": [None, "text"]}])
    document["layers"][1]["later"] = document["training"]["later"] = document["synapses"]["later"] = {"a": [0.5]}
    return json.dumps(document)


def a_model():
    table = Table.from_rows("rows", ROWS)
    model = Model.build(table, "kind", hidden=2, seed=1)
    model.train(table, epochs=3)
    return model


def documents():
    """The readers, each with texts of every version and with everything that they can hold."""
    texts = [
        (GOLDEN / "version-1.json").read_text(encoding="utf-8"),
        trained(optimizer=Adam(clip_norm=1, clip_value=2), schedule=StepSchedule(2)).to_json(),
        trained(optimizer=RPROP(), schedule=CosineSchedule(9), batch_size=4, plateau=8).to_json(),
        of_a_later_version(),
    ]
    return [*((Network.from_json, text) for text in texts), (Model.from_json, a_model().to_json())]


def a_place(box, draw):
    """Where something is in a document, at any depth: its owner and its key there. The document is in a box."""
    owner, key = box, 0
    while draw.random() < 0.8 and isinstance(owner[key], (dict, list)) and owner[key]:
        owner = owner[key]
        key = draw.choice(list(owner)) if isinstance(owner, dict) else draw.randrange(len(owner))
    return owner, key


def objects(document):
    if isinstance(document, dict):
        yield document
    for child in document.values() if isinstance(document, dict) else document if isinstance(document, list) else ():
        yield from objects(child)


def flipped(text, draw):
    """With some bits flipped."""
    changed = bytearray(text.encode())
    for _ in range(draw.randint(1, 8)):
        changed[draw.randrange(len(changed))] ^= 1 << draw.randrange(8)
    return bytes(changed)


def cut(text, draw):
    """With its end, its beginning or something in its middle cut off."""
    begin, end = sorted(draw.randrange(len(text)) for _ in range(2))
    return draw.choice([text[:begin], text[end:], text[:begin] + text[end:], text[:begin] + text[begin + 1 :]])


def scribbled(text, draw):
    """With characters that mean something to JSON written over it, or a piece of it doubled."""
    for _ in range(draw.randint(1, 3)):
        begin = draw.randrange(len(text))
        piece = draw.choice([*'0123456789-+.eE[]{}",: ', text[begin : begin + draw.randint(1, 40)]])
        text = text[:begin] + piece + text[begin + draw.randint(0, 2) :]
    return text


TYPES = [None, True, False, 0, -1, 1, 2, 0.5, -0.0, 1e300, 5e-324, "", "x", "linear", "softmax", "adam", [], {}, [[]]]


def retyped(text, draw):
    """With a value of any type in the place of another."""
    box = [json.loads(text)]
    for _ in range(draw.randint(1, 2)):
        owner, key = a_place(box, draw)
        owner[key] = copy.deepcopy(draw.choice(TYPES))
    return json.dumps(box[0])


def exchanged(text, draw):
    """With two values in each other's place."""
    box = [json.loads(text)]
    (one, first), (other, second) = a_place(box, draw), a_place(box, draw)
    one[first], other[second] = copy.deepcopy(other[second]), copy.deepcopy(one[first])
    return json.dumps(box[0])


def without_a_key(text, draw):
    """With a key taken out."""
    document = json.loads(text)
    owner = draw.choice([each for each in objects(document) if each])
    del owner[draw.choice(list(owner))]
    return json.dumps(document)


def with_a_key(text, draw):
    """With a key more: one that stands there already, one that stands elsewhere, or one that nobody knows."""
    document = json.loads(text)
    owner = draw.choice([each for each in objects(document) if each])
    others = draw.choice([each for each in objects(document) if each])
    key = draw.choice([draw.choice(list(owner)), draw.choice(list(others)), "unknown"])
    owner["MARK"] = copy.deepcopy(draw.choice([draw.choice(list(others.values())), *TYPES]))
    return json.dumps(document).replace('"MARK"', json.dumps(key))


def longer(text, draw):
    """With a list that is longer, shorter or in another order."""
    box = [json.loads(text)]
    owner, key = a_place(box, draw)
    while not isinstance(owner[key], list):
        owner, key = a_place(box, draw)
    change = draw.choice([lambda row: row * 2, lambda row: row[:-1], lambda row: [*row, 0], lambda row: row[::-1]])
    owner[key] = change(owner[key])
    return json.dumps(box[0])


def hostile(draw):
    """The text of a value of a size that nobody expects."""
    size = draw.choice([100, 1_000, 10_000])
    return draw.choice(
        [
            *("1e999", "-1e999", "NaN", "-Infinity", "9" * 300, "9" * 400, "9" * 5_000, "-" + "9" * 5_000, "1e-999"),
            *("9007199254740993", "18446744073709551616", "4294967296", "625", "0." + "3" * size),
            *("[" * size + "]" * size, '{"a":' * size + "0" + "}" * size, "[" * size, '{"a":' * size),
            *("[" + "0," * size + "0]", "[" + "[],{}," * size + "0]", "[" + '"name",' * size + "0]"),
            *('"' + "x" * size + '"', '"' + "A" * draw.choice([3327, 3329, 3328, 4]) + '"', '"' + "\\ud800" * 99 + '"'),
            "{" + "".join(f'"{key}":0,' for key in range(size)) + '"a":0}',
        ]
    )


def of_hostile_size(text, draw):
    """With a value of a hostile size in the place of another."""
    box = [json.loads(text)]
    owner, key = a_place(box, draw)
    owner[key] = "MARK"
    return json.dumps(box[0]).replace('"MARK"', hostile(draw))


DAMAGES = [flipped, cut, scribbled, retyped, exchanged, without_a_key, with_a_key, longer, of_hostile_size]
CASES = 10_000


def damaged(cases):
    """So many damaged documents, always the same: the damage, the reader and the text."""
    draw, whole = random.Random(20), documents()
    for number in range(cases):
        damage = DAMAGES[number % len(DAMAGES)]
        read, text = draw.choice(whole)
        yield damage, read, damage(text, draw)


def network_of(loaded):
    return loaded.network if isinstance(loaded, Model) else loaded


def test_10000_damaged_documents_are_refused_or_are_networks_that_hold_together():
    seen, longest = {damage: [0, 0] for damage in DAMAGES}, 0
    for damage, read, text in damaged(CASES):
        try:
            loaded = read(text)
        except FormatError as problem:
            seen[damage][0] += 1
            longest = max(longest, len(str(problem)))
            continue
        seen[damage][1] += 1
        network_of(loaded).check()
        assert all(math.isfinite(weight) for weight in network_of(loaded).weights)
        again = loaded.to_json()
        assert read(again).to_json() == again
    assert longest < 500
    for damage, (refused, whole) in seen.items():
        assert refused > 100, damage
        assert whole > (0 if damage is cut else 10), damage


def test_a_damaged_document_that_loads_can_be_trained_or_says_why_not():
    trained_on = refused = 0
    for _, read, text in damaged(2_000):
        if read == Model.from_json:
            continue
        try:
            network = read(text)
        except FormatError:
            continue
        inputs, targets = [[0.5] * len(network[0])], [[1] * len(network[-1])]
        try:
            network.train(inputs, targets, epochs=1, resume=network.training_state is not None, validation=(inputs, targets))
            trained_on += 1
        except NeuronetError:
            refused += 1
    assert trained_on > 50
    assert refused > 0


def peak_of(read, text):
    """How many bytes reading a text takes at most, beside the text itself."""
    import tracemalloc  # which PyPy does not have

    tracemalloc.start()
    try:
        read(text)
    except FormatError:
        pass
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return peak


def calls_of(read, text):
    """How many functions of Python and of C are called for reading a text."""
    calls = 0

    def count(frame, event, argument):
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        read(text)
    except FormatError:
        pass
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.skipif(sys.implementation.name != "cpython", reason="counts what CPython allocates and calls")
def test_reading_a_damaged_document_takes_no_more_memory_and_work_than_its_length_allows():
    for _, read, text in list(damaged(900)):
        assert peak_of(read, text) < 300_000 + 40 * len(text), text[:200]
        assert calls_of(read, text) < 10_000 + 4 * len(text), text[:200]


# A kill at any moment.

KILLED = """
import json, os, random, signal, sys, tempfile, time
from neuronet import Network
from neuronet.store import disk

folder = sys.argv[1]
path = os.path.join(folder, "network.json")
first, second = Network(2, 3, 1, seed=1), Network(4, 9, 2, seed=2)


def killed(saving, delay=None):
    "What is in the file after a saver was killed, by itself or from here after so many seconds."
    begin, told = os.pipe()
    saver = os.fork()
    if saver == 0:
        os.write(told, b"!")
        saving()
        os._exit(1)
    if delay is not None:
        os.read(begin, 1)
        time.sleep(delay)
        os.kill(saver, signal.SIGKILL)
    status = os.waitpid(saver, 0)[1]
    os.close(begin)
    os.close(told)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, status
    with open(path, encoding="ascii") as file:
        return file.read()


def in_turn():
    while True:
        second.save(path)
        first.save(path)


def die(*arguments, **settings):
    os.kill(os.getpid(), signal.SIGKILL)


def planted(owner, name, when):
    own = getattr(owner, name)

    def dying(*arguments, **settings):
        if when == "before":
            die()
        done = own(*arguments, **settings)
        die()

    setattr(owner, name, dying)


class DyingFile:
    def __init__(self, file, name, when):
        self.file, self.name, self.when = file, name, when

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        self.file.close()

    def fileno(self):
        return self.file.fileno()

    def write(self, text):
        if self.name == "write" and self.when == "half":
            self.file.write(text[: len(text) // 2])
            self.file.flush()
            die()
        self.step("write", text)

    def flush(self):
        self.step("flush")

    def step(self, name, *arguments):
        if (self.name, self.when) == (name, "before"):
            die()
        getattr(self.file, name)(*arguments)
        if self.name == name:
            die()


def saving(name, when):
    if name in ("write", "flush"):
        own = os.fdopen
        os.fdopen = lambda *arguments, **settings: DyingFile(own(*arguments, **settings), name, when)
    else:
        planted(tempfile if name == "mkstemp" else os, name, when)
    second.save(path)


found = {"random": [], "planted": {}}
draw = random.Random(3)
first.save(path)
for _ in range(int(sys.argv[2])):
    found["random"].append(killed(in_turn, draw.uniform(0, 0.004)))
steps = [(name, when) for name in "mkstemp write flush fsync chmod replace".split() for when in ("before", "after")]
for name, when in [*steps, ("write", "half")]:
    first.save(path)
    found["planted"][f"{when} {name}"] = killed(lambda: saving(name, when))
first.save(path)
found["texts"] = first.to_json(), second.to_json()
found["last"] = open(path, encoding="ascii").read()
print(json.dumps(found))
"""


@pytest.mark.skipif(not hasattr(os, "fork") or not hasattr(signal, "SIGKILL"), reason="needs fork and kill -9")
def test_a_kill_at_any_moment_of_saving_leaves_the_old_file_or_the_new_one(tmp_path):
    found = json.loads(in_another_process(KILLED, str(tmp_path), "40"))
    first, second = found["texts"]
    assert set(found["random"]) <= {first, second}
    assert len(found["random"]) == 40
    assert len(found["planted"]) == 13
    for moment, text in found["planted"].items():
        assert text == (second if moment == "after replace" else first), moment
    assert found["last"] == first
    assert Network.load(tmp_path / "network.json").to_json() == first


# Going on in another process.

GOING_ON = """
import json, sys
from neuronet import Network

for job in json.load(sys.stdin):
    network = Network.load(job["file"])
    history = network.train(*job["samples"], epochs=job["epochs"], resume=True, **job["settings"])
    network.save(job["file"])
    print(json.dumps([[repr(value) for value in epoch._replace(seconds=0)] for epoch in history]))
    print(json.dumps([history.stopped, history.best_epoch, network.rng.random()]))
"""


def quadrants():
    """Twelve samples, and as many to judge by."""
    draw = random.Random(8)
    rows = [[round(draw.uniform(-1, 1), 3), round(draw.uniform(-1, 1), 3)] for _ in range(24)]
    wanted = [[float(first * second > 0)] for first, second in rows]
    return [rows[:12], wanted[:12]], [rows[12:], wanted[12:]]


SAMPLES, OTHERS = quadrants()
COURSES = {
    "everything": {"schedule": StepSchedule(3, 0.7), "batch_size": 5, "seed": 7, "plateau": 50},
    "cosine": {"schedule": CosineSchedule(8, 0.001), "early_stopping": 40, "validation": OTHERS},
    "early": {"batch_size": 12, "early_stopping": 40, "min_delta": 1.0, "validation": OTHERS, "seed": 3},
    "in order": {"shuffle": False, "until_loss": 1e-9, "engine": "walk"},
}


def a_network(course, optimizer):
    shape = {"dropout": 0.3, "l1": 0.001, "l2": 0.01} if course in {"everything", "early"} else {}
    network = Network(2, 4, 3, 1, seed=11, activation="tanh", output_activation="sigmoid", **shape)
    network.synapses[5].frozen = True
    network.optimizer = OPTIMIZERS[optimizer](**({"clip_norm": 0.5} if course == "in order" else {}))
    return network


def settings_of(course, optimizer):
    return {**COURSES[course], **({"batch_size": 12} if optimizer == "rprop" else {})}


def records(history):
    return [[repr(value) for value in epoch._replace(seconds=0)] for epoch in history]


def end_of(network, history):
    return [history.stopped, history.best_epoch, network.rng.random()]


def go_on(jobs):
    """The networks of these files after more training in another process, with what it told of each."""
    told = iter(in_another_process(GOING_ON, given=json.dumps(jobs)).splitlines())
    for job in jobs:
        yield Network.load(job["file"]), json.loads(next(told)), json.loads(next(told))


def a_job(path, epochs, course):
    """Going on with what a file holds; samples alone are said again."""
    again = {key: value for key, value in COURSES[course].items() if key == "validation"}
    return {"file": str(path), "samples": SAMPLES, "epochs": epochs, "settings": again}


def test_five_epochs_a_file_and_five_in_another_process_are_ten(tmp_path):
    jobs, whole = [], []
    for optimizer in OPTIMIZERS:
        for course in COURSES:
            parts, at_once = a_network(course, optimizer), a_network(course, optimizer)
            settings = settings_of(course, optimizer)
            parts.train(*SAMPLES, epochs=5, **settings)
            history = at_once.train(*SAMPLES, epochs=10, **settings_of(course, optimizer))
            path = tmp_path / f"{optimizer} {course}.json"
            parts.save(path)
            jobs.append(a_job(path, 5, course))
            text = at_once.to_json()
            whole.append((text, records(history)[5:], end_of(at_once, history)))
    for job, (network, told, end), (text, expected, expected_end) in zip(jobs, go_on(jobs), whole):
        assert (told, end) == (expected, expected_end), job["file"]
        assert network.to_json() == text, job["file"]
    assert len(jobs) == 24
    assert all(len(expected) == 5 for _, expected, _ in whole)


def test_early_stopping_that_has_stopped_is_as_far_in_the_file(tmp_path):
    """One more epoch from the file is one more epoch from the network itself, and stops for the same reason."""
    network = a_network("early", "momentum")
    history = network.train(*SAMPLES, epochs=100, **{**COURSES["early"], "early_stopping": 3})
    assert (history.stopped, history.best_epoch, len(history)) == ("early", 1, 4)
    path = tmp_path / "network.json"
    network.save(path)
    loaded = Network.load(path)
    assert loaded.weights == network.weights == loaded.training_state.best_weights != loaded.training_state.last_weights
    job = a_job(path, 5, "early")
    [(other, told, end)] = go_on([job])
    history = network.train(*SAMPLES, epochs=5, resume=True, validation=OTHERS)
    text = network.to_json()
    assert (told, end) == (records(history), end_of(network, history))
    assert (len(told), end[0], other.to_json()) == (1, "early", text)


@pytest.mark.parametrize("optimizer", ["adam", "rprop"])
def test_training_stopped_by_ctrl_c_goes_on_in_another_process(optimizer, tmp_path):
    def interrupt(epoch):
        if epoch.epoch == 4:
            signal.raise_signal(signal.SIGINT)

    settings = settings_of("everything", optimizer)
    network, at_once = a_network("everything", optimizer), a_network("everything", optimizer)
    assert network.train(*SAMPLES, epochs=10, callback=interrupt, **settings).stopped == "interrupted"
    assert network.training_state.epochs == 4
    history = at_once.train(*SAMPLES, epochs=10, **settings_of("everything", optimizer))
    path = tmp_path / "network.json"
    network.save(path)
    [(other, told, _)] = go_on([a_job(path, 6, "everything")])
    assert told == records(history)[4:]
    assert other.to_json() == at_once.to_json()


@pytest.mark.parametrize("course", ["everything", "early"])
def test_a_checkpoint_from_the_middle_goes_on_to_the_same_end(course, tmp_path):
    network, path = a_network(course, "adam"), tmp_path / "checkpoint.json"
    saved = []

    def look(epoch):
        if epoch.epoch == 8:  # the checkpoint of this epoch is still to come
            saved.append(path.read_bytes())

    history = network.train(
        *SAMPLES, epochs=10, checkpoint=path, checkpoint_every=3, callback=look, **settings_of(course, "adam")
    )
    path.write_bytes(saved[0])
    assert Network.load(path).training_state.epochs == 6
    [(other, told, _)] = go_on([a_job(path, 4, course)])
    assert told == records(history)[6:]
    assert other.to_json() == network.to_json()


# The schema.

PAGE = Path(__file__).parents[2] / "docs" / "json-format.md"
SCHEMA = PAGE.with_name("model.schema.json")


def schema():
    return json.loads(SCHEMA.read_text(encoding="utf-8"))


def keys_of(described):
    """All keys that an object of the schema may have, and those that it must have."""
    assert described["additionalProperties"] is False
    return set(described["properties"]), set(described["required"])


def keys_in(described):
    """The keys of every object in the schema."""
    for each in objects(described):
        if isinstance(each.get("properties"), dict):
            yield set(each["properties"])


def defaults_of(function):
    """The names of a function's arguments, and of those that have no default."""
    parameters = inspect.signature(function).parameters
    return set(parameters), {name for name, each in parameters.items() if each.default is each.empty}


def test_the_schema_has_the_keys_that_the_reader_knows():
    known = schema()["$defs"]
    training, layer = known["training"]["properties"], known["layer"]["properties"]
    required = set(document.REQUIRED)
    assert keys_of(known["version1"]) == (required, required)
    assert keys_of(known["version2"]) == ({*required, *document.OPTIONAL}, required)
    assert keys_of(known["version1"]["properties"]["layers"]["items"]) == (set(document.LAYER), set(document.LAYER))
    assert keys_of(known["layer"]) == ({*document.LAYER, "dropout"}, set(document.LAYER))
    assert keys_of(layer["dropout"]) == ({"share", "generator"}, {"share"})
    assert keys_of(known["version1"]["properties"]["synapses"]) == (set(document.COLUMNS), set(document.COLUMNS))
    assert keys_of(known["synapses"]) == ({*document.COLUMNS, "memory"}, set(document.COLUMNS))
    assert keys_of(known["penalty"]) == ({"l1", "l2"}, {"l1", "l2"})
    assert keys_of(known["training"]) == (set(KEYS), set(KEYS))
    assert keys_of(training["best"]["oneOf"][0])[1] == {"loss", "epoch", "weights"}
    assert keys_of(training["lowest"]["oneOf"][0])[1] == {"loss", "epoch"}
    model = {
        "model": columns.MODEL,
        "number_column": columns.NUMBER_COLUMN,
        "category_column": columns.CATEGORY_COLUMN,
        "class_target": columns.CLASS_TARGET,
        "value_target": columns.VALUE_TARGET,
    }
    for name, keys in model.items():
        assert keys_of(known[name]) == (set(keys), set(keys))
    assert keys_of(known["generator"])[1] == {"words", "position", "gauss"}
    for table, described in [
        (OPTIMIZERS, known["optimizer"]["oneOf"][:-1]),
        (SCHEDULES, known["schedule"]["oneOf"][:-1]),
    ]:
        assert [each["properties"]["name"]["const"] for each in described] == list(table)
        for function, each in zip(table.values(), described):
            settings, needed = defaults_of(function)
            assert keys_of(each) == ({"name", *settings}, {"name", *needed})
    versions = [known[name]["properties"]["version"]["const"] for name in ("version1", "version2")]
    page = PAGE.read_text(encoding="utf-8")
    assert {key for each in keys_in(schema()) for key in each if not re.search(f'[`"]{key}[`"]', page)} == set()
    assert (versions, known["version2"]["properties"]["minor_version"]["const"]) == ([1, document.VERSION], 0)
    assert document.MINOR_VERSION == 0


@pytest.fixture
def valid():
    """Whether a document is what the schema says; skipped without jsonschema, see the group `files`."""
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.Draft202012Validator.check_schema(schema())
    return jsonschema.Draft202012Validator(schema()).is_valid


def falling(epoch, learning_rate):
    return learning_rate / epoch


def test_documents_of_all_kinds_are_what_the_schema_says(valid):
    own = Network(2, 1, seed=1)
    own.train(*XOR, epochs=1, schedule=falling)
    every = re.findall(r"^```json\n(.*?)^```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    every += [text for _, text in documents()]
    every += [network.to_json() for network in (own, Network(2, 1), Network(2, 3, 2, output_activation="softmax"))]
    every += [trained_with(optimizer, course).to_json() for optimizer in OPTIMIZERS for course in COURSES]
    later = 0
    for text in every:
        later += '"minor_version": 7' in text
        assert valid(json.loads(text)) is ('"minor_version": 7' not in text)
    assert (len(every), later) == (33, 1)


def trained_with(optimizer, course):
    network = a_network(course, optimizer)
    network.train(*SAMPLES, epochs=2, **settings_of(course, optimizer))
    return network


WRONG = [
    (("version",), 3),
    (("minor_version",), -1),
    (("format",), "neuronets"),
    (("loss",), None),
    (("layers",), []),
    (("layers", 1, "neurons"), []),
    (("layers", 1, "neurons", 0), 1),
    (("layers", 1, "bias"), 0),
    (("layers", 1, "dropout", "share"), 1),
    (("layers", 1, "dropout", "generator", "words"), "AAAA"),
    (("layers", 1, "later"), 1),
    (("synapses", "weights", 0), "0.5"),
    (("synapses", "weights", 0), None),
    (("synapses", "sources", 0), -1),
    (("synapses", "optimizer_state"), {}),
    (("synapses", "optimizer_state", "mean", 0), "0"),
    (("penalty", "l1"), -1),
    (("optimizer", "beta1"), 1),
    (("optimizer", "name"), "momentum"),
    (("optimizer", "later"), 1),
    (("training", "epochs"), -1),
    (("training", "epochs"), True),
    (("training", "learning_rate"), 0),
    (("training", "schedule", "every"), 0),
    (("training", "schedule", "name"), "cosine"),
    (("training", "best", "epoch"), 0),
    (("training", "generator"), None),
    (("training", "order", "position"), 625),
    (("model",), []),
]


def test_what_the_schema_refuses_the_reader_refuses_too(valid):
    text = documents()[1][1]
    for path, value in WRONG:
        document = json.loads(text)
        owner = document
        for key in path[:-1]:
            owner = owner[key]
        owner[path[-1]] = value
        assert not valid(document), path
        with pytest.raises(FormatError):
            Network.from_json(json.dumps(document))


WRONG_IN_A_MODEL = [
    (("columns",), []),
    (("columns", 0, "kind"), "text"),
    (("columns", 0, "scale"), 0),
    (("columns", 0, "scaling"), "log"),
    (("columns", 0, "later"), 1),
    (("target", "kind"), "value"),
    (("target", "labels"), ["only"]),
    (("target", "labels", 0), None),
    (("target", "majority"), None),
    (("source",), []),
    (("later",), 1),
]


def test_what_the_schema_refuses_of_a_model_the_reader_refuses_too(valid):
    text = a_model().to_json()
    assert valid(json.loads(text))
    for path, value in WRONG_IN_A_MODEL:
        document = json.loads(text)
        owner = document["model"]
        for key in path[:-1]:
            owner = owner[key]
        owner[path[-1]] = value
        assert not valid(document), path
        with pytest.raises(FormatError):
            Model.from_json(json.dumps(document))


def test_what_the_reader_takes_is_what_the_schema_says(valid):
    taken = 0
    for damage, read, text in damaged(2_000):
        if damage is with_a_key:  # a key that stands twice is lost on the way
            continue
        try:
            network_of(read(text))
        except FormatError:
            continue
        document = json.loads(text)
        if not document.get("minor_version"):
            taken += 1
            assert valid(document), text
    assert taken > 100
