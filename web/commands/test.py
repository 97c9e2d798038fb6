"""`sluice test`: pytest over this installation's suite, with whatever arguments follow.

Without any, the whole suite runs, on all processors: a file of tests stays on one of them.
"""

from __future__ import annotations

import argparse
import subprocess
import sys

from web.commands.options import ROOT

WHOLE = ("-q", "-n", "auto", "--dist", "loadfile")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None of its own."""


def run(arguments: argparse.Namespace) -> int:
    if not (ROOT / "tests").is_dir():
        print("this installation holds no tests", file=sys.stderr)
        return 2
    command = [sys.executable, "-m", "pytest", *(arguments.rest or WHOLE)]
    return subprocess.run(command, cwd=ROOT, check=False).returncode  # noqa: S603 — our own Python, no shell
