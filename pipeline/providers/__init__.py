"""Engines that answer prompts: one file each, behind one method."""
