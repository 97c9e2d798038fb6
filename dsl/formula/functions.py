"""Every function of the language by its key.

The rows feed the checker, the code generator, the SQL of the store, the documentation and the tests. The tree knows one
more, `stored`: a value rounded to a field's decimals, empty beyond what a field holds; the checker puts it around a
formula whose type is not exactly its field's.
"""

from __future__ import annotations

from collections.abc import Mapping

from dsl.formula.date_functions import DATES
from dsl.formula.function_row import Function
from dsl.formula.number_functions import NUMBERS
from dsl.formula.row_functions import CHOOSING, ROWS, STAGES
from dsl.formula.text_functions import TEXTS

FUNCTIONS: Mapping[str, Function] = {
    function.key: function for function in (*NUMBERS, *DATES, *TEXTS, *CHOOSING, *ROWS, *STAGES)
}
