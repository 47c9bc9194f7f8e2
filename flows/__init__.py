"""Prefect flows, the command line, and the one place where environment and clock are read.

The flows are loaded when first named, because importing Prefect takes seconds.
"""

from __future__ import annotations

from typing import Any

__all__ = ["author_briefing", "run", "summarize_papers", "trace_lineage", "weekly_digest"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from flows import orchestration  # noqa: PLC0415 - imports Prefect

        return getattr(orchestration, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
