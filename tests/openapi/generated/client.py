"""The client that openapi-python-client makes of the document: makes, gets, lists, changes and deletes an extension, a
queue, a DID and a user. Arguments: address, global key."""

import sys
from importlib import import_module

from patchbay_open_api_client import AuthenticatedClient, models

address, key = sys.argv[1:]
client = AuthenticatedClient(base_url=address, token=key, raise_on_unexpected_status=True)


def call(kind, verb, *path, **more):
    answer = import_module(f"patchbay_open_api_client.api.{kind}.{verb}_{kind}").sync(*path, client=client, **more)
    assert not isinstance(answer, (models.Error, type(None))), f"{verb} {kind}: {answer}"
    return answer


def whole_life(kind, made, changed, tenant):
    """Everything that can be done with an object; what a get of it answers in between."""
    change = getattr(models, kind.capitalize() + "Input")
    create = getattr(models, kind.capitalize() + "Create", change)  # no class of its own where nothing more is needed
    inside = {"tenant": tenant} if tenant else {}
    row = call(kind, "create", body=create(**made), **inside)
    call(kind, "update", row.id, body=change(**changed), **inside)
    got = call(kind, "get", row.id, **inside)
    assert got.id == row.id and got.object_.value == kind
    assert row.id in [it.id for it in call(kind, "list", **inside)], f"{kind}: not listed"
    gone = call(kind, "delete", row.id, **inside)
    assert gone.deleted and gone.id == row.id
    return got


box = call("extension", "create", tenant="DEMO", body=models.ExtensionCreate(number="261", name="Goal", tech="PJSIP"))
there = f"EXT-{box.id}"

extension = whole_life("extension", {
    "number": "260", "name": "Made", "tech": "PJSIP", "onbusy": [there],
    "ps_endpoints": models.ExtensionEndpointColumns(allow="alaw"),
}, {"ex_name": "Changed"}, "DEMO")
assert extension.name == "Changed" and extension.related.callgroups == []
assert extension.tech_details.endpoint["allow"] == "alaw"
assert extension.related.destinations["EXT-BUSY"][0].tag == there

queue = whole_life("queue", {
    "qu_name": "Made", "qu_number": "760", "queue": models.QueueRealtimeColumns(strategy="ringall", timeout=20),
    "members": [models.QueueMembersItem(membername="260", interface="Local/AG-000-NF-1@fromotherpbx/n",
                                        state_interface="Custom:260")],
}, {"name": "Changed"}, "DEMO")
assert queue.name == "Changed" and queue.related.members[0]["membername"] == "260"
assert queue.related.realtime["strategy"] == "ringall"

did = whole_life("did", {
    "di_number": "390212345680", "destinations": models.DidDestinations(did=[there]),
}, {"di_comment": "Changed"}, "DEMO")
assert did.di_comment == "Changed" and did.related.destinations["DID"][0].tag == there

user = whole_life("user", {"username": "made", "password": "change-me-9", "profile_id": 1},
                  {"email": "made@example.com"}, None)
assert user.us_email == "made@example.com"
call("extension", "delete", box.id, tenant="DEMO")
