"""F: what can be wrong with a formula."""

from __future__ import annotations

from dsl.formula.call_codes import CALLS
from dsl.formula.name_codes import NAMES
from dsl.formula.reading_codes import READING
from dsl.formula.type_codes import TYPES

FORMULA_CODES = (*READING, *NAMES, *TYPES, *CALLS)
