"""`sluice test`: pytest over this installation's suite, with whatever arguments follow."""

from __future__ import annotations

import argparse
import subprocess
import sys

from web.commands.places import ROOT


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("pytest_arguments", nargs=argparse.REMAINDER, help="passed on to pytest")


def run(arguments: argparse.Namespace) -> int:
    if not (ROOT / "tests").is_dir():
        print("this installation holds no tests", file=sys.stderr)
        return 2
    command = [sys.executable, "-m", "pytest", *arguments.pytest_arguments]
    return subprocess.run(command, cwd=ROOT, check=False).returncode  # noqa: S603 — our own Python, no shell
