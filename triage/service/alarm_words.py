"""What to do about each alarm, in one line. docs/alarms.md says more."""

_MENDS = {
    "not_acknowledged": "acknowledge it by hand, then say so: `triage case acknowledged REF`",
    "ack_not_delivered": "find another way to reach the person: the clock runs all the same",
    "letter_refused": "a mail: mend the address or the relay; a chat reply: see its thread in HubSpot; answer by hand",
    "letter_unclear": (
        "a mail: look in the relay's log, it is never sent again by itself; "
        "a chat reply: the desk looks into its thread at HubSpot, and posts it again only where it is not there"
    ),
    "inbox_silent": "the inbox was not read lately: see what is said of the mailbox",
    "mailbox_refused": "mend user, password or folder of the mailbox",
    "mail_not_fetched": "look at the mailbox with another program: a request may be inside",
    "quarantine": "a request may be inside, and its clock runs: see `triage quarantine list`",
    "look_overdue": "messages read as no request wait for a person's look: see `triage look`",
    "outbox_stuck": "a letter has waited for over an hour: see what is said of the relay",
    "team_note_failed": "look into the thread at HubSpot; the person is none the worse",
    "privacy_deletion": "HubSpot deleted the person's thread or contact: decide what of the case file must stay",
    "hubspot_unreachable": "chat messages wait until HubSpot answers: see what is said of HubSpot",
    "hubspot_refused": "mend the token or the app's scopes; what waits goes on within five minutes",
    "hubspot_post_refused": "give the app the scope conversations.write; what waits is tried again within the hour",
    "chat_stuck": "look at the newest chats in HubSpot: a request may be inside",
    "hook_inbox": "the worker cannot read the hook's file: look at its owner, rights and disk",
    "unsubscribe_failed": "mend the token's scopes, or unsubscribe the address by hand and clear the alarm",
    "opt_out_late": "stop the marketing in every system today, tick it on the case's checklist: docs/opt-outs.md",
    "notice_not_sent": (
        "nobody of the staff was told of this: look at it now, put the address in [staff] right (see triage doctor), "
        "then clear the alarm"
    ),
    "sending_limit": "an attack, a loop or a busy day: look at the queue, then `triage alarm clear sending_limit`",
}


def mend_of(code: str) -> str:
    """What a person should do about the alarm."""
    return _MENDS.get(code, "see docs/alarms.md")
