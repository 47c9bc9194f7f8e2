from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.fault_server import PRICE, Chance, FaultServer
from tests.faults import FAULTS, PASSING

COMMAND = (sys.executable, "-m", "tests.fault_server")
PROMPT = {"role": "system", "content": "You summarise one scientific paper."}


def post(url: str, number: int = 0) -> tuple[int, Any]:
    """Send a question; each number is another one."""
    shown = {"role": "user", "content": f"[1] We present Hushkettle {number}.\n[2] It boils."}
    body = {"model": "kettle-mini", "messages": [PROMPT, shown], "max_tokens": 100}
    request = Request(f"{url}/chat/completions", json.dumps(body).encode())
    try:
        with urlopen(request, timeout=10) as response:
            return response.status, json.load(response)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as running:
        yield running


def test_it_answers_by_itself_and_charges_what_it_states(server: FaultServer) -> None:
    status, body = post(server.url)
    assert status == 200
    assert "tldr" in json.loads(body["choices"][0]["message"]["content"])
    usage = body["usage"]
    cached = usage["prompt_tokens_details"]["cached_tokens"]
    cost = PRICE.cost(usage["prompt_tokens"], usage["completion_tokens"], cached)
    assert server.counts.billed_usd == pytest.approx(cost)
    assert list(server.counts.whole.values()) == [1]


def test_which_calls_go_wrong_does_not_depend_on_their_order() -> None:
    drawn = []
    for order in (range(30), reversed(range(30))):
        with FaultServer(Chance(0.5, seed=4, names=["error-500"])) as server:
            drawn.append({number: post(server.url, number)[0] for number in order})
    assert drawn[0] == drawn[1]
    assert set(drawn[0].values()) == {200, 500}


def test_a_fault_has_a_name_and_is_counted(server: FaultServer) -> None:
    server.script("quota", "fine")
    status, body = post(server.url)
    assert (status, body["error"]["code"]) == (429, "insufficient_quota")
    assert (server.counts.faults["quota"], server.counts.billed_usd) == (1, 0)
    assert "quota" not in PASSING


def test_by_hand_it_lists_its_faults() -> None:
    listed = subprocess.run([*COMMAND, "--list"], capture_output=True, text=True, check=True)
    assert len(listed.stdout.splitlines()) == len(FAULTS)


def test_by_hand_it_tells_its_counts_at_the_end() -> None:
    given = ["--faults", "1", "--latency", "0", "--only", "error-500"]
    env = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen([*COMMAND, *given], stdout=subprocess.PIPE, text=True, env=env) as hand:
        assert hand.stdout is not None
        assert post(hand.stdout.readline().strip())[0] == 500
        hand.send_signal(signal.SIGINT)
        assert hand.stdout.read().startswith("1 calls, at most 1 at once; 1 faults (error-500 1)")


def test_by_hand_an_unknown_fault_is_refused() -> None:
    refused = subprocess.run(
        [*COMMAND, "--only", "flood"], capture_output=True, text=True, check=False
    )
    assert refused.returncode == 2
    assert "no such fault: flood" in refused.stderr
