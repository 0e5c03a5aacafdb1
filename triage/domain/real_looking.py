"""Whether a text written as an example looks like a real message: messages are never training data.

Invented people have addresses at names reserved for it (RFC 2606, RFC 6761) and telephone numbers that nobody is given
(Ofcom's ranges for drama use; 555-0100 to 555-0199 in North America).
"""

import re

from triage.domain.contact_points import mail_addresses, phone_numbers

_INVENTED_DOMAIN = re.compile(r"(?:.+\.)?(?:example|test|example\.(?:co\.|org\.)?[a-z]{2,24})")
_INVENTED_NUMBER = re.compile(
    r"0(?:1632960\d{3}|1(?:1[3-8]|[2-6]1)4960\d{3}|1914980\d{3}|2079460\d{3}|2896496\d{3}|2920180\d{3}"
    r"|7700900\d{3}|8081570\d{3}|9098790\d{3}|3069990\d{3})|1?\d{3}55501\d\d"
)
_FROM_ABROAD = re.compile(r"^(?:00)?440?(?=\d{9,10}$)")


def real_looking(text: str) -> str | None:
    """What in `text` belongs to somebody who may exist, in a few words without quoting it; None where nothing does."""
    if any(not _INVENTED_DOMAIN.fullmatch(address.partition("@")[2]) for address in mail_addresses(text)):
        return "a mail address that is not at .example, .test or example.com"
    if any(not _is_invented(number) for number in phone_numbers(text)):
        return "a telephone number outside the ranges kept free for drama, such as 01632 960123 or 07700 900123"
    return None


def _is_invented(number: str) -> bool:
    digits = re.sub(r"\D", "", number)
    return bool(_INVENTED_NUMBER.fullmatch(_FROM_ABROAD.sub("0", digits)))
