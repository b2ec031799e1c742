"""Routes of interaction answers and of the webhook that an interaction's token is.
It knows these routes only."""

from __future__ import annotations

from playground.discord.errors import DiscordError
from playground.discord.wire import Json
from playground.rest.calls import Call, Routes

routes = Routes()
TRUE = {"1", "true", "True"}


@routes.on("POST", "/interactions/{interaction_id}/{token}/callback", auth=False)
def callback(call: Call) -> Json | None:
    receipt = call.play.interactions.callback(call.id("interaction_id"), call.params["token"], call.form, call.uploads)
    return receipt if call.query.get("with_response") in TRUE else None


def _interaction(call: Call) -> Json:
    return call.play.interactions.by_token(call.id("app_id"), call.params["token"])


def _shown(call: Call, message: Json) -> Json:
    return call.play.views.message(message, call.params["app_id"])


@routes.on("POST", "/webhooks/{app_id}/{token}", auth=False)
def followup(call: Call) -> Json:
    # Discord answers follow-ups with the message, whether asked to wait or not.
    return _shown(call, call.play.interactions.followup(_interaction(call), call.form, call.uploads))


@routes.on("GET", "/webhooks/{app_id}/{token}/messages/{message_id}", auth=False)
def get_answer(call: Call) -> Json:
    return _shown(call, call.play.interactions.find(_interaction(call), call.params["message_id"]))


@routes.on("PATCH", "/webhooks/{app_id}/{token}/messages/{message_id}", auth=False)
def edit_answer(call: Call) -> Json:
    inter = _interaction(call)
    message = call.play.interactions.find(inter, call.params["message_id"])
    return _shown(call, call.play.interactions.edit(inter, message, call.form, call.uploads))


@routes.on("DELETE", "/webhooks/{app_id}/{token}/messages/{message_id}", auth=False)
def delete_answer(call: Call) -> None:
    inter = _interaction(call)
    message = call.play.interactions.find(inter, call.params["message_id"])
    if message["_author"] != inter["app"]:
        raise DiscordError(10008)
    call.play.interactions.delete(inter, message)
