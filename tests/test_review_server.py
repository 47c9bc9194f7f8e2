from __future__ import annotations

import json
import os
import socket
import struct
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPConnection, RemoteDisconnected
from pathlib import Path
from threading import Thread
from typing import NamedTuple

import pytest

from pipeline.errors import StoreError
from pipeline.report.html import paper_html
from pipeline.review.served import STRICT, find_file, serve_page
from pipeline.review.server import HOST, MOST_BYTES, Answer, Asked, ReviewServer
from tests.page_sheets import sheet

PAGE = "papers/quiet-kettles.html"
CLAIM = "0123456789ab"


class Told(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: str


class NoDesk:
    """Keeps what it is asked, and lets nobody in twice."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.inside = 0
        self.fails = False

    def state(self, page: str) -> Mapping[str, object]:
        if self.fails:
            raise StoreError("the store is <full>")
        return {"claims": {CLAIM: {"text": f"</script><script>alert('{page}')"}}}

    def decide(self, asked: Asked) -> Answer:
        self.inside += 1
        assert self.inside == 1
        if self.fails:
            raise StoreError("the store is full")
        self.asked.append(asked)
        self.inside -= 1
        return Answer(HTTPStatus.OK, {"verdict": asked.verdict})


@contextmanager
def serving(server: ReviewServer) -> Iterator[ReviewServer]:
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    root = tmp_path / "outputs"
    for folder in ("papers", "sources"):
        (root / folder).mkdir(parents=True)
    (root / "index.html").write_text(paper_html(sheet()), encoding="utf-8")
    (root / PAGE).write_text(paper_html(sheet()), encoding="utf-8")
    (root / "sources/kettles.txt").write_text("Kettles <b>boil</b>.", encoding="utf-8")
    (root / ".lock").write_text("", encoding="utf-8")
    (tmp_path / "secret.html").write_text("secret", encoding="utf-8")
    return root


@pytest.fixture
def desk() -> NoDesk:
    return NoDesk()


@pytest.fixture
def server(outputs: Path, desk: NoDesk) -> Iterator[ReviewServer]:
    with serving(ReviewServer(outputs, desk)) as running:
        yield running


class Client:
    """Sends exactly what it is told to, as an attacker would."""

    def __init__(self, server: ReviewServer) -> None:
        self._port = server.server_address[1]
        self.host = f"{HOST}:{self._port}"
        self.origin = server.origin
        self.cookie = ""

    def enter(self, server: ReviewServer) -> Client:
        told = self.get(server.address.removeprefix(self.origin))
        self.cookie = told.headers["Set-Cookie"].partition(";")[0]
        return self

    def get(self, path: str, **headers: str) -> Told:
        return self.send("GET", path, None, headers)

    def post(self, body: object, path: str = "/verdicts", **headers: str) -> Told:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        usual = {"Origin": self.origin, "Content-Type": "application/json"}
        return self.send("POST", path, data, {**usual, **headers})

    def send(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Told:
        connection = HTTPConnection(HOST, self._port, timeout=30)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        usual = {"Host": self.host, "Cookie": self.cookie}
        if body is not None:
            usual["Content-Length"] = str(len(body))
        for name, value in {**usual, **headers}.items():
            if value:
                connection.putheader(name.replace("_", "-"), value)
        connection.endheaders(body)
        reply = connection.getresponse()
        told = Told(reply.status, dict(reply.getheaders()), reply.read().decode())
        connection.close()
        return told


@pytest.fixture
def client(server: ReviewServer) -> Client:
    return Client(server).enter(server)


# --- Who may enter -------------------------------------------------------------------------


def test_it_listens_on_loopback_only(server: ReviewServer) -> None:
    assert server.socket.getsockname()[0] == "127.0.0.1"


def test_the_token_becomes_a_cookie_that_scripts_and_other_sites_do_not_get(
    server: ReviewServer,
) -> None:
    told = Client(server).get(server.address.removeprefix(server.origin))
    kept = told.headers["Set-Cookie"]
    assert (told.status, told.headers["Location"]) == (303, "/index.html")
    assert {"HttpOnly", "SameSite=Strict"} <= {part.strip() for part in kept.split(";")}
    assert "token" not in told.headers["Location"]


def test_the_token_opens_once(server: ReviewServer) -> None:
    path = server.address.removeprefix(server.origin)
    assert Client(server).get(path).status == 303
    again = Client(server).get(path)
    assert (again.status, again.headers.get("Set-Cookie")) == (403, None)


@pytest.mark.parametrize("token", ["", "x", "None", "%C3%A9", "%00"])
def test_a_wrong_token_is_refused_and_uses_nothing_up(server: ReviewServer, token: str) -> None:
    path = f"/?token={token}"
    assert Client(server).get(path).status == 403
    assert Client(server).enter(server).get("/index.html").status == 200


@pytest.mark.parametrize("cookie", ["", "x", "{name}=", "{name}=x", "a=b; =;", '"\\', "x{held}"])
def test_without_the_cookie_nothing_is_shown_or_kept(
    client: Client, desk: NoDesk, cookie: str
) -> None:
    name = client.cookie.partition("=")[0]
    client.cookie = cookie.format(name=name, held=client.cookie)
    assert client.get("/index.html").status == 403
    assert client.post({"claim": CLAIM, "verdict": "accepted"}).status == 403
    assert desk.asked == []


def test_no_cookie_is_worth_anything_before_the_token_is_used(server: ReviewServer) -> None:
    stranger = Client(server)
    stranger.cookie = f"{server.cookie}={server._cookie}"
    assert stranger.get("/index.html").status == 403


@pytest.mark.parametrize("foreign", ['x={"a":1}', "a[b]=1", "=", ";", 'y="a', "x=é"])
def test_cookies_of_others_do_not_hide_ours(client: Client, foreign: str) -> None:
    ours = client.cookie
    for cookie in (f"{foreign}; {ours}", f"{ours}; {foreign}"):
        client.cookie = cookie
        assert client.get("/index.html").status == 200


def test_two_servers_on_one_machine_do_not_lock_each_other_out(
    outputs: Path, desk: NoDesk, client: Client
) -> None:
    with serving(ReviewServer(outputs, desk)) as other:
        second = Client(other).enter(other)
        both = f"{client.cookie}; {second.cookie}"
        assert client.cookie.partition("=")[0] == f"litline-review-{client.host.split(':')[1]}"
        client.cookie = second.cookie = both
        assert client.get("/index.html").status == 200
        assert second.get("/index.html").status == 200


@pytest.mark.parametrize(
    "host", ["", "evil.example", "localhost", "127.0.0.1", "127.0.0.1:1", "evil.example:{port}"]
)
def test_another_host_is_refused(client: Client, desk: NoDesk, host: str) -> None:
    client.host = host.format(port=client.origin.rpartition(":")[2])
    assert client.get("/index.html").status == 403
    assert client.post({"claim": CLAIM, "verdict": "accepted"}).status == 403
    assert desk.asked == []


@pytest.mark.parametrize("origin", ["", "null", "http://evil.example", "http://localhost:{port}"])
def test_a_verdict_from_another_page_is_refused(client: Client, desk: NoDesk, origin: str) -> None:
    foreign = origin.format(port=client.origin.rpartition(":")[2])
    assert client.post({"claim": CLAIM, "verdict": "accepted"}, Origin=foreign).status == 403
    assert desk.asked == []


def test_another_page_cannot_read_pages(client: Client) -> None:
    assert client.get("/index.html", Origin="http://evil.example").status == 403
    assert client.get("/index.html", Origin=client.origin).status == 200


# --- What is shown -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        *("/../secret.html", "/papers/../../secret.html", "/%2e%2e/secret.html"),
        *("/..%2fsecret.html", "/papers/%2e%2e%2f%2e%2e%2fsecret.html", "//secret.html"),
        *("/..\\secret.html", "/%5c..%5csecret.html", "/papers//quiet-kettles.html"),
        *("/./index.html", "/.lock", "/index.html%00", "/%00", "/papers", "/papers/", "/sources/"),
        *("/nothing.html", f"/{'x' * 400}.html", "/%ff.html", "/verdicts", "/index.html/"),
    ],
)
def test_nothing_but_files_of_the_outputs_is_shown(client: Client, path: str) -> None:
    told = client.get(path)
    assert told.status == 404
    assert "secret" not in told.body


def test_an_absolute_path_is_not_followed(client: Client, outputs: Path) -> None:
    assert client.get(f"/{outputs.parent}/secret.html").status == 404


@pytest.mark.parametrize("target", ["../secret.html", "papers/quiet-kettles.html"])
def test_symbolic_links_are_not_followed(client: Client, outputs: Path, target: str) -> None:
    (outputs / "link.html").symlink_to(target)
    assert client.get("/link.html").status == 404


def test_folders_that_are_symbolic_links_are_not_followed(client: Client, outputs: Path) -> None:
    (outputs / "away").symlink_to(outputs.parent)
    assert client.get("/away/secret.html").status == 404


def test_the_outputs_themselves_may_be_reached_by_a_link(outputs: Path) -> None:
    link = outputs.parent / "link"
    link.symlink_to(outputs)
    assert find_file(link, f"/{PAGE}") == outputs.resolve() / PAGE


def test_a_fifo_is_no_page(client: Client, outputs: Path) -> None:
    os.mkfifo(outputs / "pipe.html")
    assert client.get("/pipe.html").status == 404


def test_a_source_is_plain_text(client: Client) -> None:
    told = client.get("/sources/kettles.txt")
    assert (told.status, told.body) == (200, "Kettles <b>boil</b>.")
    assert told.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert told.headers["X-Content-Type-Options"] == "nosniff"


def test_a_page_is_the_file_with_one_script_added(client: Client, outputs: Path) -> None:
    told = client.get(f"/{PAGE}")
    text = (outputs / PAGE).read_text(encoding="utf-8")
    body = text[text.index("<body>") : text.index("</body>")]
    assert body in told.body
    assert told.body.count("<script>") == 1
    assert "http-equiv" not in told.body
    policy = told.headers["Content-Security-Policy"]
    assert "script-src 'sha256-" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_the_state_cannot_end_its_element(outputs: Path) -> None:
    page = serve_page(outputs / PAGE, {"x": "</script><script>alert(1)"}).body.decode()
    assert "<script>alert" not in page


def test_a_page_of_somebody_else_runs_no_script(client: Client, outputs: Path) -> None:
    (outputs / "other.html").write_text("<script>alert(1)</script>", encoding="utf-8")
    told = client.get("/other.html")
    assert (told.status, "script-src" in told.headers["Content-Security-Policy"]) == (200, False)
    assert told.headers["Content-Security-Policy"].startswith("default-src 'none'")


# --- What is refused -----------------------------------------------------------------------

OWN_HEADERS = {
    "Content-Security-Policy": STRICT,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "X"])
def test_other_methods_do_nothing(client: Client, method: str) -> None:
    told = client.send(method, f"/{PAGE}", None, {})
    assert told.status == 501
    assert told.headers.items() >= OWN_HEADERS.items()
    assert bool(told.body) == (method != "HEAD")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "X"])
def test_other_methods_are_looked_at_only_from_here(client: Client, method: str) -> None:
    away = client.send(method, f"/{PAGE}", b"x", {"Origin": "http://evil.example"})
    assert (away.status, away.headers.items() >= OWN_HEADERS.items()) == (403, True)
    client.host = "evil.example"
    assert client.send(method, f"/{PAGE}", None, {}).status == 403


def raw(server: ReviewServer, request: bytes) -> str:
    """Return the answer to what no client would send."""
    with socket.create_connection((HOST, server.server_address[1]), timeout=30) as one:
        one.sendall(request)
        with one.makefile("rb") as answer:
            return answer.read().decode()


@pytest.mark.parametrize(
    "address",
    ["http://[", "http://[::1", "index.html", "*", "http://evil.example/", "x:/index.html"],
)
def test_an_address_that_makes_no_sense_is_refused(
    server: ReviewServer, capfd: pytest.CaptureFixture[str], address: str
) -> None:
    for method, more in (("GET", ""), ("POST", "Content-Length: 1\r\n")):
        request = f"{method} {address} HTTP/1.1\r\n{more}\r\n "
        assert raw(server, request.encode()).startswith("HTTP/1.0 400")
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\n" + b"X: x\r\n" * 200 + b"\r\n", 431),
        (b"GET / HTTP/x\r\n\r\n", 400),
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/2.0\r\n\r\n", 505),
    ],
)
def test_what_is_no_request_is_refused_with_all_headers(
    server: ReviewServer, request_: bytes, status: int
) -> None:
    head = raw(server, request_).partition("\r\n\r\n")[0].splitlines()
    assert head[0].startswith(f"HTTP/1.0 {status} ")
    assert {f"{name}: {value}" for name, value in OWN_HEADERS.items()} <= set(head)


def test_a_client_that_resets_leaves_nothing_on_the_terminal(
    client: Client, server: ReviewServer, outputs: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (outputs / "big.txt").write_text("x" * 30_000_000, encoding="utf-8")
    headers = f"Host: {client.host}\r\nCookie: {client.cookie}\r\n"
    with socket.create_connection((HOST, server.server_address[1])) as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        one.sendall(f"GET /big.txt HTTP/1.1\r\n{headers}\r\n".encode())
        assert one.recv(100)
    assert client.get("/index.html").status == 200
    assert capfd.readouterr().err == ""


def test_other_faults_of_the_server_are_printed(
    client: Client, desk: NoDesk, capfd: pytest.CaptureFixture[str]
) -> None:
    desk.inside = 1
    with pytest.raises(RemoteDisconnected):
        client.post({"claim": CLAIM, "verdict": "accepted"})
    assert "AssertionError" in capfd.readouterr().err


BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def test_a_browser_is_refused_in_words(client: Client, server: ReviewServer) -> None:
    client.cookie = ""
    for path in ("/index.html", "/?token=x"):
        told = client.get(path, **BROWSER)
        assert (told.status, told.headers["Content-Type"]) == (403, "text/html; charset=utf-8")
        assert "start litline review again for a new address" in told.body
        assert told.headers.items() >= OWN_HEADERS.items()
        assert "<script" not in told.body
        assert "error" in json.loads(client.get(path).body)


def test_a_page_that_is_none_is_refused_in_words(client: Client) -> None:
    told = client.get("/none.html", **BROWSER)
    assert (told.status, "there is no such page" in told.body) == (404, True)


def test_a_store_that_fails_while_a_page_is_made_is_told(client: Client, desk: NoDesk) -> None:
    desk.fails = True
    told = client.get(f"/{PAGE}", **BROWSER)
    assert (told.status, "the store is &lt;full&gt;" in told.body) == (500, True)
    assert json.loads(client.get(f"/{PAGE}").body) == {"error": "the store is <full>"}


# --- What is kept --------------------------------------------------------------------------


def test_a_verdict_is_kept(client: Client, desk: NoDesk) -> None:
    told = client.post({"claim": CLAIM, "verdict": "edited", "text": "Words.", "note": "why"})
    assert (told.status, json.loads(told.body)) == (200, {"verdict": "edited"})
    assert desk.asked == [Asked(claim=CLAIM, verdict="edited", text="Words.", note="why")]


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"null", b"[]", b"\xff", b'"x"', b"[" * 8_000),
        {"claim": CLAIM},
        {"claim": CLAIM, "verdict": "deleted"},
        {"claim": "../../secret", "verdict": "accepted"},
        {"claim": CLAIM + "\n", "verdict": "accepted"},
        {"claim": CLAIM, "verdict": "accepted", "who": "somebody else"},
        {"claim": CLAIM, "verdict": "accepted", "overrule": "yes"},
        {"claim": CLAIM, "verdict": "edited", "text": "x" * 4_001},
        {"claim": CLAIM, "verdict": "rejected", "note": ["x"]},
        {"claim": CLAIM, "verdict": "accepted", "text": "x"},
        {"claim": CLAIM, "verdict": "rejected", "overrule": True},
    ],
)
def test_what_is_no_verdict_is_refused(client: Client, desk: NoDesk, body: object) -> None:
    assert client.post(body).status == 400
    assert desk.asked == []


def padded(size: int) -> bytes:
    return json.dumps({"claim": CLAIM, "verdict": "accepted"}).encode().ljust(size)


def test_a_body_over_the_limit_is_refused(client: Client, desk: NoDesk) -> None:
    assert client.post(padded(MOST_BYTES + 1)).status == 413
    assert desk.asked == []
    assert client.post(padded(MOST_BYTES)).status == 200
    assert len(desk.asked) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Content_Length": "-1"},
        {"Content_Length": "1e3"},
        {"Content_Length": "9" * 400},
        {"Content_Length": ""},
        {"Transfer_Encoding": "chunked"},
    ],
)
def test_a_body_without_a_plain_length_is_refused(
    client: Client, desk: NoDesk, headers: dict[str, str]
) -> None:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    usual = {"Origin": client.origin, "Content-Type": "application/json", **given}
    assert client.send("POST", "/verdicts", b"", usual).status == 413
    assert desk.asked == []


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_what_a_form_could_send_is_refused(client: Client, desk: NoDesk, kind: str) -> None:
    told = client.post({"claim": CLAIM, "verdict": "accepted"}, **{"Content-Type": kind})
    assert told.status == 415
    assert desk.asked == []


def test_verdicts_have_one_address(client: Client, desk: NoDesk) -> None:
    assert client.post({"claim": CLAIM, "verdict": "accepted"}, "/index.html").status == 404
    assert desk.asked == []


def test_a_store_that_fails_is_told(client: Client, desk: NoDesk) -> None:
    desk.fails = True
    told = client.post({"claim": CLAIM, "verdict": "accepted"})
    assert (told.status, json.loads(told.body)) == (500, {"error": "the store is full"})


def test_two_at_once_come_one_after_the_other(client: Client, desk: NoDesk) -> None:
    bodies = [{"claim": f"{n:012x}", "verdict": "accepted"} for n in range(40)]
    with ThreadPoolExecutor(8) as pool:
        assert {told.status for told in pool.map(client.post, bodies)} == {200}
    assert {one.claim for one in desk.asked} == {str(body["claim"]) for body in bodies}


def test_a_client_that_says_nothing_holds_nobody_up(client: Client, server: ReviewServer) -> None:
    with socket.create_connection((HOST, server.server_address[1])) as silent:
        silent.send(b"POST /verdicts HTTP/1.1\r\n")
        assert client.get("/index.html").status == 200
