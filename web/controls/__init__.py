"""The controls of forms, one for each field kind: `CONTROLS` by kind."""

from __future__ import annotations

from collections.abc import Mapping

from web.controls import links, numbers, texts, times
from web.controls.control import Asked, Control, Form, Raw

__all__ = ["CONTROLS", "Asked", "Control", "Form", "Raw"]

CONTROLS: Mapping[str, Control] = {
    control.kind: control for control in (*texts.CONTROLS, *numbers.CONTROLS, *times.CONTROLS, *links.CONTROLS)
}
