"""A stand-in for HubSpot, written by hand from its documented behaviour: real HTTP on loopback, strict, forgetful.

    async with HubSpotStandIn(hook_url="http://127.0.0.1:8081/hubspot/webhook") as hub:
        thread = hub.open_thread(hub.add_contact("jo@post.example", "Jo", "Reader"))
        await hub.visitor_says(thread, "Please delete everything you hold about me")   # a signed webhook goes out
        ...                                                                            # the desk works
        hub.replies(thread), hub.comments(thread)                                      # what it posted

Who to be towards it: `hub.url`, `hub.token`, `hub.client_secret`, `hub.portal_id`, `hub.app_id`, `hub.sender_actor`.

- **People**: `add_contact`, `add_actor`, `open_thread` (without a contact: a visitor the CRM does not know),
  `change_thread(thread, status="CLOSED" | archived=True | spam=True | assignedTo="A-900")`; `visitor_says`
  (`attachments`, `hidden_for` = looks that still find nothing, `cut_to` = truncated, `notify=False`), `agent_says`,
  `other_says` (any type, any actor).
- **Looking**: `replies`, `comments`, `posts` (whole messages), `calls` (every API call with its route's name and
  status), `unsubscribed`, `webhooks.made` (every delivery with status and seconds).
- **Trouble**: `hub.trouble(ROUTE, answers(429, policy="TEN_SECONDLY_ROLLING"), times=3)`; also `answers(500)`,
  `answers(429, retry_after="3")`, `hangs()`, `drops()`, `garbles()`, and `lands_then(...)` of any of these: it was
  carried out, only the answer is lost. `times=None` until `calm()`. Routes: thread, threads, message, messages,
  original, post, actor, actors, contact, contact_search, unsubscribe_all, or EVERYWHERE. `revoke_token()` /
  `restore_token()`; `await hub.down()` / `up()` (same port); `hub.api.remaining` (rate-limit header),
  `hub.api.page_size`, `hub.api.post_status = "FAILED"` (a 201 that was not delivered).
- **Webhooks**: `hub.webhooks.hook_url`, `.public_url` (signed instead, behind a proxy), `.duplicates`, `.shuffle`,
  `.batch`, `.held = True` then `await hub.webhooks.release()`; refused deliveries are tried again after `.waits_s`,
  then lie in `.undelivered` until `await hub.webhooks.redeliver()`. `hub.event(kind, object_id)` builds any event,
  `await hub.webhooks.send([...])` delivers it, `hub.webhooks.headers(body)` signs any body. Everything posted through
  the API comes back as an event of its own: `await hub.settled()` waits for these.
- **Deleting**: `delete_contact_for_good`, `delete_thread_for_good` (with their events), `lose_thread` (without).

Strict: an unknown or missing key or parameter is a 400 in HubSpot's error shape. Nothing here proves how the live
service behaves; docs/hubspot.md says what only a live portal can tell.
"""

from triage.demo.hubspot.deliveries import Delivery, signature_v3
from triage.demo.hubspot.stand_in import HubSpotStandIn
from triage.demo.hubspot.trouble import EVERYWHERE, Trouble, answers, drops, garbles, hangs, lands_then

__all__ = [
    "EVERYWHERE",
    "Delivery",
    "HubSpotStandIn",
    "Trouble",
    "answers",
    "drops",
    "garbles",
    "hangs",
    "lands_then",
    "signature_v3",
]
