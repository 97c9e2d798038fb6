"""Every problem code: what it is called, what is said, what to write instead, and why."""

from __future__ import annotations

from collections.abc import Mapping

from dsl.catalog_entry import CatalogEntry
from dsl.codes.check_codes import CHECK_CODES
from dsl.codes.flow_check_codes import FLOW_CHECK_CODES
from dsl.codes.flow_codes import FLOW_CODES
from dsl.codes.name_codes import NAME_CODES
from dsl.codes.outlet_codes import OUTLET_CODES
from dsl.codes.reach_codes import REACH_CODES
from dsl.codes.shape_codes import SHAPE_CODES
from dsl.codes.yaml_codes import YAML_CODES
from dsl.formula.codes import FORMULA_CODES

_ENTRIES = (
    *YAML_CODES, *SHAPE_CODES, *NAME_CODES, *FLOW_CODES, *OUTLET_CODES, *FORMULA_CODES, *CHECK_CODES, *FLOW_CHECK_CODES,
    *REACH_CODES,
)  # fmt: skip

CATALOG: Mapping[str, CatalogEntry] = {entry.code: entry for entry in _ENTRIES}
