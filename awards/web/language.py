"""The language of an answer: it stands in the address; where it doesn't, the profile decides, or the browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError
from flask import (
    Flask,
    Response,
    abort,
    current_app,
    g,
    has_app_context,
    has_request_context,
    redirect,
    request,
)
from flask_babel import force_locale
from werkzeug.routing import BaseConverter

from awards.config import LANGUAGES
from awards.extensions import babel
from awards.web import sessions
from awards.web.access import Audience, audience

NAMES = {"en": "English", "ko": "한국어"}
LOCALES = {tag: Locale.parse(tag) for tag in LANGUAGES}
"""Read once: Babel looks through all that it knows for each."""
BRITISH = Locale("en", "GB")
PREFIX = "/<language:language>"
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


class LanguageConverter(BaseConverter):
    """The tag of a language that the pages have; any other is no address of ours."""

    regex = "|".join(LANGUAGES)


def current() -> str:
    """The language of the page or message that is being made."""
    if has_app_context() and g.get("spoken"):
        return str(g.spoken)
    if not has_request_context():
        return LANGUAGES[0]
    first = request.path.split("/")[1]
    return first if first in LANGUAGES else preferred()


@contextmanager
def speaking(tag: str) -> Iterator[str]:
    """Speak one language for a while, whatever the address says, as mails do; the nearest that there is."""
    spoken = tag if tag in LANGUAGES else LANGUAGES[0]
    before = g.get("spoken")
    g.spoken = spoken
    try:
        with force_locale(LOCALES[spoken]):
            yield spoken
    finally:
        g.spoken = before


def preferred() -> str:
    """The language that the browser asks for, among ours."""
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def locale() -> Locale:
    """The conventions by which dates and names of countries are written; English ones are British."""
    return BRITISH if current() == "en" else LOCALES[current()]


def elsewhere() -> list[tuple[str, str, str]]:
    """Tag, name and address of this page in the other languages."""
    here = request.path.split("/")[1] in LANGUAGES
    rest = request.path[3:] if here else "/"
    return [(tag, NAMES[tag], f"/{tag}{rest}") for tag in LANGUAGES if tag != current()]


def init_app(app: Flask) -> None:
    app.url_map.converters["language"] = LanguageConverter
    babel.init_app(app, locale_selector=lambda: LOCALES[current()])
    app.url_value_preprocessor(_take)
    app.url_defaults(_give)
    app.context_processor(lambda: {"language": current(), "elsewhere": elsewhere()})


def _take(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """The views don't take the language as an argument: it stands in the address for all of them."""
    g.language = (values or {}).pop("language", None)


def _give(endpoint: str, values: dict[str, Any]) -> None:
    if "language" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "language"):
        values["language"] = current()


def lead_to_a_language(app: Flask) -> None:
    """Give every page an address without language, for mails and printed codes, that leads to one with it."""
    for rule in list(app.url_map.iter_rules()):
        if rule.rule.startswith(PREFIX):
            app.add_url_rule(rule.rule.removeprefix(PREFIX), endpoint="choose_language", view_func=_choose)


@audience(Audience.ANYONE)
def _choose(**_values: str) -> Response:
    first = request.path.split("/")[1]
    if _is_a_language(first) or not request.path.isprintable():
        abort(404)
    query = f"?{request.query_string.decode('ascii', 'replace')}" if request.query_string else ""
    account = sessions.current()
    wish = account.language if account is not None and account.language in LANGUAGES else preferred()
    response = redirect(f"/{wish}{request.path}{query}")
    response.vary.update(("Accept-Language", "Cookie"))
    assert isinstance(response, Response)
    return response


@lru_cache(maxsize=512)
def _is_a_language(tag: str) -> bool:
    """Whether an address begins with the tag of a language that the pages lack; Babel looks through all it knows."""
    try:
        return bool(tag) and bool(Locale.parse(tag, sep="-"))
    except (UnknownLocaleError, ValueError):
        return False
