"""What the pages of the deliberation room have in common."""

from __future__ import annotations

from flask import Blueprint

from awards.web.language import PREFIX

blueprint = Blueprint("deliberation", __name__, url_prefix=f"{PREFIX}/deliberation/<edition>")
