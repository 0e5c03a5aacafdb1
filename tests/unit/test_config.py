"""Settings: where they come from, and that every fault is named at once."""

from pathlib import Path

import pytest

from triage.config import Settings, find_rules_dir, listen_address, load_settings, rules_dir
from triage.errors import SettingsWrong

SECRET = "a-secret-long-enough"
WORKER = {
    "TRIAGE_MAILDIR": "/tmp/inbox",
    "TRIAGE_MAILBOX_ADDRESS": "desk@larkfield.example",
    "TRIAGE_SECRET_KEY": SECRET,
}


def faults_of(environ: dict[str, str], config: Path | None = None, *, for_worker: bool = False) -> list[str]:
    with pytest.raises(SettingsWrong) as caught:
        load_settings(config, environ, for_worker=for_worker)
    return caught.value.faults


def test_without_file_and_environment_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load_settings(None, {})
    assert (settings.send, settings.poll_seconds, settings.imap_port) == ("capture", 60.0, 993)


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    config = tmp_path / "triage.toml"
    config.write_text('imap_folder = "Privacy"\npoll_seconds = 30\n')
    settings = load_settings(config, {"TRIAGE_POLL_SECONDS": "5"})
    assert (settings.imap_folder, settings.poll_seconds) == ("Privacy", 5.0)


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("from the file\n")
    settings = load_settings(None, {"TRIAGE_IMAP_PASSWORD_FILE": str(tmp_path / "password")})
    assert settings.imap_password.get_secret_value() == "from the file"


def test_a_secret_file_that_cannot_be_read_fails_loudly(tmp_path: Path) -> None:
    assert faults_of({"TRIAGE_IMAP_PASSWORD_FILE": str(tmp_path / "nowhere")}) == [
        "TRIAGE_IMAP_PASSWORD_FILE: cannot be read (FileNotFoundError)"
    ]


def test_a_secret_given_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(SECRET)
    faults = faults_of({"TRIAGE_SECRET_KEY": SECRET, "TRIAGE_SECRET_KEY_FILE": str(tmp_path / "key")})
    assert faults == ["TRIAGE_SECRET_KEY and TRIAGE_SECRET_KEY_FILE: set only one"]


def test_every_fault_is_named_at_once() -> None:
    faults = faults_of(
        {
            "TRIAGE_IMAP_HOST": "mail.example",
            "TRIAGE_IMAP_PORT": "many",
            "TRIAGE_HOOK_LISTEN": "everywhere",
            "TRIAGE_SMTP_TLS": "none",
            "TRIAGE_SMTP_HOST": "relay.example",
            "TRIAGE_SEND": "perhaps",
            "TRIAGE_MAILDIR": "/tmp/inbox",
        },
        for_worker=True,
    )
    named = {fault.partition(":")[0] for fault in faults}
    assert named == {
        "TRIAGE_IMAP_PORT",
        "TRIAGE_HOOK_LISTEN",
        "TRIAGE_SEND",
        "TRIAGE_SMTP_TLS",
        "TRIAGE_MAILDIR",
        "TRIAGE_IMAP_USER and TRIAGE_IMAP_PASSWORD",
        "TRIAGE_MAILBOX_ADDRESS",
        "TRIAGE_SECRET_KEY",
    }


def test_a_worker_with_all_it_needs_starts() -> None:
    settings = load_settings(None, WORKER | {"TRIAGE_MAILBOX_ALIASES": "a@x.example, b@x.example"}, for_worker=True)
    assert settings.mailbox_aliases == ("a@x.example", "b@x.example")
    assert settings.secret == SECRET.encode()


def test_live_sending_needs_a_relay() -> None:
    assert faults_of(WORKER | {"TRIAGE_SEND": "live"}, for_worker=True) == [
        "TRIAGE_SMTP_HOST: needed while TRIAGE_SEND is live"
    ]


def test_no_mailbox_at_all_is_a_fault() -> None:
    environ = {key: value for key, value in WORKER.items() if key != "TRIAGE_MAILDIR"}
    assert faults_of(environ, for_worker=True) == ["TRIAGE_IMAP_HOST or TRIAGE_MAILDIR: no mailbox to read is set"]


def test_plain_text_is_allowed_towards_this_machine_only() -> None:
    assert load_settings(None, {"TRIAGE_IMAP_HOST": "127.0.0.1", "TRIAGE_IMAP_TLS": "none"}).imap_tls == "none"
    assert faults_of({"TRIAGE_IMAP_HOST": "192.0.2.1", "TRIAGE_IMAP_TLS": "none"}) == [
        "TRIAGE_IMAP_TLS: none is allowed towards this machine only"
    ]


def test_a_slip_of_the_pen_in_the_file_is_refused(tmp_path: Path) -> None:
    config = tmp_path / "triage.toml"
    config.write_text('imap_hots = "mail.example"\n')
    assert faults_of({}, config) == ["TRIAGE_IMAP_HOTS: Extra inputs are not permitted"]


def test_a_file_that_is_no_toml_or_is_not_there_is_one_clear_line(tmp_path: Path) -> None:
    config = tmp_path / "triage.toml"
    config.write_text("imap_host =\n")
    assert faults_of({}, config)[0].startswith("triage.toml: not valid TOML")
    assert faults_of({}, tmp_path / "nowhere.toml") == ["nowhere.toml: cannot be read (FileNotFoundError)"]


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    assert SECRET not in repr(load_settings(None, WORKER))


def test_listen_addresses_are_host_and_port() -> None:
    assert listen_address("[::1]:9090") == ("::1", 9090)
    for wrong in ("9090", "host:", ":80", "host:70000", "host:http"):
        with pytest.raises(ValueError, match="host:port"):
            listen_address(wrong)


def test_the_rules_folder_is_the_configured_one_or_the_checkouts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert find_rules_dir(tmp_path) == tmp_path
    assert (find_rules_dir() / "policy.toml").is_file()
    monkeypatch.setenv("TRIAGE_RULES_DIR", str(tmp_path))
    assert rules_dir() == tmp_path
    with pytest.raises(SettingsWrong, match="no such folder"):
        find_rules_dir(tmp_path / "nowhere")


def test_every_setting_is_explained_in_the_docs() -> None:
    text = (Path(__file__).parents[2] / "docs" / "settings.md").read_text(encoding="utf-8")
    missing = [name for name in Settings.model_fields if f"TRIAGE_{name.upper()}" not in text]
    assert not missing
