"""A worker as a process of its own, for tests that kill it: python worker_process.py URL DIRECTORY.

It puts its job and works until there is a dead letter.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from engine.delivery.job import JobKind, Run
from engine.testing import engine_for

ROOT = Path(__file__).resolve().parents[4]


def main(url: str, data: Path) -> None:
    def tell(run: Run, step: str) -> None:
        with (data / "effects").open("a") as kept:
            kept.write(json.dumps({"key": run.key, "step": step}) + "\n")
            kept.flush()

    def slow(run: Run) -> None:
        was_tried = (data / "effects").exists()
        tell(run, "began")
        if not was_tried:
            time.sleep(3600)
        tell(run, "ended")

    def poison(run: Run) -> None:
        tell(run, "began")
        os.kill(os.getpid(), 9)

    text = (ROOT / "tests/unit/engine/workshop.yaml").read_text(encoding="utf-8")
    engine = engine_for(text, data, url, people=())
    engine.jobs.prepare()
    name = "poison" if (data / "poison").exists() else "slow"
    with engine.database.write() as conn:
        engine.jobs.put(conn, name, {}, f"{name}-1")
    print("ready", flush=True)  # noqa: T201  the test waits for it
    kinds = {"slow": JobKind("slow", slow), "poison": JobKind("poison", poison)}
    engine.jobs.start(engine, kinds, beat_seconds=0.3)
    while not engine.jobs.list("dead"):
        time.sleep(0.1)
    engine.close()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
