"""What the organisers' pages of the panel have in common."""

from __future__ import annotations

from flask import Blueprint

from awards.web.language import PREFIX

blueprint = Blueprint("panel", __name__, url_prefix=f"{PREFIX}/secretariat/<edition>")
