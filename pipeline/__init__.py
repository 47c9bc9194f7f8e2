"""Documents in, grounded sheets out: everything but the orchestration, which is in `flows`."""

__version__ = "0.1.0"
