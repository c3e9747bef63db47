"""A folder that takes mails instead of a mail server, for trying things out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from awards import storage

SUFFIX = ".eml"


@dataclass(frozen=True, slots=True)
class Kept:
    """A mail in the folder, and when it came."""

    key: str
    at: datetime
    mail: EmailMessage

    @property
    def text(self) -> str:
        return _content(self.mail, "plain")

    @property
    def html(self) -> str:
        return _content(self.mail, "html")


def put(folder: Path, mail: EmailMessage) -> None:
    """Keep a mail as it would have gone out."""
    storage.keep(folder, mail.as_bytes(), suffix=SUFFIX)


def newest(folder: Path, most: int = 100) -> Sequence[Kept]:
    """The mails in the folder, the last one first."""
    files = [(file.stat().st_mtime_ns, file.stem) for file in folder.glob(f"*{SUFFIX}")]
    return [find(folder, key) for _, key in sorted(files, reverse=True)[:most]]


def find(folder: Path, key: str) -> Kept:
    """One mail. Raises NoSuchFile, also for anything that is no key."""
    file = storage.locate(folder, f"{key}{SUFFIX}")
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    return Kept(key, datetime.fromtimestamp(file.stat().st_mtime, UTC), mail)


def _content(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part is not None else ""
