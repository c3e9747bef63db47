"""The pages."""

from flask import Flask, request

from awards.extensions import begin_writing
from awards.web import access, errors, headers, language, links, public

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def init_app(app: Flask) -> None:
    """Plug the pages into the application."""
    language.init_app(app)
    headers.init_app(app)
    errors.init_app(app)
    app.before_request(_begin_writing_where_a_request_may_change_something)
    app.register_blueprint(public.blueprint)
    app.register_blueprint(links.blueprint)
    language.lead_to_a_language(app)
    access.init_app(app)


def _begin_writing_where_a_request_may_change_something() -> None:
    if request.endpoint and request.method not in SAFE_METHODS:
        begin_writing()
