"""The review server: the pages of the outputs on loopback, for who holds the token, and verdicts.

It answers GET for files of the outputs and POST for one verdict at a time, and nothing else. The
first address carries a token that opens once and is exchanged for a cookie. Host and Origin are
checked on every request, so that no other page in the same browser can read or decide anything.
"""

from __future__ import annotations

import json
import secrets
import socketserver
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socket import SHUT_WR, socket
from threading import Lock
from typing import ClassVar, NamedTuple, Protocol, Self
from urllib.parse import SplitResult, parse_qs, urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipeline.errors import LitlineError
from pipeline.review.served import (
    STRICT,
    Served,
    find_file,
    serve_file,
    serve_page,
    serve_refusal,
)
from pipeline.reviews import Decision

HOST = "127.0.0.1"
MOST_BYTES = 16_384  # of a body
_MOST_DRAINED = 1_048_576  # bytes of a refused body that are read, so that the answer arrives
_SECONDS = 10  # a client may be silent for
_READ = 65_536  # bytes at once, of what nobody asked for


class Asked(BaseModel):
    """A verdict as the page sends it."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    claim: str = Field(pattern=r"\A[0-9a-f]{12}\z")
    verdict: Decision
    text: str | None = Field(None, max_length=4_000)
    note: str | None = Field(None, max_length=2_000)
    overrule: bool = False

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.verdict != "edited" and (self.text is not None or self.overrule):
            raise ValueError("only an edit has a new text, and checks to overrule")
        return self


class Answer(NamedTuple):
    """What became of a verdict; `told` is what the page is sent."""

    status: HTTPStatus
    told: Mapping[str, object]


class Desk(Protocol):
    """Where pages and verdicts come together; called by one thread at a time."""

    def state(self, page: str) -> Mapping[str, object]:
        """Return what the script has to know of the claims of a page, given by its path.

        Raises:
            LitlineError: the store cannot be read.
        """
        ...

    def decide(self, asked: Asked) -> Answer:
        """Keep a verdict.

        Raises:
            LitlineError: it could not be kept.
        """
        ...


class ReviewServer(socketserver.ThreadingTCPServer):
    """One server, over one outputs folder."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, root: Path, desk: Desk, port: int = 0) -> None:
        super().__init__((HOST, port), _Handler)
        self.root = root
        self._desk = desk
        self._busy = Lock()
        self._token: str | None = secrets.token_urlsafe(32)
        self._cookie = secrets.token_urlsafe(32)

    @property
    def origin(self) -> str:
        """The address of the server, as browsers name it: without a path."""
        return f"http://{HOST}:{self.server_address[1]}"

    @property
    def cookie(self) -> str:
        """The name of the cookie; cookies know no ports, so that each server has its own."""
        return f"litline-review-{self.server_address[1]}"

    @property
    def address(self) -> str:
        """The address to open first, and once."""
        return f"{self.origin}/?token={self._token}"

    def redeem(self, token: str) -> str | None:
        """Return the value of the cookie for the token, which is worth nothing from then on."""
        with self._busy:
            if self._token is None or not _same(token, self._token):
                return None
            self._token = None
            return self._cookie

    def knows(self, cookie: str) -> bool:
        """Whether this is the value of the cookie that the token was exchanged for."""
        return self._token is None and _same(cookie, self._cookie)

    def page(self, path: str) -> Served | None:
        """Return what lies at a path in the outputs, or None."""
        file = find_file(self.root, path)
        if file is None:
            return None
        if file.suffix != ".html":
            return serve_file(file)
        with self._busy:
            state = self._desk.state(file.relative_to(self.root.resolve()).as_posix())
            return serve_page(file, state)

    def decide(self, asked: Asked) -> Answer:
        """Keep a verdict; one after the other, whoever sends them."""
        with self._busy:
            return self._desk.decide(asked)

    def shutdown_request(self, request: socket | tuple[bytes, socket]) -> None:
        """End a connection; what was sent and not read would make the answer get lost."""
        if isinstance(request, socket):
            with suppress(OSError):
                request.shutdown(SHUT_WR)
                for _ in range(_MOST_DRAINED // _READ):
                    if not request.recv(_READ):
                        break
        super().shutdown_request(request)

    def handle_error(self, request: socket | tuple[bytes, socket], client_address: object) -> None:
        """Pass over clients that went away; other faults are printed."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """One request."""

    server: ReviewServer
    server_version = "litline"
    sys_version = ""
    default_request_version = "HTTP/1.0"  # so that each answer has its headers
    timeout = _SECONDS
    _headers: ClassVar[dict[str, str]] = {
        "Cache-Control": "no-store",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }

    def do_GET(self) -> None:
        """Send a file of the outputs, or the cookie to who brings the token."""
        address = self._address()
        if address is None or not self._is_from_here():
            return
        token = parse_qs(address.query).get("token", [])
        if address.path == "/" and token:
            self._enter(token[0])
        elif self._may_enter():
            self._show(address.path)

    def do_POST(self) -> None:
        """Keep a verdict."""
        body = self._body()
        address = self._address()
        if address is None or not self._is_from_here(posted=True) or not self._may_enter():
            return
        if address.path != "/verdicts":
            self._refuse(HTTPStatus.NOT_FOUND, "verdicts are sent to /verdicts")
        elif self.headers.get_content_type() != "application/json":
            self._refuse(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "a verdict is JSON")
        elif body is None:
            limit = f"a verdict has a length, of at most {MOST_BYTES} bytes"
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, limit)
        else:
            self._decide(body)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse what the base class does not understand, as all else is refused."""
        status = HTTPStatus(code)
        if status is not HTTPStatus.NOT_IMPLEMENTED or self._is_from_here():
            self._refuse(status, explain or message or status.phrase)

    def _address(self) -> SplitResult | None:
        """Return the address that is asked for; one that makes no sense here is refused."""
        try:
            address = urlsplit(self.path)
        except ValueError:
            address = None
        if address and self.path.startswith("/") and not address.netloc:
            return address
        self._refuse(HTTPStatus.BAD_REQUEST, "this is no address of a page")
        return None

    def _decide(self, body: bytes) -> None:
        try:
            asked = Asked.model_validate_json(body)
        except ValidationError:
            self._refuse(HTTPStatus.BAD_REQUEST, "this is no verdict")
            return
        try:
            answer = self.server.decide(asked)
        except (LitlineError, OSError) as error:
            self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR, str(error))
            return
        self._send(answer.status, _json(answer.told))

    def _show(self, path: str) -> None:
        try:
            found = self.server.page(path if path != "/" else "/index.html")
        except LitlineError as error:
            self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR, str(error))
            return
        except (OSError, UnicodeDecodeError):  # it went away, or is no text of ours
            found = None
        if found is None:
            self._refuse(HTTPStatus.NOT_FOUND, "there is no such page")
        else:
            self._send(HTTPStatus.OK, found)

    # --- Who may enter ---------------------------------------------------------------------

    def _is_from_here(self, *, posted: bool = False) -> bool:
        """Whether the browser means this server, and the page that asks is one of its own."""
        origin = self.server.origin
        hosts = self.headers.get_all("Host", [])
        asking = self.headers.get_all("Origin", [])
        if hosts != [origin.removeprefix("http://")]:
            self._refuse(HTTPStatus.FORBIDDEN, "this server has another name")
        elif asking != [origin] and (posted or asking):
            self._refuse(HTTPStatus.FORBIDDEN, "the request comes from another page")
        else:
            return True
        return False

    def _may_enter(self) -> bool:
        held = _values(self.headers.get_all("Cookie", []), self.server.cookie)
        if any(self.server.knows(value) for value in held):
            return True
        self._refuse(HTTPStatus.FORBIDDEN, "open the address that litline review printed")
        return False

    def _enter(self, token: str) -> None:
        cookie = self.server.redeem(token)
        if cookie is None:
            self._refuse(HTTPStatus.FORBIDDEN, "this address was used already, or is not ours")
            return
        self.send_response(HTTPStatus.SEE_OTHER)
        kept = f"{self.server.cookie}={cookie}; HttpOnly; SameSite=Strict; Path=/"
        self._finish(Served(b"", "text/plain"), {"Location": "/index.html", "Set-Cookie": kept})

    # --- Bodies ----------------------------------------------------------------------------

    def _body(self) -> bytes | None:
        """Return the body, or None where its length is not told or over the limit."""
        lengths = self.headers.get_all("Content-Length", [])
        told = lengths[0] if len(lengths) == 1 and "Transfer-Encoding" not in self.headers else ""
        length = int(told) if told.isascii() and told.isdigit() and len(told) < 16 else None
        if length is None:
            return None
        body = self.rfile.read(min(length, _MOST_DRAINED))
        return body if length <= MOST_BYTES else None

    def _refuse(self, status: HTTPStatus, why: str) -> None:
        """Say why not: to a person who opens a page in words, to programs as JSON."""
        accepted = self.headers.get("Accept", "") if hasattr(self, "headers") else ""
        to_read = "text/html" in accepted
        self._send(status, serve_refusal(status, why) if to_read else _json({"error": why}))

    def _send(self, status: HTTPStatus, served: Served) -> None:
        self.send_response(status)
        self._finish(served, {})

    def _finish(self, served: Served, more: Mapping[str, str]) -> None:
        own = {
            "Content-Type": served.type,
            "Content-Length": str(len(served.body)),
            "Content-Security-Policy": served.policy,
        }
        for name, value in {**own, **self._headers, **more}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(served.body)

    def log_message(self, *_: object) -> None:
        """Print nothing; the first address holds the token."""


def _json(told: Mapping[str, object]) -> Served:
    return Served(json.dumps(told).encode(), "application/json; charset=utf-8", STRICT)


def _values(lines: Sequence[str], name: str) -> list[str]:
    """Return the values of a cookie, whatever else the browser sends beside it."""
    pairs = (part.partition("=") for line in lines for part in line.split(";"))
    return [value.strip() for key, _, value in pairs if key.strip() == name]


def _same(one: str, other: str) -> bool:
    return secrets.compare_digest(one.encode("utf-8", "surrogateescape"), other.encode())
