"""The sections of rules/form/form.toml as values: a `str` is one line, a tuple holds paragraphs."""

from dataclasses import dataclass
from typing import ClassVar

from pydantic import ConfigDict

# An unknown key is a slip of the pen that would silently say nothing.
_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, kw_only=True, slots=True)
class PageWords:
    """The form's page."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    title: str
    title_complaint: str
    error_prefix: str
    intro: tuple[str, ...]
    intro_complaint: tuple[str, ...]
    skip_to_other_ways: str
    submit: str
    empty_form: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ErrorSummaryWords:
    """What stands above a form with something to put right."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    title: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AboutWords:
    """The kinds a person may tick, each in everyday words."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    legend: str
    hint: str
    access: str
    correction: str
    deletion: str
    opt_out: str
    complaint: str
    other: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageWords:
    """The message itself."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    label: str
    hint: str
    missing: str
    too_long: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerWords:
    """The ways to answer a person; at least one is needed."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    legend: str
    hint: str
    missing: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NameWords:
    """The person's name."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    label: str
    hint: str
    too_long: str


@dataclass(frozen=True, kw_only=True, slots=True)
class EmailWords:
    """A mail address."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    label: str
    hint: str
    wrong: str
    too_long: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PhoneWords:
    """A phone number."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    label: str
    hint: str
    wrong: str
    too_long: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PostWords:
    """A postal address."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    label: str
    too_long: str


@dataclass(frozen=True, kw_only=True, slots=True)
class EarlierWords:
    """A reference of an earlier message."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    label: str
    hint: str
    wrong: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TrapWords:
    """The field that only programs fill in."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    label: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PrivacyWords:
    """The short privacy notice."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    heading: str
    text: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class OtherWaysWords:
    """How else to reach the company; on every page."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    heading: str
    text: tuple[str, ...]
    help: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class SendingWords:
    """Said beside the button by the browser's script."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    wait: str
    too_long: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceivedWords:
    """The confirmation page."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    title: str
    lead: tuple[str, ...]
    lead_complaint: tuple[str, ...]
    reference: str
    received_on: str
    keep: tuple[str, ...]
    print_hint: str
    next_heading: str
    next: tuple[str, ...]
    next_complaint: tuple[str, ...]
    nothing_heading: str
    nothing: tuple[str, ...]
    regulator_heading: str
    regulator_uk: tuple[str, ...]
    regulator_eu: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeWords:
    """A page, or the top of one, that says why a message is not there yet or needs no second sending."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    title: str
    text: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class FormWords:
    """All of form.toml, by section."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    page: PageWords
    error_summary: ErrorSummaryWords
    about: AboutWords
    message: MessageWords
    answer: AnswerWords
    name: NameWords
    email: EmailWords
    phone: PhoneWords
    post: PostWords
    earlier: EarlierWords
    trap: TrapWords
    privacy: PrivacyWords
    other_ways: OtherWaysWords
    sending: SendingWords
    received: ReceivedWords
    already: NoticeWords
    too_many: NoticeWords
    not_stored: NoticeWords
    too_large: NoticeWords
    not_readable: NoticeWords
