"""Who a message is from, in words that claim no more than is known: only a mail has a sender that can be checked."""

_BY_HAND = ("post", "phone", "in_person", "social")


def sender_in_words(channel: str, known: str, address: str = "", text: str = "") -> str:
    """`known` (a name, an address or both) with what it rests on; "" of a mail stays "".

    `text` is what a chat's visitor typed: with `address` in it they typed it themselves, else it is the CRM's. Without
    a text nobody can tell which.
    """
    if channel == "email":
        return known
    if channel == "chat":
        return f"{known} ({_origin(address, text)}unverified)" if known else "a visitor, unidentified"
    if channel == "form":
        return f"{known} (typed in the form, unverified)" if known else "a person who gave no name"
    if channel in _BY_HAND:
        return f"{known} (noted by a colleague)" if known else "a person of whom no name was noted"
    return f"{known} (unverified)"


def _origin(address: str, text: str) -> str:
    if not text:
        return ""
    return "typed in the chat, " if address and address.lower() in text.lower() else "as HubSpot has it, "
