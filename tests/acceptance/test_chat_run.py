"""Worker and hook in one process, as `triage run`."""

from pathlib import Path

from tests.acceptance.chat_running import DELETION, chat_desk, sqlite_settings


async def test_triage_run_hears_a_visitor_and_answers_once(tmp_path: Path) -> None:
    async with chat_desk(tmp_path, sqlite_settings(tmp_path), together=True) as desk:
        await desk.start()
        thread = desk.thread()
        for line in ("hello", DELETION):
            await desk.hubspot.visitor_says(thread, line)
        await desk.posts(thread, replies=1, comments=1)
        ((outcome, reference, _, not_acknowledged),) = await desk.enquiries(thread)
        assert (outcome, bool(not_acknowledged)) == ("enquiry", False)
        assert reference in desk.hubspot.replies(thread)[0]
        assert reference in desk.hubspot.comments(thread)[0]
        assert await desk.cases(thread) == [("deletion", "open")]
        assert await desk.worker.stop() == 0
