"""The schema for editors follows the parts that the reader reads."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from dsl.parts import PARTS
from dsl.shape import json_schema

_ROOT = Path(__file__).parents[3]
_APPS = [
    _ROOT / "apps" / "sales_crm.yaml",
    _ROOT / "apps" / "store_sales.yaml",
    Path(__file__).parent / "example_app.yaml",
]


def _as_an_editor_reads(path: Path) -> object:
    """Keys are texts, and dates stay texts, as in JSON."""
    return json.loads(json.dumps(yaml.safe_load(path.read_text("utf-8")), default=str))


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(json_schema())


def test_no_value_has_two_schemas():
    assert "anyOf" not in json.dumps(json_schema())


@pytest.mark.parametrize("path", _APPS, ids=lambda path: path.name)
def test_good_apps_fit_the_schema(path):
    errors = list(jsonschema.Draft202012Validator(json_schema()).iter_errors(_as_an_editor_reads(path)))
    assert [(list(e.path), e.message[:80]) for e in errors] == []


def test_every_key_says_what_it_is_for():
    for name, part in PARTS.items():
        for key in part.values():
            assert len(key.help.split()) > 1, f"{name}.{key.name}"


def test_every_key_of_a_part_is_read_somewhere():
    sources = "\n".join(
        path.read_text("utf-8") for path in (_ROOT / "dsl").rglob("*.py") if not path.name.startswith("parts")
    )
    unread = [
        f"{name}.{key.name}"
        for name, part in PARTS.items()
        for key in part.values()
        if not key.is_later and f'"{key.name}"' not in sources
    ]
    assert unread == []
