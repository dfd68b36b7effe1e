"""The door through which providers send their messages: signed, kept once, and answered with 200 if genuine."""

from flask import Response, abort, request
from flask.typing import ResponseReturnValue

from portal.access import public
from portal.giving.blueprint import blueprint
from portal.giving.gateways.protocol import WebhookForged
from portal.giving.gateways.registry import GatewayUnknown
from portal.giving.inbox import take_message

LARGEST_BODY_BYTES = 500_000


@blueprint.post("/giving/webhooks/<gateway>")
@public
def take(gateway: str) -> ResponseReturnValue:
    """Take one message of a provider; one that came before, or speaks of nothing we know, is answered the same."""
    if (request.content_length or 0) > LARGEST_BODY_BYTES:
        abort(413)
    try:
        take_message(gateway, dict(request.headers), request.get_data(cache=False))
    except GatewayUnknown:
        abort(404)
    except WebhookForged:
        return Response("not signed\n", 400, mimetype="text/plain")
    return Response("taken\n", 200, mimetype="text/plain")
