"""Every setting, its default, and the environment variable that gives it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("en", "ko")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

ENVIRONMENT: Mapping[str, str] = {
    "LAURELS_DATA": "folder for database, files and keys",
    "LAURELS_DATABASE_URL": "database, as SQLAlchemy writes it",
    "LAURELS_SECRET_KEY": "key that signs cookies and forms",
    "LAURELS_URL": "address under which the site is reached, for links in mails and certificates",
    "LAURELS_SMTP": "mail server as smtp://user:password@host:port, or file: for the folder mails of LAURELS_DATA; "
    "without one mails wait in the outbox",
    "LAURELS_SENDER": "address from which mails are sent",
    "LAURELS_DEMO": "1 for a demo, whose mails anybody may read",
    "LAURELS_SIGNING_KEY": "key that signs certificates, as PEM or as the file that holds it; "
    "without one it is under LAURELS_DATA",
    "LAURELS_SIGNING_P12": "file of a bought key with its certificates (PKCS#12) that signs certificates",
    "LAURELS_SIGNING_PASSPHRASE": "what opens either of them",
    "LAURELS_PROXIES": "how many proxies stand before the site and name the visitor's address; 0 for none",
}


class SettingWrong(Exception):
    """A setting that nothing can be done with."""


def settings(environ: Mapping[str, str], overrides: Mapping[str, object]) -> dict[str, object]:
    """The settings of an application. A missing secret key is made under LAURELS_DATA and kept there.

    Raises SettingWrong for a demo that strangers could reach.
    """
    data = Path(
        str(overrides.get("LAURELS_DATA") or environ.get("LAURELS_DATA") or ROOT / "instance")
    ).absolute()
    url = environ.get("LAURELS_URL", "http://127.0.0.1:5000").rstrip("/")
    found: dict[str, object] = {
        "LAURELS_DATA": str(data),
        "LAURELS_URL": url,
        "LAURELS_SMTP": environ.get("LAURELS_SMTP", ""),
        "LAURELS_SENDER": environ.get("LAURELS_SENDER", "laurels@localhost"),
        "LAURELS_DEMO": environ.get("LAURELS_DEMO", "") not in ("", "0"),
        "LAURELS_SIGNING_KEY": environ.get("LAURELS_SIGNING_KEY", ""),
        "LAURELS_SIGNING_P12": environ.get("LAURELS_SIGNING_P12", ""),
        "LAURELS_SIGNING_PASSPHRASE": environ.get("LAURELS_SIGNING_PASSPHRASE", ""),
        "LAURELS_PROXIES": _number(environ, "LAURELS_PROXIES"),
        "SQLALCHEMY_DATABASE_URI": environ.get("LAURELS_DATABASE_URL")
        or f"sqlite:///{data / 'laurels.sqlite3'}",
        "SESSION_COOKIE_NAME": "__Host-session" if url.startswith("https:") else "session",
        "SESSION_COOKIE_SECURE": url.startswith("https:"),
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(days=7),
        "WTF_CSRF_CHECK_DEFAULT": False,
        "WTF_CSRF_TIME_LIMIT": None,
        "MAX_CONTENT_LENGTH": 24 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 16 * 1024 * 1024,
        "MAX_FORM_PARTS": 3000,
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "awards" / "translations"),
        "BABEL_DEFAULT_LOCALE": "en",
    } | dict(overrides)
    found["LAURELS_DATA"] = str(data)
    if found["LAURELS_DEMO"] and not _is_here(str(found["LAURELS_URL"])):
        raise SettingWrong(
            "LAURELS_DEMO shows every mail to anybody, and LAURELS_URL is a site for everybody."
        )
    if "SECRET_KEY" not in found:
        found["SECRET_KEY"] = environ.get("LAURELS_SECRET_KEY") or _kept_secret(data)
    return found


def _is_here(url: str) -> bool:
    """Whether an address is one that only this machine reaches."""
    try:
        return urlsplit(url).hostname in LOOPBACK
    except ValueError:
        return False


def private_folder(folder: Path) -> Path:
    """The folder, made if need be, readable by its owner alone."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def _number(environ: Mapping[str, str], name: str) -> int:
    """A setting that is a whole number, 0 where it is not given. Raises SettingWrong."""
    text = environ.get(name, "") or "0"
    if not (text.isascii() and text.isdigit()):
        raise SettingWrong(f"{name} is no whole number: {text}")
    return int(text)


def _kept_secret(data: Path) -> str:
    """The secret kept in a folder; one for this process alone where the folder can't be written."""
    file = data / "secret_key"
    try:
        private_folder(data)
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text().strip()
    except OSError:
        return secrets.token_hex(32)
    with os.fdopen(handle, "w") as writer:
        writer.write(secret := secrets.token_hex(32))
    return secret
