"""A kill at any moment of saving leaves the old file or the new one."""

import json
import os
import signal

import pytest
from trainings import in_another_process

from neuronet import Network

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
