"""The one blueprint of this room's pages, shared by the modules they live in."""

from flask import Blueprint

blueprint = Blueprint("accounts", __name__)
