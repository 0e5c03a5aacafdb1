"""The console over an encrypted store: found by whole address or reference, never by words, and the pages say so."""

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import SecretStr

from tests.console.serving import Site, serve_console
from tests.factories import NOW, make_analysis, make_enquiry, make_filing, make_new_item

KEY = bytes(range(32))
RAW = b"From: Ana Example <ana@customer.example>\r\nSubject: Aubergine\r\n\r\nPlease send me a copy of my data.\r\n"
TEXT = "Please send me a copy of my data about the Aubergine account."


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[tuple[Site, str]]:
    """A console with a storage key, and the reference of one mail."""
    async with serve_console(folder, storage_key=SecretStr(KEY.hex())) as site:
        await site.store.save_items([make_new_item(raw=RAW)], None)
        (item,) = await site.store.claim_items("worker", 1, NOW)
        analysis = make_analysis(enquiry=make_enquiry(subject="About Aubergine", full_text=TEXT))
        async with site.store.filing() as filer:
            reference = await filer.next_reference(2026)
            await filer.file(make_filing(item, reference, analysis=analysis))
        yield site, reference


async def test_a_person_is_found_by_whole_address_and_by_reference(tmp_path: Path) -> None:
    async with served(tmp_path) as (site, reference):
        dana = await site.browser("dana")
        for words in ("ANA@customer.example", reference):
            _, page = await dana.get(f"/?q={words}")
            assert f'href="/cases/{reference}' in page
            assert "Words cannot be searched: messages are encrypted. Look" not in page
        assert f'href="/cases/{reference}' not in (await dana.get("/?q=bo@customer.example"))[1]


async def test_words_are_not_searched_and_the_page_says_so(tmp_path: Path) -> None:
    async with served(tmp_path) as (site, _):
        dana = await site.browser("dana")
        assert "A whole mail address or a reference. Words cannot be searched" in (await dana.get("/"))[1]
        _, page = await dana.get("/?q=Aubergine")
        assert "Words cannot be searched: messages are encrypted. Look for a whole mail address" in page
        assert "Found for" not in page
        assert "Messages are encrypted, so a number is looked for" in (await dana.get("/people"))[1]


async def test_case_original_export_and_pack_are_read_as_ever(tmp_path: Path) -> None:
    async with served(tmp_path) as (site, reference):
        dana = await site.browser("dana")
        status, page = await dana.get(f"/cases/{reference}/1")
        assert status == 200
        assert "Aubergine account" in page
        async with dana.session.get(f"{dana.url}/cases/{reference}/messages/1/original") as answer:
            assert (answer.status, await answer.read()) == (200, RAW)
        _, page = await dana.get("/people?q=ana@customer.example")
        assert "About Aubergine" in page
        async with dana.session.get(f"{dana.url}/people/export?q=ana@customer.example") as answer:
            archive = zipfile.ZipFile(io.BytesIO(await answer.read()))
        assert any(TEXT.encode() in archive.read(name) for name in archive.namelist())


async def test_nothing_that_was_written_stands_readable_beside_the_console(tmp_path: Path) -> None:
    async with served(tmp_path):
        files = await asyncio.to_thread(lambda: [path.read_bytes() for path in tmp_path.glob("triage.db*")])
        assert not any(b"Aubergine" in content for content in files)
