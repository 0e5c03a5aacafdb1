"""Settings: where they come from, and that every fault is named at once."""

from pathlib import Path

import pytest

from triage.config import Settings, find_rules_dir, listen_address, load_settings, read_settings, rules_dir
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
    assert faults_of({}, config) == ["triage.toml: imap_hots: there is no such setting; did you mean imap_host?"]


@pytest.mark.parametrize("name", ["SENDD", "IMAP_HOTS", "IMAP_HOST_FILE", "WHATEVER"])
def test_a_variable_that_is_no_setting_is_refused(name: str) -> None:
    (fault,) = faults_of({f"TRIAGE_{name}": "live"})
    assert fault.startswith(f"TRIAGE_{name}: there is no such setting")
    assert ("did you mean TRIAGE_SEND?" in fault) == (name == "SENDD")


@pytest.mark.parametrize(
    "name",
    ["OAUTH_TENANT", "IMAP_SENT_FOLDER", "IMAP_JUNK_FOLDER"],
)
def test_a_setting_that_is_promised_for_later_says_that_it_does_nothing_yet(name: str, tmp_path: Path) -> None:
    (fault,) = faults_of({f"TRIAGE_{name}": "x"})
    assert fault.startswith(f"TRIAGE_{name}: this setting is not built yet")
    config = tmp_path / "triage.toml"
    config.write_text(f'{name.lower()} = "x"\n')
    (fault,) = faults_of({}, config)
    assert fault.startswith(f"triage.toml: {name.lower()}: this setting is not built yet")


def test_variables_of_others_and_of_the_tests_are_none_of_our_business(tmp_path: Path) -> None:
    (tmp_path / "triage.toml").touch()
    load_settings(tmp_path / "triage.toml", {"TRIAGE_TEST_SEED": "7", "TRIAGES": "x", "PATH": "/bin"})


def test_a_fault_is_named_where_it_stands(tmp_path: Path) -> None:
    config = tmp_path / "desk.toml"
    config.write_text('poll_seconds = "often"\nimap_port = 0\n')
    faults = faults_of({"TRIAGE_IMAP_PORT": "-1"}, config)
    assert faults == [
        "TRIAGE_IMAP_PORT: must be greater than or equal to 1",
        "desk.toml: poll_seconds: must be a valid number, unable to parse string as a number",
    ]


@pytest.mark.parametrize("written", ['"a@x.example"', '"a@x.example, b@x.example"', '["a@x.example", "b@x.example"]'])
def test_aliases_in_the_file_are_one_or_several(written: str, tmp_path: Path) -> None:
    config = tmp_path / "triage.toml"
    config.write_text(f"mailbox_aliases = {written}\n")
    assert load_settings(config, {}).mailbox_aliases == ("a@x.example", "b@x.example")[: written.count("@")]


def test_an_empty_variable_takes_back_what_the_file_says(tmp_path: Path) -> None:
    config = tmp_path / "triage.toml"
    config.write_text('maildir = "inbox"\nsecret_key = "a-secret-long-enough"\ncapture_dir = ""\n')
    settings = load_settings(config, {"TRIAGE_MAILDIR": "", "TRIAGE_SECRET_KEY": "", "TRIAGE_SECRET_KEY_FILE": ""})
    assert (settings.maildir, settings.secret, settings.capture_dir) == (None, b"", Path("captured"))


def test_a_secret_file_without_a_secret_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("\n")
    faults = faults_of({"TRIAGE_DATABASE_URL_FILE": str(tmp_path / "url")})
    assert faults == ["TRIAGE_DATABASE_URL_FILE: the file is empty"]


@pytest.mark.parametrize(
    "address", ["Foo Desk <desk@x.example>", "desk", "@x.example", "desk@", "a@x.example, b@x.example", "a@b@c.example"]
)
def test_what_is_not_one_plain_address_is_refused_as_ours(address: str) -> None:
    line = "must be one plain mail address, without a name or angle brackets"
    assert faults_of({"TRIAGE_MAILBOX_ADDRESS": address}) == [f"TRIAGE_MAILBOX_ADDRESS: {line}"]
    if "," not in address:
        assert faults_of({"TRIAGE_MAILBOX_ALIASES": f"ok@x.example,{address}"}) == [f"TRIAGE_MAILBOX_ALIASES: {line}"]


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
    config = tmp_path / "triage.toml"
    config.write_text(f'rules_dir = "{tmp_path}"\n')
    assert rules_dir(config) == tmp_path
    monkeypatch.chdir(tmp_path)
    assert rules_dir() == tmp_path
    monkeypatch.setenv("TRIAGE_RULES_DIR", str(tmp_path.parent))
    assert rules_dir(config) == tmp_path.parent
    with pytest.raises(SettingsWrong, match="no such folder"):
        find_rules_dir(tmp_path / "nowhere")


def test_every_setting_is_explained_in_the_docs() -> None:
    text = (Path(__file__).parents[2] / "docs" / "settings.md").read_text(encoding="utf-8")
    missing = [name for name in Settings.model_fields if f"TRIAGE_{name.upper()}" not in text]
    assert not missing


# Chat, hook and form

HOOK = {
    "TRIAGE_HUBSPOT_CLIENT_SECRET": "a-client-secret",
    "TRIAGE_HUBSPOT_PUBLIC_URL": "https://privacy.larkfield.example/hubspot/webhook",
    "TRIAGE_HUBSPOT_APP_ID": "7654321",
    "TRIAGE_HUBSPOT_PORTAL_ID": "44556677",
}
IDS = {"HUBSPOT_APP_ID": "7654321", "HUBSPOT_PORTAL_ID": "44556677"}
CHAT = {
    "TRIAGE_HUBSPOT_TOKEN": "pat-token",
    "TRIAGE_HUBSPOT_SENDER_ACTOR_ID": "A-5150",
    "TRIAGE_HUBSPOT_APP_ID": "7654321",
    "TRIAGE_HUBSPOT_PORTAL_ID": "44556677",
}


def lacking_for_hook(**environ: str) -> list[str]:
    """What the hook says it lacks, by the name of the setting."""
    read = read_settings(None, {f"TRIAGE_{name}": value for name, value in environ.items()})
    return [line.partition(":")[0].removeprefix("TRIAGE_") for line in read.lacking_for_hook]


def test_a_hook_without_a_word_of_hubspot_serves_the_form_and_lacks_nothing() -> None:
    assert lacking_for_hook() == []


def test_a_hook_lacks_whatever_a_signature_cannot_be_checked_without() -> None:
    assert lacking_for_hook(HUBSPOT_PUBLIC_URL=HOOK["TRIAGE_HUBSPOT_PUBLIC_URL"]) == ["HUBSPOT_CLIENT_SECRET"]
    assert lacking_for_hook(HUBSPOT_CLIENT_SECRET="x", **IDS) == ["HUBSPOT_PUBLIC_URL"]
    assert lacking_for_hook(HUBSPOT_CLIENT_SECRET="x", HUBSPOT_SIGNATURE_VERSIONS="v1", FORM_KEY="short", **IDS) == [
        *("HUBSPOT_PUBLIC_URL", "HUBSPOT_SIGNATURE_VERSIONS", "FORM_KEY"),
    ]
    assert read_settings(None, HOOK | {"TRIAGE_HUBSPOT_SIGNATURE_VERSIONS": "v3, v1"}).lacking_for_hook == []


def test_a_hook_that_checks_signatures_works_for_one_portal_and_one_app_only() -> None:
    secret = {name.removeprefix("TRIAGE_"): value for name, value in HOOK.items() if not name.endswith("_ID")}
    assert lacking_for_hook(**secret) == ["HUBSPOT_APP_ID", "HUBSPOT_PORTAL_ID"]
    assert lacking_for_hook(**secret, HUBSPOT_APP_ID="7654321") == ["HUBSPOT_PORTAL_ID"]
    assert lacking_for_hook(**secret, HUBSPOT_PORTAL_ID="0x", HUBSPOT_APP_ID="7654321") == []  # said as a fault


def test_what_worker_and_hook_both_lack_is_one_line_for_both() -> None:
    chat = {name: value for name, value in (HOOK | CHAT).items() if name != "TRIAGE_HUBSPOT_PORTAL_ID"}
    read = read_settings(None, WORKER | chat)
    assert read.lacking == read.lacking_for_hook
    assert [line.partition(":")[0] for line in read.lacking] == ["TRIAGE_HUBSPOT_PORTAL_ID"]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("HUBSPOT_SENDER_ACTOR_ID", "5150", "must be A- and the user's number, such as A-5150"),
        ("HUBSPOT_PORTAL_ID", "x", "must be a number as HubSpot shows it, digits only, such as 44556677"),
        ("HUBSPOT_APP_ID", "-1", "must be a number as HubSpot shows it, digits only, such as 44556677"),
        (
            *("HUBSPOT_SIGNATURE_VERSIONS", "v2,v1"),
            "must be v3, or v3,v1 to take old signatures too; v2 is not for webhooks of an app",
        ),
    ],
)
def test_what_an_id_looks_like_is_said_in_words(name: str, value: str, words: str) -> None:
    assert faults_of({f"TRIAGE_{name}": value}) == [f"TRIAGE_{name}: {words}"]


def test_a_wrong_setting_of_the_hook_is_said_once() -> None:
    read = read_settings(None, HOOK | {"TRIAGE_HUBSPOT_PUBLIC_URL": "privacy.larkfield.example"})
    assert read.faults == ["TRIAGE_HUBSPOT_PUBLIC_URL: must be a whole web address, beginning with https://"]
    assert read.lacking_for_hook == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HUBSPOT_PUBLIC_URL", "https://"),
        ("HUBSPOT_PUBLIC_URL", "https://x.example/hook#part"),
        ("HUBSPOT_API_URL", "ftp://x.example"),
        ("HUBSPOT_APP_URL", "x"),
        ("HUBSPOT_APP_ID", "seven"),
        ("HUBSPOT_PORTAL_ID", "1" * 20),
        ("HUBSPOT_SENDER_ACTOR_ID", "5150"),
        ("HUBSPOT_SENDER_ACTOR_ID", "V-5150"),
        ("HUBSPOT_API_VERSION", "v4"),
        ("HUBSPOT_SIGNATURE_VERSIONS", "v3,v2"),
        ("HOOK_DATABASE_URL", "mysql://x"),
        ("HOOK_LISTEN", "8081"),
        ("TRUSTED_PROXIES", "10.0.0.0/8, nowhere"),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused_by_name(name: str, value: str) -> None:
    assert {fault.partition(":")[0] for fault in faults_of({f"TRIAGE_{name}": value})} == {f"TRIAGE_{name}"}


def test_proxies_are_addresses_or_networks_in_either_spelling(tmp_path: Path) -> None:
    config = tmp_path / "triage.toml"
    config.write_text('trusted_proxies = ["10.0.0.7", "fd00::/8"]\nhubspot_portal_id = 44556677\n')
    settings = load_settings(config, {})
    assert (settings.trusted_proxies, settings.hubspot_portal_id) == (("10.0.0.7", "fd00::/8"), "44556677")
    assert load_settings(config, {"TRIAGE_TRUSTED_PROXIES": "127.0.0.1"}).trusted_proxies == ("127.0.0.1",)


def test_a_worker_with_a_token_needs_to_know_its_own_hand() -> None:
    assert load_settings(None, WORKER | CHAT, for_worker=True).hubspot_sender_actor_id == "A-5150"
    token = {"TRIAGE_HUBSPOT_TOKEN": "pat-token"}
    named = {fault.partition(":")[0] for fault in faults_of(WORKER | token, for_worker=True)}
    assert named == set(CHAT) - set(token)


def test_a_worker_that_cannot_read_the_events_that_come_in_says_so() -> None:
    assert faults_of(WORKER | HOOK, for_worker=True) == [
        "TRIAGE_HUBSPOT_TOKEN: chat events come in, and without it nobody can read them"
    ]


@pytest.mark.parametrize(
    ("store", "own", "inbox"),
    [
        ("sqlite+aiosqlite:///triage.db", "", "sqlite+aiosqlite:///triage-hook.db"),
        ("sqlite+aiosqlite:////srv/desk.d/triage", "", "sqlite+aiosqlite:////srv/desk.d/triage-hook"),
        ("sqlite+aiosqlite:///a.db", "sqlite+aiosqlite:///b.db", "sqlite+aiosqlite:///b.db"),
        ("postgresql+asyncpg://u:p@h/desk", "", "postgresql+asyncpg://u:p@h/desk"),
        ("postgresql+asyncpg://u:p@h/desk", "postgresql+asyncpg://hook:p@h/desk", "postgresql+asyncpg://hook:p@h/desk"),
    ],
)
def test_the_hook_stores_beside_the_store_unless_told_otherwise(store: str, own: str, inbox: str) -> None:
    environ = {"TRIAGE_DATABASE_URL": store, "TRIAGE_HOOK_DATABASE_URL": own}
    assert load_settings(None, environ).inbox_url == inbox


def test_secrets_of_chat_hook_and_form_do_not_show_and_may_lie_in_files(tmp_path: Path) -> None:
    names = ("HUBSPOT_CLIENT_SECRET", "HUBSPOT_TOKEN", "FORM_KEY")
    (tmp_path / "secret").write_text("hush-hush-hush-hush\n")
    settings = load_settings(None, {f"TRIAGE_{name}_FILE": str(tmp_path / "secret") for name in names})
    assert settings.form_key.get_secret_value() == settings.hubspot_token.get_secret_value() == "hush-hush-hush-hush"
    assert "hush" not in repr(settings)
