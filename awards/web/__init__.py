"""The pages."""

from flask import Flask, current_app, request
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from awards.extensions import begin_writing, csrf
from awards.web import (
    access,
    account,
    after,
    appeals,
    certificates,
    citizens,
    clerk,
    collaboration,
    delegation,
    deliberation,
    door,
    dossier,
    embargo,
    errors,
    faults,
    files,
    headers,
    holding,
    invitation,
    judging,
    language,
    links,
    mailbox,
    nominations,
    own_certificates,
    panel,
    papers,
    paperwork,
    polling,
    press,
    public,
    release,
    roll,
    screening,
    secretariat,
    sessions,
    sign_in,
    sign_up,
    table,
    tellers,
    today,
    voting,
    work,
)
from awards.web.access import SAFE_METHODS

BLUEPRINTS = (
    public.blueprint,
    *public.MACHINES,
    papers.blueprint,
    paperwork.blueprint,
    links.blueprint,
    sign_in.blueprint,
    sign_up.blueprint,
    invitation.blueprint,
    account.blueprint,
    work.blueprint,
    today.blueprint,
    screening.blueprint,
    appeals.blueprint,
    files.blueprint,
    mailbox.blueprint,
    collaboration.blueprint,
    nominations.blueprint,
    secretariat.blueprint,
    panel.blueprint,
    judging.blueprint,
    clerk.blueprint,
    table.blueprint,
    deliberation.blueprint,
    roll.blueprint,
    delegation.blueprint,
    voting.blueprint,
    polling.blueprint,
    citizens.blueprint,
    holding.blueprint,
    tellers.blueprint,
    release.blueprint,
    after.blueprint,
    certificates.blueprint,
    own_certificates.blueprint,
    press.blueprint,
    embargo.blueprint,
)


def init_app(app: Flask) -> None:
    """Plug the pages into the application."""
    if proxies := app.config["LAURELS_PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    language.init_app(app)
    headers.init_app(app)
    errors.init_app(app)
    faults.init_app(app)
    dossier.init_app(app)
    sessions.init_app(app)
    app.context_processor(lambda: {"demo": mailbox.is_open()})
    app.before_request(_open_the_door)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    language.lead_to_a_language(app)
    access.init_app(app)


CHANGES_NOTHING = frozenset({"public.find_receipt", "public.check_file"})
"""Forms that only ask, on pages that set no cookie: posted, so that what is asked stands in no address."""


def _open_the_door() -> Response | None:
    """Take in what was sent, begin to write where something may change, and let in who may come in.

    The whole of a form is read before the transaction begins, so that a slow sender holds up nobody.
    """
    if request.endpoint is None:
        return None
    if request.method not in SAFE_METHODS:
        _ = request.form
        begin_writing()
    turned_away = door.admit(current_app)
    if turned_away is None and request.endpoint not in CHANGES_NOTHING:
        csrf.protect()
    return turned_away
