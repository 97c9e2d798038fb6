"""The way out leads to no address inside, however it is spelled; what is reached is what was checked."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from typing import Any

import pytest

from engine.delivery.outgoing import (
    NOBODY_INSIDE,
    Allowed,
    OutgoingFailed,
    OutgoingRefused,
    post,
    read_url,
    resolve,
    unmapped,
)

HOSTILE = (
    "http://127.0.0.1/", "http://localhost/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/",
    "http://127.1/", "http://0/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/", "http://[64:ff9b:1::a00:1]/", "http://[2002:7f00:1::]/", "http://①②⑦.⓪.⓪.①/",
    "http://10.0.0.5/", "http://192.168.1.1/", "http://172.16.0.1/", "http://169.254.169.254/latest/meta-data",
    "http://100.100.100.200/latest", "http://[fd00::1]/", "http://[fe80::1%25lo]/", "http://[::ffff:a9fe:a9fe]/",
    "http://224.0.0.1/",
)  # fmt: skip


def test_there_are_23_hostile_spellings() -> None:
    assert len(set(HOSTILE)) == 23


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("url", HOSTILE)
def test_no_spelling_of_an_address_inside_gets_through(url: str, scheme: str) -> None:
    with pytest.raises((OutgoingRefused, OutgoingFailed)):
        post(url.replace("http", scheme, 1), b"{}", {}, NOBODY_INSIDE)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "gopher://x/", "//127.0.0.1/", "http://", "http:///path", "http://user:pw@example.com/",
        "http://example.com@127.0.0.1/", "http://ex ample.com/", "http://example.com:99999/",
        "http://example.com/\r\nX: 1",
        "http://example.com/路径", " https://example.com/", "https://example.com/" + "a" * 2000, "http://[::1/", "",
    ],
)  # fmt: skip
def test_what_is_no_plain_address_is_refused(url: str) -> None:
    with pytest.raises(OutgoingRefused):
        read_url(url)


def test_a_name_with_one_address_inside_is_refused_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    def two(host: str, port: int, **_: Any) -> list[Any]:
        return [(0, 0, 0, "", ("93.184.216.34", port)), (0, 0, 0, "", ("10.0.0.7", port))]

    monkeypatch.setattr(socket, "getaddrinfo", two)
    with pytest.raises(OutgoingRefused, match="inside"):
        resolve(read_url("https://rebinding.example/"), NOBODY_INSIDE)


def test_outside_only_https_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda _, port, **__: [(0, 0, 0, "", ("93.184.216.34", port))])
    assert resolve(read_url("https://example.com/"), NOBODY_INSIDE) == ip_address("93.184.216.34")
    with pytest.raises(OutgoingRefused, match="https"):
        resolve(read_url("http://example.com/"), NOBODY_INSIDE)


@pytest.mark.parametrize(
    ("hidden", "meant"),
    [
        ("::ffff:10.1.2.3", "10.1.2.3"), ("2002:0a01:0203::", "10.1.2.3"), ("64:ff9b::0a01:0203", "10.1.2.3"),
        ("::10.1.2.3", "10.1.2.3"), ("2001:0:1:2:3:4:f5fe:fdfc", "10.1.2.3"), ("2606:4700::1", "2606:4700::1"),
        ("8.8.8.8", "8.8.8.8"), ("::1", "::1"),
    ],
)  # fmt: skip
def test_an_ipv4_address_is_unwrapped_from_every_form_that_hides_it(hidden: str, meant: str) -> None:
    assert unmapped(ip_address(hidden)) == ip_address(meant)


class _Redirecting(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(302)
        self.send_header("Location", "http://169.254.169.254/")
        self.end_headers()

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def fake() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), _Redirecting)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def test_what_the_operator_allows_is_reached_and_a_redirect_is_not_followed(fake: int) -> None:
    allowed = Allowed.read("127.0.0.1/32, 10.1.0.0/16")
    assert post(f"http://127.0.0.1:{fake}/x?y=1", b"{}", {}, allowed) == 302
    with pytest.raises(OutgoingRefused):
        post(f"http://127.0.0.2:{fake}/", b"{}", {}, allowed)


def test_the_connection_goes_to_the_address_that_was_checked(fake: int, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def changing(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1" if len(asked) == 1 else "169.254.169.254", port))
        ]

    allowed = Allowed.read("127.0.0.1")
    reached: list[object] = []
    monkeypatch.setattr(socket, "getaddrinfo", changing)
    monkeypatch.setattr(socket, "create_connection", lambda place, **_: reached.append(place) or _direct(place))
    assert post(f"http://rebinding.example:{fake}/", b"{}", {}, allowed) == 302
    assert asked == ["rebinding.example"]
    assert reached == [("127.0.0.1", fake)]


def _direct(place: tuple[str, int]) -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.connect(place)
    return made
