"""Invented documents that show all that Litline does; their lab, people and models do not exist."""

from __future__ import annotations

from importlib import resources


def sample_files() -> list[str]:
    """Return the paths of the sample documents, by name."""
    folder = resources.files(__name__)
    return sorted(str(file) for file in folder.iterdir() if file.name.endswith((".txt", ".md")))
