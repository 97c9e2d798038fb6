"""The way out: a POST to an address that an operator configured, and to none that leads back inside.

The name is resolved, each address is unwrapped from whatever form hides an IPv4 one, all of them must be global (or
stand on the operator's list), and the connection goes to the very address that was looked at. No redirects, no
proxies, five seconds, and of the answer no more than a few kilobytes.
"""

from __future__ import annotations

import http.client
import re
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

SECONDS = 5.0
MOST_OF_ANSWER = 64 * 1024
LONGEST_URL = 2000

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
_COMPATIBLE = IPv6Network("::/96")
_HOST = re.compile(r"[^\s/?#@\\\x00-\x20\x7f]{1,253}\Z")


class OutgoingRefused(Exception):
    """The address is not one we send to. The message says why, for the operator."""


class OutgoingFailed(Exception):
    """The other side could not be reached or did not answer in time."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """Addresses inside that the operator lets us reach: a LAN's ERP, a fake in a test."""

    networks: tuple[Network, ...] = ()

    @staticmethod
    def read(text: str) -> Allowed:
        """From `192.168.1.20, 10.0.0.0/24`. Raises ValueError."""
        return Allowed(tuple(ip_network(part.strip()) for part in text.split(",") if part.strip()))

    def __contains__(self, address: object) -> bool:
        return any(address in network for network in self.networks)


NOBODY_INSIDE = Allowed()


@dataclass(frozen=True, slots=True)
class Target:
    """An address as read, before its name is resolved."""

    is_https: bool
    host: str
    port: int
    path: str


def read_url(url: str) -> Target:
    """Raises OutgoingRefused for anything but a plain http(s) address without a name and password in it."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise OutgoingRefused("这不是一个地址 | this is not an address") from None
    if len(url) > LONGEST_URL or parts.scheme not in ("http", "https") or url != url.strip():
        raise OutgoingRefused("需要 http 或 https 地址 | an http or https address is wanted")
    if "@" in parts.netloc or not parts.hostname or not _HOST.match(parts.hostname):
        raise OutgoingRefused("地址中没有普通的主机名 | the address has no plain host name")
    if not all(" " < letter < "\x7f" for letter in parts.path + parts.query):
        raise OutgoingRefused(
            "路径只能有可见的 ASCII 字符，其他请写成 %XX | the path may hold visible ASCII only; write others as %XX"
        )
    is_https = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(is_https, parts.hostname, port or (443 if is_https else 80), path)


def resolve(target: Target, allowed: Allowed) -> Address:
    """The address to connect to. Raises OutgoingRefused if any address of the name leads inside."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise OutgoingFailed(f"找不到主机 {target.host} | the name {target.host} is not known") from error
    addresses = [ip_address(str(place[0]).partition("%")[0]) for *_, place in found]
    for address in addresses:
        meant = unmapped(address)
        if meant in allowed:
            continue
        if not meant.is_global or meant.is_multicast:
            raise OutgoingRefused(
                f"{target.host} 指向内部地址 {address}，未被允许 | {target.host} leads to {address}, an address inside"
            )
        if not target.is_https:
            raise OutgoingRefused("对外只发送 https | outside the house only https is sent")
    if not addresses:
        raise OutgoingFailed(f"主机 {target.host} 没有地址 | the name {target.host} has no address")
    return addresses[0]


def unmapped(address: Address) -> Address:
    """The IPv4 address inside an IPv6 one (mapped, compatible, 6to4, NAT64, Teredo), or the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    last = IPv4Address(int(address) & 0xFFFF_FFFF)
    if any(address in network for network in _NAT64):
        return last
    return last if address in _COMPATIBLE and int(address) > 1 else address


def post(url: str, body: bytes, headers: Mapping[str, str], allowed: Allowed) -> int:
    """Sends the body; the status of the answer. Raises OutgoingRefused, OutgoingFailed."""
    target = read_url(url)
    address = resolve(target, allowed)
    connection = _Checked(target, address)
    try:
        connection.request("POST", target.path, body, dict(headers))
        answer = connection.getresponse()
        answer.read(MOST_OF_ANSWER)
    except (OSError, http.client.HTTPException) as error:
        raise OutgoingFailed(
            f"{target.host} 没有应答：{type(error).__name__} | {target.host} did not answer: {type(error).__name__}"
        ) from error
    else:
        return answer.status
    finally:
        connection.close()


class _Checked(http.client.HTTPConnection):
    """Connects to the address that was looked at, whatever the name resolves to by now."""

    def __init__(self, target: Target, address: Address) -> None:
        super().__init__(target.host, target.port, timeout=SECONDS)
        self._target, self._address = target, address

    def connect(self) -> None:
        raw = socket.create_connection((str(self._address), self._target.port), timeout=SECONDS)
        self.sock = _context().wrap_socket(raw, server_hostname=self._target.host) if self._target.is_https else raw


@cache
def _context() -> ssl.SSLContext:
    return ssl.create_default_context()
