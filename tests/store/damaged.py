"""Documents with everything that they can hold, and ways to damage them."""

import copy
import json
import random
from pathlib import Path

from trainings import XOR

from neuronet import Network
from neuronet.data.table import Table
from neuronet.optimizers import RPROP, Adam
from neuronet.tabular.model import Model
from neuronet.training.schedules import CosineSchedule, StepSchedule

GOLDEN = Path(__file__).parents[1].joinpath("golden")
ROWS = [
    {"size": 1.5, "colour": "red", "kind": "a"},
    {"size": 2.5, "colour": "blue", "kind": "b"},
    {"size": 2.0, "colour": "red", "kind": "a"},
    {"size": 3.5, "colour": "green", "kind": "b"},
]


def trained(**settings):
    network = Network(2, 3, 1, seed=1, dropout=0.25, l1=1e-9, l2=1e-8)
    network.connect("i1", "o1", 0.5)
    network.synapses[4].frozen = True
    first = network.copy()
    first.train(*XOR, epochs=1, seed=5, **settings)
    after_one = XOR[0], first.predict_all(XOR[0])  # so that the first epoch is the best
    network.train(*XOR, epochs=4, seed=5, validation=after_one, early_stopping=9, min_delta=5, **settings)
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
        *((GOLDEN / f"version-{version}.json").read_text(encoding="utf-8") for version in (1, 2, 3)),
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


def damaged(cases):
    """So many damaged documents, always the same: the damage, the reader and the text."""
    draw, whole = random.Random(20), documents()
    for number in range(cases):
        damage = DAMAGES[number % len(DAMAGES)]
        read, text = draw.choice(whole)
        yield damage, read, damage(text, draw)


def network_of(loaded):
    return loaded.network if isinstance(loaded, Model) else loaded
