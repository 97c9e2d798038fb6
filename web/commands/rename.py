"""`sluice rename FILE PATH NAME`: a field, stage, role, option or entity under another name, wherever it is named."""

from __future__ import annotations

import argparse
import sys
from difflib import unified_diff
from pathlib import Path

from dsl.edit import Refused
from dsl.rename import rename_everywhere


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="the app's YAML")
    parser.add_argument("path", metavar="PATH", help="keys joined by dots: entities.customer.fields.margin")
    parser.add_argument("name", metavar="NAME", help="the new key")
    parser.add_argument("--write", action="store_true", help="change the file; without it the changes are only shown")


def run(arguments: argparse.Namespace) -> int:
    file: Path = arguments.file
    try:
        before = file.read_text(encoding="utf-8")
        beside = {each.name: each.read_text(encoding="utf-8-sig") for each in sorted(file.parent.glob("*.csv"))}
        after = rename_everywhere(before, tuple(arguments.path.split(".")), arguments.name, beside)
    except (Refused, OSError, UnicodeDecodeError) as error:
        print(f"sluice rename: {error}", file=sys.stderr)
        return 1
    lines = unified_diff(before.splitlines(), after.splitlines(), str(file), str(file), n=0, lineterm="")
    print("\n".join(lines))
    if arguments.write:
        file.write_bytes(after.encode("utf-8"))
    return 0
