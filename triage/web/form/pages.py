"""The form's pages as HTML: templates, every text escaped, words from rules/form/form.toml."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from triage.domain.plain_dates import plain_date
from triage.domain.policy import Policy
from triage.domain.reference import make_reference
from triage.domain.vocabulary import Kind, Regime
from triage.parsing.form_post import BOXES, MOST_MESSAGE_CHARS, FieldFault, FilledForm
from triage.parsing.form_sections import FormWords, NoticeWords
from triage.parsing.form_words import company_facts, fill, paragraphs

_FOLDER = Path(__file__).parent / "pages"
# What every text that has a limit or an example of its own may name.
_EXAMPLE = make_reference(2026, 42)


class Pages:
    """Renders every page from `words`. `version` makes the addresses of style and script change with their content.

    Addresses are relative, so that a proxy may serve the form at any place; `root` leads there from the page.
    """

    def __init__(self, words: FormWords, policy: Policy, version: str, root: str = "") -> None:
        self.words = words
        self._facts = company_facts(policy)
        jinja = Environment(
            loader=FileSystemLoader(_FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        jinja.filters["filled"] = lambda text, **own: fill(text, self._facts, **own)
        jinja.filters["paragraphs"] = lambda texts, **own: paragraphs(texts, self._facts, **own)
        jinja.globals.update(
            words=words,
            company=policy.main_controller,
            is_uk=policy.main_controller.regime is Regime.UK,
            boxes=BOXES,
            example=_EXAMPLE,
            most_message=f"{MOST_MESSAGE_CHARS:,}",
            version=version,
            root=root,
        )
        self._jinja = jinja

    def form(self, filled: FilledForm, faults: Sequence[FieldFault] = ()) -> str:
        """The form, with what was filled in and what has to be put right."""
        return self._render("form.html", filled=filled, faults=self._said(faults), notice=None, own={})

    def form_again(self, filled: FilledForm, notice: NoticeWords, **own: object) -> str:
        """The form as it was filled in, under a notice why it has not been sent. `own`: what the notice knows."""
        return self._render("form.html", filled=filled, faults={}, notice=notice, own=own)

    def received(self, reference: str, received_on: date | None, kinds: Sequence[Kind]) -> str:
        """The confirmation. Nothing on it was typed by the person."""
        day = plain_date(received_on) if received_on else ""
        return self._render("received.html", reference=reference, received_on=day, complaint=Kind.COMPLAINT in kinds)

    def notice(self, notice: NoticeWords, *, again: bool) -> str:
        """A page that says one thing; with `again` it leads to an empty form."""
        return self._render("notice.html", notice=notice, again=again)

    def _said(self, faults: Sequence[FieldFault]) -> dict[str, str]:
        """What to say beside each field; the first fault of a field is enough."""
        said: dict[str, str] = {}
        for fault in faults:
            section, _, key = fault.text.partition(".")
            text: str = getattr(getattr(self.words, section), key)
            said.setdefault(fault.name, fill(text, self._facts, **{"example": _EXAMPLE, **fault.facts}))
        return said

    def _render(self, name: str, **values: object) -> str:
        return self._jinja.get_template(name).render(**values)
