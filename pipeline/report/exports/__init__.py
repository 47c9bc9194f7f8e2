"""Exports for other programs: BibTeX, CSL-JSON, CSV, JSONL, and a folder for Obsidian.

Every format gets what the sheets say and nothing else: a field that is absent stays away, and a
year that no document prints is marked as inferred.
"""
