"""What the elector's pages have in common."""

from __future__ import annotations

from flask import Blueprint

from awards.web.language import PREFIX

blueprint = Blueprint("voting", __name__, url_prefix=f"{PREFIX}/vote")
