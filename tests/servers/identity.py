"""A real OpenID Connect provider as a process of its own on loopback: whoever says who they are is who they say."""

import asyncio
import contextlib
import socket
import sys
from collections.abc import AsyncIterator

import aiohttp

_START_LIMIT_S = 30.0


@contextlib.asynccontextmanager
async def run_provider() -> AsyncIterator[str]:
    """The issuer's address, for as long as the block lasts."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "oidc_provider_mock", "--port", str(port)),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await _answers(f"http://127.0.0.1:{port}/.well-known/openid-configuration")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        await process.wait()


async def _answers(address: str) -> None:
    async with asyncio.timeout(_START_LIMIT_S), aiohttp.ClientSession() as session:
        while True:
            with contextlib.suppress(aiohttp.ClientError):
                async with session.get(address) as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.1)
