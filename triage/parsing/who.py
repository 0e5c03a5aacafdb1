"""Who somebody is and how to reach them, as a colleague types it in one go: a name, an address, a number."""

from dataclasses import dataclass

from triage.domain.contact_points import mail_addresses, phone_numbers

_EDGES = " \t,;:<>()[]|/-"


@dataclass(frozen=True, kw_only=True, slots=True)
class Who:
    """What was found, "" where nothing was. `post`: what stands on the lines below the name."""

    name: str = ""
    email: str = ""
    phone: str = ""
    post: str = ""


def read_who(text: str) -> Who:
    """The first mail address and the first telephone number, wherever they stand; of the rest the first line is the
    name. What is not recognised stays where it is read: nothing that was typed is dropped."""
    email = next(iter(mail_addresses(text)), "")
    phone = next(iter(phone_numbers(text)), "")
    lines = []
    for line in text.splitlines():
        rest = _without(_without(line, email), phone)
        if rest:
            lines.append(rest)
    return Who(name=next(iter(lines), ""), email=email, phone=phone, post=", ".join(lines[1:]))


def _without(line: str, found: str) -> str:
    at = line.lower().find(found.lower()) if found else -1
    if at < 0:
        return line.strip(_EDGES)
    parts = (line[:at].strip(_EDGES), line[at + len(found) :].strip(_EDGES))
    return " ".join(part for part in parts if part)
