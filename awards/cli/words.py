"""What the shell says of an error: one plain English sentence each."""

from __future__ import annotations

from functools import singledispatch

from awards.tables import FileRefused
from judging.programme import ProgrammeInvalid


@singledispatch
def say(error: Exception) -> str:
    """The sentence for an error: by default what its class says, and what it is about."""
    fact = (type(error).__doc__ or type(error).__name__).strip().splitlines()[0].rstrip(".")
    about = str(error)
    return f"{fact}: {about}" if about else fact


@say.register
def _(error: FileRefused) -> str:
    rows = [
        f"  row {line.row or '-'}, column {line.column or '-'}: {_short(line.value)!r}: {line.reason.replace('_', ' ')}"
        + (f" (allowed: {', '.join(line.allowed)})" if line.allowed else "")
        for line in error.lines
    ]
    return "\n".join([f"Nothing was taken: {len(rows)} line(s) refused.", *rows])


@say.register
def _(error: ProgrammeInvalid) -> str:
    rows = [
        f"  {mistake.place or 'file'}: {mistake.kind.replace('_', ' ')}"
        + (f": {mistake.found}" if mistake.found else "")
        + (f" (allowed: {', '.join(mistake.allowed)})" if mistake.allowed else "")
        for mistake in error.mistakes
    ]
    return "\n".join([f"The programme's file has {len(rows)} mistake(s); nothing was loaded.", *rows])


def _short(value: str) -> str:
    return value if len(value) <= 60 else f"{value[:57]}..."
