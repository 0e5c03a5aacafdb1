"""Every error a user or operator could meet. A bug is not among them: it passes through and is seen."""


class TriageError(Exception):
    """The desk cannot do what was asked. The message is one clear line for the person who reads it."""


class SettingsWrong(TriageError):
    """Settings or rules are wrong; `faults` names them all at once."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class RulesWrong(SettingsWrong):
    """A file below rules/ is broken, or a rule fails its own examples."""


class NotDone(TriageError):
    """What a person asked of the desk cannot be done as things stand: no such thing, changed meanwhile, no change."""


class SignInFailed(TriageError):
    """The identity provider let nobody in, or did not answer. The message says why, and names nobody."""


class MailboxUnreachable(TriageError):
    """The mailbox did not answer, hung, dropped or answered nonsense. Worth another try later."""


class MailboxRefused(TriageError):
    """The mailbox answered no: wrong password, no such folder. A person has to mend the settings."""


class AnalysisFailed(TriageError):
    """An item could not be read: broken, too slow or too big. `code` is one word for log and journal."""

    def __init__(self, code: str, message: str) -> None:
        # Both go to the base class, so that the error survives the way back from a worker process.
        super().__init__(code, message)
        self.code = code

    def __str__(self) -> str:
        return str(self.args[1])


class DeliveryDeferred(TriageError):
    """The relay said not now, or was not there before anything was handed over. Safe to try again."""


class DeliveryNotLetIn(DeliveryDeferred):
    """The channel takes no letter of ours: token or scope. It waits, and a person has to mend that."""


class DeliveryRefused(TriageError):
    """The relay said no for good. The letter becomes an alarm on its case."""


class DeliveryUnclear(TriageError):
    """The line broke after the letter was handed over. Never sent again by itself: a lost letter is
    harmless, a second one is not."""


class StoreUnavailable(TriageError):
    """The database cannot be reached, is locked, full or older than this program."""


class SealBroken(StoreUnavailable):
    """An encrypted value does not open: another key closed it, or it was changed, or moved from `place` to another."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.place = place

    def __str__(self) -> str:
        return f"{self.place}: what stands there does not open with TRIAGE_STORAGE_KEY; it was changed or put there"


class ClaimLost(TriageError):
    """Another worker took the item over and worked it through. Drop what was done here; nothing is wrong."""


class ChatUnavailable(TriageError):
    """The chat's API did not answer, is over its limits or in trouble. Worth another try after `retry_after_s`."""

    def __init__(self, message: str, retry_after_s: float) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class ChatRefused(TriageError):
    """The chat's API answered no: token revoked, scope missing, request wrong. A person has to mend the settings."""


class ChatNotLetIn(ChatRefused):
    """The chat's API does not take our token, or the token lacks a scope. What waits goes on once that is mended."""


class ChatUnclear(TriageError):
    """A post was handed over and its answer never came: only listing the thread tells whether it is there."""
