"""Every kind of job that the engine knows. One name, one kind."""

from __future__ import annotations

from collections.abc import Mapping

from engine.bundle import job as backups
from engine.delivery import sending
from engine.delivery.job import JobKind
from engine.intake import background

KINDS: Mapping[str, JobKind] = {kind.name: kind for kind in (sending.KIND, background.KIND, backups.KIND)}
