"""What the operator decides about the site: addresses, limits, cookies. Read once, from SLUICE_… in the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Settings:
    """https: people reach the site by https, so cookies are Secure and HSTS is sent.

    trusted_hosts: names the site answers to; empty allows any (tests). proxies: how many reverse proxies stand in
    front and set X-Forwarded-*. body_limit, upload_limit: bytes. failed_sign_ins: per address and minute.
    requests_per_minute: of the API, per token; 0 for no limit. metrics_token: who may read /metrics; "" for programs on
    this machine only.
    """

    https: bool = False
    trusted_hosts: tuple[str, ...] = ()
    proxies: int = 0
    body_limit: int = 2 * MEBIBYTE
    upload_limit: int = 50 * MEBIBYTE
    failed_sign_ins: int = 20
    requests_per_minute: int = 6_000
    metrics_token: str = ""


LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "[::1]")


def settings_from(environ: Mapping[str, str]) -> Settings:
    """From SLUICE_…: see docs/guide/settings.md. Raises ValueError."""
    named = tuple(host.strip() for host in environ.get("SLUICE_TRUSTED_HOSTS", "").split(",") if host.strip())
    return Settings(
        https=environ.get("SLUICE_HTTPS", "") in ("1", "true", "yes"),
        trusted_hosts=LOOPBACK_HOSTS + named,
        proxies=int(environ.get("SLUICE_PROXIES", "0")),
        upload_limit=int(environ.get("SLUICE_UPLOAD_MB", "50")) * MEBIBYTE,
        requests_per_minute=int(environ.get("SLUICE_REQUESTS_PER_MINUTE", "6000")),
        metrics_token=environ.get("SLUICE_METRICS_TOKEN", ""),
    )
