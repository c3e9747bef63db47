"""What the pages of the vote's running have in common."""

from __future__ import annotations

from flask import Blueprint

from awards.web.language import PREFIX

blueprint = Blueprint("polling", __name__, url_prefix=f"{PREFIX}/secretariat/<edition>/vote")
