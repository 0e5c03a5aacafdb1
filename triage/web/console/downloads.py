"""Files that leave the console: always an attachment, never shown in the browser."""

from collections.abc import Iterable, Mapping, Sequence

from aiohttp import hdrs, web

from triage.domain.spreadsheet import as_csv


def download(name: str, content: bytes, content_type: str = "application/octet-stream") -> web.Response:
    """A file by its name, which is ours and plain ASCII."""
    headers = {hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"', hdrs.CONTENT_TYPE: content_type}
    return web.Response(body=content, headers=headers)


def csv_download(name: str, columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> web.Response:
    """A table for a spreadsheet, which tells UTF-8 by its byte order mark; no cell of it is a formula."""
    return download(name, as_csv(columns, rows).encode("utf-8-sig"), "text/csv; charset=utf-8")
