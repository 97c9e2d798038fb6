"""`sluice schema`: the JSON Schema of the language, so that an editor completes and documents every key."""

from __future__ import annotations

import argparse
import json

from dsl.shape import json_schema


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """None: there is one language."""


def run(_arguments: argparse.Namespace) -> int:
    print(json.dumps(json_schema(), ensure_ascii=False, indent=2))
    return 0
