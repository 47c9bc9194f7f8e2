"""Every error that Litline raises on purpose.

LitlineError
├── UsageError            the command was called in a way that cannot work (exit 2)
│   └── AmbiguousName     several people may be meant by a name
├── PartialError          something failed and is listed; the rest was done (exit 3)
├── ConfigError           settings, key, quota, store or model are wrong (exit 4)
│   ├── StoreError        the store cannot be opened, read or written
│   ├── PromptError       a prompt file is malformed or misses an input
│   └── ProviderRefused   the model's server will refuse every further call too
├── BudgetReached         the next call could cost more than is left (exit 5)
├── LockHeld              another run works on the same outputs (exit 75)
├── DocumentError         one document cannot be read; others can
└── AnswerError           one reply is missing or unusable; others may be fine
    ├── LostReply         it may have been made, and billed, and did not arrive
    └── UnreadableReply   what arrived is no reply; one may have been billed
"""

from __future__ import annotations


class LitlineError(Exception):
    """Base of all errors that Litline raises on purpose; `exit_code` is the command's."""

    exit_code = 1


class UsageError(LitlineError):
    """The command was called in a way that cannot work."""

    exit_code = 2


class AmbiguousName(UsageError):
    """Several people may be meant by a name; the message lists them and how to say which."""


class PartialError(LitlineError):
    """Something failed and is listed; everything else was done."""

    exit_code = 3


class ConfigError(LitlineError):
    """Settings, key, quota, store or model are wrong; a person must act."""

    exit_code = 4


class StoreError(ConfigError):
    """The store cannot be opened, read or written."""


class PromptError(ConfigError):
    """A prompt file is malformed, or a prompt was rendered without one of its inputs."""


class ProviderRefused(ConfigError):
    """The model's server refused in a way that every further call would meet too."""


class BudgetReached(LitlineError):
    """The next call could cost more than what is left of the budget."""

    exit_code = 5


class LockHeld(LitlineError):
    """Another run works on the same outputs folder."""

    exit_code = 75


class DocumentError(LitlineError):
    """One document cannot be read; the message says why and what was tried."""

    exit_code = 3


class AnswerError(LitlineError):
    """One reply is missing or unusable; the message is the reason printed in `run.json`."""

    exit_code = 3


class LostReply(AnswerError):
    """The server may have made a reply, and billed it, that did not arrive."""


class UnreadableReply(AnswerError):
    """What the server sent is no reply, though one may have been made, and billed."""
