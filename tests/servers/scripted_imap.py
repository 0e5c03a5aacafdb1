"""An IMAP server that plays a script: well-behaved by default, hanging, dropping, refusing or lying where told to."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Self

Step = Literal["GREETING", "LOGIN", "CAPABILITY", "EXAMINE", "SEARCH", "MARKS", "BODIES", "IDLE", "DONE", "LOGOUT"]

# What a step may do in place of its duty; bytes are sent as they are, with %TAG% replaced by the command's tag, and
# at %DROP% the line breaks.
HANG = "hang"
DROP = "drop"
Act = bytes | Literal["hang", "drop"]


@dataclass(kw_only=True)
class ScriptedImap:
    """`async with ScriptedImap(mails={7: raw}) as server:` then `server.script["BODIES"] = HANG` and so on.

    `once` acts are used up by their first use. `commands` holds every line received, without its tag.
    """

    mails: dict[int, bytes] = field(default_factory=dict)
    validity: int = 1
    capabilities: str = "IMAP4rev1 IDLE"
    internal_date: str = "20-Nov-2026 09:30:00 +0000"
    script: dict[Step, Act] = field(default_factory=dict)
    once: dict[Step, Act] = field(default_factory=dict)
    sizes: Mapping[int, int] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    async def __aenter__(self) -> Self:
        self._writers: list[asyncio.StreamWriter] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=2**20)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    def fetches(self) -> list[str]:
        """The UID sets of the commands that fetched bodies, in order."""
        return [line.split()[2] for line in self.commands if "BODY.PEEK" in line]

    def tell(self, line: bytes) -> None:
        """Send an untagged line to every connection."""
        for writer in self._writers:
            writer.write(line)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.append(writer)
        self.connections += 1
        try:
            if await self._act("GREETING", b"", b"* OK ready\r\n", writer):
                while line := await reader.readline():
                    if not await self._answer(line.rstrip(b"\r\n"), writer):
                        break
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            self._writers.remove(writer)
            writer.close()

    async def _answer(self, line: bytes, writer: asyncio.StreamWriter) -> bool:
        if line == b"DONE":
            self.commands.append("DONE")
            return await self._act("DONE", self._idle_tag, b"%TAG% OK idle over\r\n", writer)
        tag, _, rest = line.partition(b" ")
        command = rest.decode()
        self.commands.append(command)
        step = self._step(command)
        if step == "IDLE":
            self._idle_tag = tag
            return await self._act(step, tag, b"+ idling\r\n", writer)
        return await self._act(step, tag, self._duty(step, command) + b"%TAG% OK done\r\n", writer)

    async def _act(self, step: Step, tag: bytes, duty: bytes, writer: asyncio.StreamWriter) -> bool:
        act = self.once.pop(step, None) or self.script.get(step, duty)
        if act == HANG:
            await asyncio.sleep(60)
        if isinstance(act, str):
            return False
        said, drop, _ = act.partition(b"%DROP%")
        writer.write(said.replace(b"%TAG%", tag))
        await writer.drain()
        return not drop and step != "LOGOUT"

    @staticmethod
    def _step(command: str) -> Step:
        if command.startswith("UID FETCH"):
            return "BODIES" if "BODY" in command else "MARKS"
        return command.removeprefix("UID ").split()[0]  # type: ignore[return-value]

    def _duty(self, step: Step, command: str) -> bytes:
        words = command.split()
        if step == "CAPABILITY":
            return f"* CAPABILITY {self.capabilities}\r\n".encode()
        if step == "EXAMINE":
            return f"* {len(self.mails)} EXISTS\r\n* OK [UIDVALIDITY {self.validity}] valid\r\n".encode()
        if step == "SEARCH":
            found = self._above(words[3]) if words[2] == "UID" else sorted(self.mails)
            return f"* SEARCH {' '.join(map(str, found))}".rstrip().encode() + b"\r\n"
        if step == "MARKS":
            return b"".join(
                b'* %d FETCH (UID %d RFC822.SIZE %d INTERNALDATE "%s")\r\n'
                % (number, uid, self.sizes.get(uid, len(self.mails[uid])), self.internal_date.encode())
                for number, uid in enumerate(self._among(words[2]), 1)
            )
        if step == "BODIES":
            return b"".join(self._body(uid, command) for uid in self._among(words[2]))
        return b"* BYE bye\r\n" if step == "LOGOUT" else b""

    def _body(self, uid: int, command: str) -> bytes:
        partial = re.search(r"<0\.(\d+)>", command)
        raw = self.mails[uid][: int(partial[1])] if partial else self.mails[uid]
        return b"* 1 FETCH (UID %d BODY[]%s {%d}\r\n%s)\r\n" % (uid, b"<0>" if partial else b"", len(raw), raw)

    def _above(self, uid_range: str) -> list[int]:
        if not uid_range.endswith(":*"):
            return self._among(uid_range)
        first = int(uid_range[:-2])
        newest = max(self.mails, default=0)
        return sorted(uid for uid in self.mails if uid >= first or uid == newest)

    def _among(self, uid_set: str) -> list[int]:
        found: list[int] = []
        for part in uid_set.split(","):
            first, _, last = part.partition(":")
            found += range(int(first), int(last or first) + 1)
        return [uid for uid in found if uid in self.mails]
