"""Faults of servers by name, each with its number in the list of reliability tests."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, NamedTuple

from pipeline.providers.base import Usage
from tests import well_behaved
from tests.fault_replies import Reply, Seen, completion, error, response

_LIMITS = ("max_tokens", "max_completion_tokens")
_SENT = datetime(2031, 6, 2, 10, tzinfo=UTC)
_CUT_TOKENS = 40


class Fault(NamedTuple):
    """What goes wrong.

    `stops` says that it ends a run, `lossy` that a reply may have been made that does not arrive.
    """

    number: int
    means: str
    reply: Callable[[Seen], Reply]
    stops: bool = False
    lossy: bool = False


def fine(seen: Seen) -> Reply:
    """Return a whole answer."""
    return _said(seen, _text(seen), whole=True)


def _text(seen: Seen) -> str:
    return well_behaved.reply_to(seen.body).model_dump_json()


def _said(
    seen: Seen,
    text: str | None,
    *,
    whole: bool = False,
    usage: Usage | None = None,
    stated: bool = True,
    **changes: Any,
) -> Reply:
    """Return a completion, charged by its length unless `usage` says otherwise."""
    took = usage or _usage(seen, text or "")
    said = {
        "prompt_tokens": took.input,
        "completion_tokens": took.output,
        "prompt_tokens_details": {"cached_tokens": took.cached},
    }
    made = completion(text, usage=said if stated else None, **changes)
    return made._replace(bill=took, whole=whole)


def _usage(seen: Seen, text: str) -> Usage:
    took = well_behaved.usage(seen.body, text)
    cached = len(seen.body["messages"][0]["content"]) // 4
    return Usage(took["prompt_tokens"], took["completion_tokens"], cached)


def _changed(seen: Seen, change: Callable[[str], str]) -> str:
    """Return the answer with each of its statements changed."""

    def walk(node: Any) -> Any:
        if isinstance(node, list):
            return [walk(one) for one in node]
        if isinstance(node, dict):
            return {
                name: change(value) if name == "text" and isinstance(value, str) else walk(value)
                for name, value in node.items()
            }
        return node

    return json.dumps(walk(json.loads(_text(seen))), ensure_ascii=False)


def _in_chinese(text: str) -> str:
    """Keep the names and figures of a statement, and say the rest in another language."""
    kept = [word for word in text.split() if any(map(str.isdigit, word))]
    return f"该方法是 {' '.join(kept)} 的规划器。"


def _other_digits(text: str) -> str:
    return re.sub(r"\d", lambda found: str((int(found[0]) + 3) % 10), text)


def _twice(seen: Seen) -> str:
    text = _text(seen)
    return f'{text[:-1]},"{next(iter(json.loads(text)))}":null}}'


def _used_up(seen: Seen) -> Usage:
    took = _usage(seen, "")
    limit = next((seen.body[name] for name in _LIMITS if name in seen.body), 0)
    return took._replace(output=limit)


def _refused_parameter(seen: Seen) -> Reply:
    names = ("response_format", *_LIMITS)
    name = next((one for one in names if one in seen.body), "temperature")
    body = {"message": f"Unsupported parameter: '{name}'", "param": name}
    return response({"error": body | {"code": "unsupported_parameter"}}, 400)


def _always(reply: Reply) -> Callable[[Seen], Reply]:
    return lambda _: reply


def _failing(status: int, code: str | None = None, **headers: str) -> Callable[[Seen], Reply]:
    return _always(error(status, code, **headers))


def _broken(kind: Any) -> Callable[[Seen], Reply]:
    """Return a fault after the reply was made, and charged."""
    return lambda seen: fine(seen)._replace(fault=kind, whole=False)


def _other_json(seen: Seen) -> Reply:
    return _said(seen, json.dumps({"answer": "A fine paper."}))


_DATE = {
    "retry_after": format_datetime(_SENT + timedelta(seconds=1), usegmt=True),
    "date": format_datetime(_SENT, usegmt=True),
}
_HTML = b"<html><body>Sign in</body></html>"

FAULTS: dict[str, Fault] = {
    "rate-limit": Fault(
        36, "429, Retry-After 2", _failing(429, "rate_limit_exceeded", retry_after="2")
    ),
    "rate-limit-ms": Fault(
        36, "429, retry-after-ms 300", _failing(429, "rate_limit_exceeded", retry_after_ms="300")
    ),
    "rate-limit-date": Fault(
        36, "429, Retry-After as a date", _failing(429, "rate_limit_exceeded", **_DATE)
    ),
    "long-wait": Fault(
        37,
        "429, Retry-After 3600",
        _failing(429, "rate_limit_exceeded", retry_after="3600"),
        stops=True,
    ),
    "quota": Fault(38, "429 insufficient_quota", _failing(429, "insufficient_quota"), stops=True),
    "key": Fault(39, "401", _failing(401, "invalid_api_key"), stops=True),
    "forbidden": Fault(39, "403", _failing(403, "unsupported_country"), stops=True),
    "model": Fault(39, "404", _failing(404, "model_not_found"), stops=True),
    "error-500": Fault(40, "500", _failing(500)),
    "busy": Fault(40, "503 in HTML", _always(Reply(_HTML, 503))),
    "hang": Fault(41, "no byte is sent", _always(Reply(fault="hang")), lossy=True),
    "drip": Fault(41, "a byte now and then, and never the last", _broken("drip"), lossy=True),
    "reset": Fault(42, "the connection is reset", _broken("reset"), lossy=True),
    "cut": Fault(42, "the body breaks off", _broken("cut"), lossy=True),
    "garbage": Fault(42, "no HTTP", _always(Reply(fault="garbage")), lossy=True),
    "late": Fault(42, "504 of a server before it", _failing(504), lossy=True),
    "empty-body": Fault(43, "200 without a body", _always(Reply()), lossy=True),
    "html": Fault(43, "200 in HTML", _always(Reply(_HTML)), lossy=True),
    "no-json": Fault(43, "200 in prose", _always(Reply(b"busy, come back later")), lossy=True),
    "error-in-200": Fault(
        44, '200 {"error"}', _always(response({"error": {"code": 502}})), lossy=True
    ),
    "no-choices": Fault(44, "200, choices []", _always(response({"choices": []})), lossy=True),
    "null-choices": Fault(
        44, "200, choices null", _always(response({"choices": None})), lossy=True
    ),
    "length": Fault(
        45,
        "the reply reaches its longest",
        lambda seen: _said(seen, _text(seen)[:40], usage=_used_up(seen), finish_reason="length"),
    ),
    "reasoning": Fault(
        46,
        "all tokens go into reasoning: 200, empty, length",
        lambda seen: _said(seen, "", usage=_used_up(seen), finish_reason="length"),
    ),
    "refusal": Fault(
        47, "the model refuses", lambda seen: _said(seen, None, refusal="I will not.")
    ),
    "filter": Fault(
        47, "content_filter", lambda seen: _said(seen, "", finish_reason="content_filter")
    ),
    "filter-400": Fault(47, "400 content_filter", _failing(400, "content_filter")),
    "fences": Fault(
        48,
        "the reply stands between fences",
        lambda seen: _said(seen, f"Sure:\n```json\n{_text(seen)}\n```", whole=True),
    ),
    "think": Fault(
        48,
        "thinking stands before the reply",
        lambda seen: _said(seen, f"<think>{{Hm}}</think>\n{_text(seen)}", whole=True),
    ),
    "prose": Fault(49, "prose, no JSON", lambda seen: _said(seen, "It is about kettles.")),
    "wrong-type": Fault(
        49,
        "numbers in place of texts",
        lambda seen: _said(seen, json.dumps(dict.fromkeys(json.loads(_text(seen)), 7))),
    ),
    "extra-field": Fault(
        50,
        "a field that is not in the schema",
        lambda seen: _said(seen, json.dumps(json.loads(_text(seen)) | {"note": "x"})),
    ),
    "duplicate-key": Fault(50, "a key twice", lambda seen: _said(seen, _twice(seen))),
    "language": Fault(
        51,
        "statements in another language",
        lambda seen: _said(seen, _changed(seen, _in_chinese), whole=True),
    ),
    "digit": Fault(
        52,
        "statements with other digits",
        lambda seen: _said(seen, _changed(seen, _other_digits), whole=True),
    ),
    "no-usage": Fault(
        53, "no usage", lambda seen: _said(seen, _text(seen), whole=True, stated=False)
    ),
    "cut-prompt": Fault(
        54,
        "the prompt is cut from the left: 200, few prompt tokens",
        lambda seen: _said(seen, _text(seen), usage=Usage(_CUT_TOKENS, 100)),
    ),
    "schema-ignored": Fault(55, "other JSON than the schema's", _other_json),
    "parameter-refused": Fault(56, "400 unsupported_parameter", _refused_parameter),
}
PASSING = tuple(name for name, fault in FAULTS.items() if not fault.stops)
"""Faults after which a run goes on."""
