"""Letters captured in a Maildir: each once, whole or not at all."""

import asyncio
import mailbox
from datetime import UTC, datetime
from pathlib import Path

import pytest

from triage.adapters.capture import CaptureSender
from triage.domain.letter import LetterText
from triage.errors import DeliveryDeferred, DeliveryRefused
from triage.ports import Letter

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def make_sender(folder: Path) -> CaptureSender:
    return CaptureSender(folder / "letters", "dataprotection@larkfield.example", "Data protection team", lambda: NOW)


def make_letter(number: int = 1, recipient: str = "pat@customer.example") -> Letter:
    return Letter(
        id=number,
        reference="DP-2026-00042-K7",
        purpose="acknowledgement",
        recipient=recipient,
        message_id=f"<dp-2026-00042-k7.acknowledgement.{number}.0123456789abcdef01234567@larkfield.example>",
        in_reply_to=None,
        references=(),
        text=LetterText(subject="We have your message - reference DP-2026-00042-K7", body="Hello\n"),
        attempts=0,
    )


async def test_a_letter_lands_in_new_as_any_mail_reader_expects(tmp_path: Path) -> None:
    await make_sender(tmp_path).send(make_letter())
    (mail,) = mailbox.Maildir(tmp_path / "letters", create=False)
    assert mail["To"] == "pat@customer.example"
    assert mail["Date"] == "Sun, 22 Nov 2026 09:00:00 +0000"
    (file,) = (tmp_path / "letters" / "new").iterdir()
    assert file.name.startswith("DP-2026-00042-K7.")
    assert not list((tmp_path / "letters" / "tmp").iterdir())


async def test_the_same_letter_sent_twice_is_one_file(tmp_path: Path) -> None:
    sender = make_sender(tmp_path)
    await asyncio.gather(*(sender.send(make_letter()) for _ in range(3)))
    await make_sender(tmp_path).send(make_letter())
    assert len(list((tmp_path / "letters" / "new").iterdir())) == 1


async def test_a_letter_already_read_does_not_come_back(tmp_path: Path) -> None:
    sender = make_sender(tmp_path)
    await sender.send(make_letter())
    (file,) = (tmp_path / "letters" / "new").iterdir()
    file.rename(tmp_path / "letters" / "cur" / f"{file.name}:2,S")
    await sender.send(make_letter())
    assert not list((tmp_path / "letters" / "new").iterdir())


async def test_two_letters_of_one_reference_are_two_files(tmp_path: Path) -> None:
    sender = make_sender(tmp_path)
    await sender.send(make_letter(1))
    await sender.send(make_letter(2))
    await sender.close()
    assert len(list((tmp_path / "letters" / "new").iterdir())) == 2


async def test_a_folder_that_cannot_be_made_defers_the_letter(tmp_path: Path) -> None:
    (tmp_path / "letters").write_text("a file where the folder should be")
    with pytest.raises(DeliveryDeferred, match="cannot write to the capture folder"):
        await make_sender(tmp_path).send(make_letter())


async def test_a_disk_that_fails_half_way_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    sender = make_sender(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr("triage.adapters.whole_file.os.fsync", full)
        with pytest.raises(DeliveryDeferred, match="No space left"):
            await sender.send(make_letter())
    assert not [path for path in (tmp_path / "letters").rglob("*") if path.is_file()]
    await sender.send(make_letter())
    assert len(list((tmp_path / "letters" / "new").iterdir())) == 1


async def test_a_letter_that_is_no_mail_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeliveryRefused, match="cannot be put on the wire"):
        await make_sender(tmp_path).send(make_letter(recipient="pat@customer.example\r\nBcc: x@evil.example"))
