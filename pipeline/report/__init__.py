"""Pages: sheets to Markdown and HTML, by pure functions."""
