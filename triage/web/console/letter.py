"""One letter: as its reader will see it, what approving it brings about, and what may be done to it."""

from collections.abc import Mapping

from aiohttp import hdrs, web

from triage.domain.letter import LetterText
from triage.domain.letter_desk import DeskLetter, text_mark
from triage.errors import NotDone
from triage.parsing.draft_checks import Verdict
from triage.parsing.draft_lines import unfolded
from triage.parsing.letter_checks import Fault
from triage.service.approvals import call_back
from triage.service.drafts import Drafts, as_kept
from triage.web.console.context import Console, account_of, console_of
from triage.web.console.guard import fields_of
from triage.web.console.letter_words import clock_time, more_words, purpose_words, state_words
from triage.web.console.pages import render

_CHANGED = (
    "The letter has changed since you looked. Nothing of yours was saved. What it says now stands on the sheet, what "
    "you typed in the form: put them together, and save again."
)


class _Stale(NotDone):
    """Somebody else changed the letter meanwhile."""


async def show(request: web.Request) -> web.Response:
    """The letter's page."""
    return await _page(request, await _letter(request))


async def show_print(request: web.Request) -> web.Response:
    """The sheet alone, to be printed."""
    letter = await _letter(request)
    return render(request, "letter_print.html", title=letter.subject or letter.reference, letter=letter)


async def check(request: web.Request) -> web.Response:
    """What the lint says of a text that nobody has saved: JSON for the script, the page for everyone else."""
    letter, fields = await _letter(request), fields_of(await request.post())
    if not letter.is_draft:
        raise NotDone(f"letter {letter.id} is no draft any more, or is about to leave")
    text = _typed(letter, fields)
    if "application/json" not in request.headers.get(hdrs.ACCEPT, ""):
        return await _page(request, letter, fields=fields, text=text, checked=True)
    verdict = await drafts_of(console_of(request)).check(letter, text)
    return web.json_response(
        {
            "faults": [_as_json(one) for one in verdict.faults],
            "warnings": [_as_json(one) for one in verdict.warnings],
            "subject": text.subject,
            "body": text.body,
        }
    )


async def save(request: web.Request) -> web.StreamResponse:
    """Keep what was typed."""
    letter, fields = await _letter(request), fields_of(await request.post())
    try:
        await _saved(request, letter, fields)
    except NotDone as exc:
        return await _again(request, fields, exc)
    raise web.HTTPSeeOther(f"/letters/{letter.id}?done=saved")


async def approve(request: web.Request) -> web.StreamResponse:
    """Keep what was typed, and let the letter leave in half a minute."""
    letter, fields = await _letter(request), fields_of(await request.post())
    drafts, by = drafts_of(console_of(request)), account_of(request).name
    to, note = fields.get("to", "").strip(), fields.get("note", "").strip()
    try:
        letter = await _saved(request, letter, fields)
        await drafts.approve(letter, by=by, to=to, note=note)
    except NotDone as exc:
        return await _again(request, fields, exc)
    raise web.HTTPSeeOther(f"/letters/{letter.id}?done=approved")


async def take_back(request: web.Request) -> web.StreamResponse:
    """It shall not leave."""
    letter, console = await _letter(request), console_of(request)
    try:
        await call_back(console.work, console.store, letter.id, by=account_of(request).name)
    except NotDone as exc:
        return await _again(request, fields_of({}), exc)
    raise web.HTTPSeeOther(f"/letters/{letter.id}?done=undone")


async def discard(request: web.Request) -> web.StreamResponse:
    """Throw a draft away."""
    letter = await _letter(request)
    try:
        await drafts_of(console_of(request)).discard(letter, by=account_of(request).name)
    except NotDone as exc:
        return await _again(request, fields_of({}), exc)
    raise web.HTTPSeeOther(f"/letters/{letter.id}?done=discarded")


async def hand_over(request: web.Request) -> web.StreamResponse:
    """It was printed and posted, or read out."""
    letter, fields = await _letter(request), fields_of(await request.post())
    how, note, by = fields.get("how", "").strip(), fields.get("note", "").strip(), account_of(request).name
    try:
        if fields.get("seen", letter.mark) != letter.mark:
            raise _Stale(_CHANGED)
        await drafts_of(console_of(request)).hand_over(letter, how, by=by, note=note)
    except NotDone as exc:
        return await _again(request, fields, exc)
    raise web.HTTPSeeOther(f"/letters/{letter.id}?done=handed-over")


def drafts_of(console: Console) -> Drafts:
    """Acts on drafts, by the rules this console has."""
    return Drafts(work=console.work, store=console.store, sources=console.letter_sources)


async def _letter(request: web.Request) -> DeskLetter:
    number = int(request.match_info["id"])
    letter = await console_of(request).store.desk_letter(number) if number < 2**63 else None
    if letter is None:
        raise web.HTTPNotFound
    return letter


async def _saved(request: web.Request, letter: DeskLetter, fields: Mapping[str, str]) -> DeskLetter:
    """The letter with what was typed, where anything was. Raises NotDone."""
    if fields.get("seen", letter.mark) != letter.mark:
        raise _Stale(_CHANGED)
    return await drafts_of(console_of(request)).edit(letter, _typed(letter, fields), by=account_of(request).name)


def _typed(letter: DeskLetter, fields: Mapping[str, str]) -> LetterText:
    """The text of the form. What nobody touched stays as it is, fold for fold."""
    subject = fields.get("subject", letter.subject)
    body = fields.get("body", "").replace("\r\n", "\n")
    same = "body" not in fields or body.strip() == unfolded(letter.body).strip()
    kept = as_kept(letter, subject, body)
    return LetterText(subject=kept.subject, body=letter.body if same else kept.body)


async def _again(request: web.Request, fields: Mapping[str, str], fault: NotDone) -> web.Response:
    """The page anew, as things stand now, with why it was not done and all that was typed."""
    letter = await _letter(request)
    return await _page(request, letter, fields=fields, text=_typed(letter, fields), fault=fault, status=409)


async def _page(
    request: web.Request,
    letter: DeskLetter,
    *,
    fields: Mapping[str, str] | None = None,
    text: LetterText | None = None,
    fault: NotDone | None = None,
    checked: bool = False,
    status: int = 200,
) -> web.Response:
    """`fields`: what was typed, `text` as it would be kept; `fault`: why something was not done."""
    drafts, typed = drafts_of(console_of(request)), fields or {}
    shown = text if text is not None and letter.is_draft else LetterText(subject=letter.subject, body=letter.body)
    outlook = await drafts.outlook(letter) if letter.is_draft else None
    note_wanted = outlook is not None and outlook.refused is not None and outlook.refused.overridable
    on_sheet = LetterText(subject=letter.subject, body=letter.body) if isinstance(fault, _Stale) else shown
    return render(
        request,
        "letter.html",
        status=status,
        title=f"{purpose_words(letter.purpose)}, {letter.reference}",
        heading=purpose_words(letter.purpose),
        letter=letter,
        mark=letter.mark,
        sheet=on_sheet,
        edit_subject=typed.get("subject", letter.subject),
        edit_body=typed.get("body", unfolded(letter.body)),
        is_edited=text_mark(shown.subject, shown.body) != letter.mark,
        typed=typed,
        outlook=outlook,
        note_wanted=note_wanted or bool(typed.get("note")),
        verdict=await drafts.check(letter, shown) if letter.is_draft else Verdict(),
        checked=checked,
        faults=str(fault).splitlines() if fault is not None else [],
        state=state_words(letter),
        more=more_words(letter),
        leaves_at=clock_time(letter.approval.due_at) if letter.approval else "",
    )


def _as_json(fault: Fault) -> dict[str, str]:
    return {"rule": fault.rule, "why": fault.why, "words": fault.words}
