"""What all tests share: no way to a real network, no settings from outside, parts to build with."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipeline.ask import Asker
from pipeline.database import open_store
from pipeline.providers.base import Provider
from pipeline.store import Store
from tests.asking import make_asker

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.browser import Visit

_SETTINGS = ("OPENAI_", "LITLINE_", "PREFECT_")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


class NetworkForbidden(RuntimeError):
    """A test reached for the network; use the fake provider or a local server."""


def _is_local(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode()
    if host in {None, "", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


def _guarded(name: str) -> Callable[..., Any]:
    real = getattr(socket.socket, name)

    def connect(self: socket.socket, address: Any) -> Any:
        if self.family != socket.AF_UNIX and not _is_local(address[0]):
            raise NetworkForbidden(f"{name} to {address[0]}")
        return real(self, address)

    return connect


def _resolve(host: Any, *arguments: Any, **options: Any) -> Any:
    if not _is_local(host):
        raise NetworkForbidden(f"looking up {host}")
    return _REAL_LOOKUP(host, *arguments, **options)


_REAL_LOOKUP = socket.getaddrinfo


@pytest.fixture(scope="session", autouse=True)
def isolated() -> Iterator[None]:
    """Let only loopback and unix sockets connect, and forget settings of the person who tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _guarded(name))
        patch.setattr(socket, "getaddrinfo", _resolve)
        for name in list(os.environ):
            if name.startswith(_SETTINGS) or name.lower() in _PROXIES:
                patch.delenv(name)
        yield


@pytest.fixture
def store_path(tmp_path: Path) -> Path:
    """Return where a store may be made; nothing is there yet."""
    return tmp_path / "store" / "litline.db"


@pytest.fixture
def store(store_path: Path) -> Iterator[Store]:
    """Open an empty store."""
    opened = open_store(str(store_path))
    yield opened
    opened.close()


@pytest.fixture
def asker(store: Store) -> Callable[..., Asker]:
    """Return a maker of askers over the store; options as of `tests.asking.make_asker`."""

    def make(provider: Provider, **options: Any) -> Asker:
        return make_asker(provider, store, **options)

    return make


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start a browser for the tests of one module, since none of them can use `asyncio.run`."""
    from tests.browser import chromium

    with chromium() as started:
        yield started


@pytest.fixture
def tab(browser: Browser) -> Iterator[Visit]:
    """Open an empty tab."""
    from tests.browser import visit

    with visit(browser) as opened:
        yield opened
