"""`python -m tests.fuzz --seconds 600`: feeds changed texts to the language until the time is up.

`--inputs 1000000` ends it after as many inputs instead; every 100,000 it says how far it is.

With atheris installed the modules of `dsl` are instrumented and its coverage chooses what is changed further; without
it the texts are changed blindly. Prints how many inputs ran and each way in which something but problems came out;
exits 1 if there was one.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import random
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

SLOW = 1.0
"""Seconds of processor time that no input may take."""
LONGEST = 20_000
STRIDE = 100_000
"""Inputs between two words about how far it is."""


class Tally:
    """What was found: inputs per target, and one input for each place where an exception arose."""

    def __init__(self, targets: dict[str, Callable[[str], None]], folder: Path) -> None:
        self.targets, self.folder = targets, folder
        self.ran = dict.fromkeys(targets, 0)
        self.found: dict[str, str] = {}

    def try_one(self, name: str, text: str) -> None:
        self.ran[name] += 1
        if sum(self.ran.values()) % STRIDE == 0:
            print(f"{sum(self.ran.values())} inputs, {len(self.found)} findings", flush=True)
        started = time.process_time()
        try:
            self.targets[name](text)
        except Exception as error:  # noqa: BLE001 this is the border: whatever comes out is what is looked for
            last = traceback.extract_tb(error.__traceback__)[-1]
            self._note(
                f"{name}: {type(error).__name__} at {Path(last.filename).name}:{last.lineno}: {error}"[:300], text
            )
        spent = time.process_time() - started
        if spent > SLOW:
            self._note(f"{name}: slow, {len(text) // 1024} KB", f"{spent:.1f} s\n{text}")

    def _note(self, what: str, text: str) -> None:
        kind = what.partition(": ")[2].partition(": ")[0]
        if kind not in self.found:
            self.found[kind] = what
            name = f"finding-{len(self.found)}.txt"
            (self.folder / name).write_text(f"{what}\n{text}", encoding="utf-8", errors="surrogatepass")
            print(f"{name}: {what}", flush=True)

    def report(self) -> int:
        counts = ", ".join(f"{count} × {name}" for name, count in self.ran.items())
        print(f"{sum(self.ran.values())} inputs ({counts}); {len(self.found)} findings in {self.folder}", flush=True)
        return 1 if self.found else 0


class End:
    """When to stop: after so many seconds, or, if a number of inputs is given, after these."""

    def __init__(self, tally: Tally, seconds: float, inputs: int | None) -> None:
        self.tally, self.inputs, self.until = tally, inputs, time.monotonic() + seconds

    def has_come(self) -> bool:
        if self.inputs is not None:
            return sum(self.tally.ran.values()) >= self.inputs
        return time.monotonic() > self.until


def fuzz_blindly(tally: Tally, seeds: dict[str, list[str]], changed: Callable[[str, str], str], end: End) -> None:
    chance = random.Random(time.time_ns())
    names = list(seeds)
    while not end.has_come():
        name = chance.choice(names)
        tally.try_one(name, changed(name, chance.choice(seeds[name])))


def fuzz_instrumented(
    atheris: Any, tally: Tally, seeds: dict[str, list[str]], changed: Callable[[str, str], str], end: End
) -> None:
    """libFuzzer ends the process itself, so the report is given just before."""
    corpus = Path(tempfile.mkdtemp(prefix="sluice-corpus-"))
    names = list(seeds)
    for index, name in enumerate(names):
        for number, text in enumerate(seeds[name]):
            (corpus / f"{name}{number}").write_bytes(bytes([index]) + text.encode("utf-8", "surrogatepass"))

    def one(data: bytes) -> None:
        if end.has_come():
            os._exit(tally.report())
        if data:
            tally.try_one(
                names[data[0] % len(names)], data[1:].decode("utf-8", "surrogateescape" if data[0] & 64 else "replace")
            )

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        if not data or seed % 4 == 0:
            return bytes(atheris.Mutate(data, most))
        name = names[data[0] % len(names)]
        text = changed(name, data[1:].decode("utf-8", "replace"))
        return (data[:1] + text.encode("utf-8", "replace"))[:most]

    options = [sys.argv[0], f"-max_len={LONGEST}", "-timeout=60", "-rss_limit_mb=2048", "-verbosity=0"]
    options += [f"-artifact_prefix={tally.folder}/", str(corpus)]
    atheris.Setup(options, one, custom_mutator=mutate)
    atheris.Fuzz()


def main() -> int:
    parser = argparse.ArgumentParser(description="Feed changed texts to the language.")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--inputs", type=int, help="stop after as many inputs, however long they take")
    parser.add_argument("--blind", action="store_true", help="without atheris")
    parser.add_argument("--findings", type=Path, default=Path(tempfile.gettempdir()) / "sluice-findings")
    arguments = parser.parse_args()
    arguments.findings.mkdir(parents=True, exist_ok=True)
    atheris = (
        None if arguments.blind or importlib.util.find_spec("atheris") is None else importlib.import_module("atheris")
    )
    if atheris is None:
        targets, mutators = _loaded()
    else:
        with atheris.instrument_imports(include=["dsl"]):
            targets, mutators = _loaded()
    tally = Tally(targets, arguments.findings)
    end = End(tally, arguments.seconds, arguments.inputs)
    seeds = {"formula": mutators.formula_seeds(), "yaml": mutators.yaml_seeds()}
    chance = random.Random(time.time_ns())
    mutator = {name: mutators.Mutator(texts, chance) for name, texts in seeds.items()}
    longest = {"formula": 2_100, "yaml": LONGEST}

    def changed(name: str, text: str) -> str:
        return str(mutator[name].changed(text, longest[name]))

    if atheris is None:
        fuzz_blindly(tally, seeds, changed, end)
        return tally.report()
    fuzz_instrumented(atheris, tally, seeds, changed, end)
    return 0


def _loaded() -> tuple[dict[str, Callable[[str], None]], Any]:
    targets = importlib.import_module("tests.fuzz.targets")
    return {"formula": targets.check_formula, "yaml": targets.check_yaml}, importlib.import_module("tests.fuzz.mutate")


if __name__ == "__main__":
    sys.exit(main())
