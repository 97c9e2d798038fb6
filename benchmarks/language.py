"""`python -m benchmarks.language`: what the language costs, as ratios, beside the goals.

Formulas against hand-written Python (goal 1.3), the check of the sales app cold (0.3 s), again (30 ms) and in up to 20
copies (linear), of a decision table of 4,900 rows (1 s), SQL from formulas against hand-written SQL on 200,000 rows
(1.2), and whether an index is used.
`pip install simpleeval cel-python` puts those two beside it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.checking import checking
from benchmarks.evaluation import evaluation
from benchmarks.sql import in_sql
from dsl.load import load_app


def main() -> int:
    app = load_app(Path(__file__).with_suffix(".yaml")).value
    if app is None:
        raise ValueError("language.yaml has mistakes")
    for measure in (lambda: evaluation(app), checking, lambda: in_sql(app)):
        print("\n".join(measure()), end="\n\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
