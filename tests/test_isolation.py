from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.conftest import NetworkForbidden


@pytest.mark.parametrize("address", ["192.0.2.1", "::ffff:192.0.2.1", "example.org"])
def test_no_test_reaches_the_network(address: str) -> None:
    with pytest.raises(NetworkForbidden):
        socket.create_connection((address, 443), timeout=0.1)


@pytest.mark.parametrize("name", ["connect", "connect_ex"])
def test_a_bare_socket_reaches_no_network_either(name: str) -> None:
    with socket.socket() as bare, pytest.raises(NetworkForbidden):
        getattr(bare, name)(("192.0.2.1", 443))


def test_libraries_reach_no_network_either() -> None:
    with pytest.raises(NetworkForbidden):
        urlopen("https://example.org")


async def test_the_event_loop_reaches_no_network_either() -> None:
    with pytest.raises(NetworkForbidden):
        await asyncio.open_connection("example.org", 443)


def test_loopback_works() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        for host in ("127.0.0.1", "localhost"):
            socket.create_connection((host, server.getsockname()[1])).close()


def test_unix_sockets_work(tmp_path: Path) -> None:
    path = str(tmp_path / "socket")
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(path)
        server.listen()
        client.connect(path)


@pytest.mark.parametrize("prefix", ["OPENAI_", "LITLINE_", "PREFECT_"])
def test_settings_of_the_person_who_tests_take_no_part(prefix: str) -> None:
    assert not [name for name in os.environ if name.startswith(prefix)]
