"""The words that models are shown; each `.md` file here is one prompt."""
