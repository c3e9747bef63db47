"""What the pages of the release have in common."""

from __future__ import annotations

from flask import Blueprint

from awards.web.language import PREFIX

blueprint = Blueprint("release", __name__, url_prefix=f"{PREFIX}/secretariat/<edition>/release")
