#!/usr/bin/env python3
"""Runs packages in interpreter.wasm under Wasmtime, and speaks with tests as call-models.c does.

The host is made after docs/interpreter.md alone, and knows nothing of JavaScript.
"""

import json
import pathlib
import struct
import sys

from wasmtime import Engine, Instance, Module, Store, Trap, WasmtimeError

KINDS = ["f32", "f64", "i32", "u8", "i8", "bool", "number", "boolean", "value"]
NUMBER, BOOLEAN, VALUE = 6, 7, 8
ELEMENT = {"f32": 4, "f64": 8, "i32": 4, "u8": 1, "i8": 1, "bool": 1}
# What a value takes is known to who reads it; this is more than those of tests take.
MOST_VALUE = 1 << 16

ROOT = pathlib.Path(__file__).resolve().parents[2]

source, sink = sys.stdin.buffer, sys.stdout.buffer


def read(count):
    data = source.read(count)
    if len(data) < count:
        raise EOFError
    return data


def read_word():
    return struct.unpack("<I", read(4))[0]


def read_block():
    return read(read_word())


def read_array():
    kind, rank, *sizes = struct.unpack("<10I", read(40))
    (number,) = struct.unpack("<d", read(8))
    return kind, sizes[:rank], number, read_block()


def write_words(*words):
    sink.write(struct.pack(f"<{len(words)}I", *words))


def write_array(kind, shape, number, data):
    write_words(kind, len(shape), *shape, *[0] * (8 - len(shape)))
    sink.write(struct.pack("<d", number))
    write_words(len(data))
    sink.write(data)


class Failed(Exception):
    """The number of a failure."""


class Model:
    def __init__(self, engine, module, package):
        self.store = Store(engine)
        self.exports = Instance(self.store, module, []).exports(self.store)
        self.memory = self.exports["memory"]
        self.write(self.call("package", len(package)), package)
        self.call("load", len(package))
        start = 8 + struct.unpack_from("<Q", package)[0]
        at, length = struct.unpack_from("<2I", package, start + 32)
        self.signature = json.loads(package[start + at : start + at + length])
        self.entries = {e["name"]: e for e in self.signature["entries"]}

    def call(self, name, *arguments):
        return self.exports["glim_" + name](self.store, *arguments)

    def read(self, at, length):
        return bytes(self.memory.read(self.store, at & 0xFFFFFFFF, (at & 0xFFFFFFFF) + length))

    def write(self, at, data):
        self.memory.write(self.store, data, at & 0xFFFFFFFF)

    def find(self, name):
        text = name.encode()
        at = self.call("name", len(text))
        self.write(at, text)
        return self.call("find", at, len(text))

    def guarded(self, name, *arguments):
        """Calls what may fail: it gives the number of a failure, or traps and tells it."""
        try:
            failure = self.call(name, *arguments)
        except (Trap, WasmtimeError):
            failure = self.call("failure")
            if failure == 0:
                raise
        if failure != 0:
            raise Failed(failure)

    def run(self, name, arguments):
        entry, number = self.entries[name], self.find(name)
        known = {}
        for p, (_, shape, _, _) in zip(entry["params"], arguments):
            known.update(zip(map(str, p.get("shape", [])), shape))
        for i, size in enumerate(entry["sizes"]):
            self.call("size", number, i, known[size["name"]])
        self.guarded("prepare", number)
        for i, (p, (kind, _, scalar, data)) in enumerate(zip(entry["params"], arguments)):
            if "shape" in p:
                self.write(self.call("in", i), data)
            elif kind == VALUE:
                room = self.call("room", len(data))
                self.write(room, data)
                self.write(self.call("arg", i), struct.pack("<i", room))
            else:
                form = "<d" if kind == NUMBER else "<i"
                value = scalar if kind == NUMBER else int(scalar)
                self.write(self.call("arg", i), struct.pack(form, value))
        self.guarded("run")
        return [self.result(i, leaf) for i, leaf in enumerate(entry["results"])]

    def result(self, i, leaf):
        at, _, rank, *sizes = struct.unpack("<I10i", self.read(self.call("out", i), 44))
        if leaf["dtype"] == "value":
            length = min(MOST_VALUE, self.memory.data_len(self.store) - at)
            return VALUE, [], 0, self.read(at, length)
        if "shape" not in leaf:
            if leaf["dtype"] == "boolean":
                return BOOLEAN, [], self.read(at, 1)[0], b""
            return NUMBER, [], struct.unpack("<d", self.read(at, 8))[0], b""
        length = ELEMENT[leaf["dtype"]]
        for size in sizes[:rank]:
            length *= size
        return KINDS.index(leaf["dtype"]), sizes[:rank], 0, self.read(at, length)

    def message(self, failure):
        at = self.call("error", failure)
        text = b""
        while not text.endswith(b"\0"):
            text += self.read(at + len(text), 1)
        site = self.signature["sites"][failure - 1]
        place = f" ({site[0]}:{site[1]}:{site[2]})" if site else ""
        return text[:-1].decode() + place


def answer(model):
    name = read_block().decode()
    arguments = [read_array() for _ in range(read_word())]
    try:
        results = model.run(name, arguments)
    except Failed as failure:
        text = model.message(failure.args[0]).encode()
        write_words(5000, len(text))
        sink.write(text)
        return
    write_words(0, len(results))
    for result in results:
        write_array(*result)


def main():
    engine = Engine()
    module = Module.from_file(engine, str(ROOT / "dist/runtime/interpreter/interpreter.wasm"))
    while True:
        try:
            read_word()
        except EOFError:
            return
        model = Model(engine, module, read_block())
        for _ in range(read_word()):
            answer(model)


main()
