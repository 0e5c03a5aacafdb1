"""A certificate authority for the test servers: they speak real TLS and the clients really check it."""

from dataclasses import dataclass
from pathlib import Path

import trustme


@dataclass(frozen=True, kw_only=True, slots=True)
class Certificates:
    """Paths of PEM files: `ca_file` to trust, `cert_file` (with chain) and `key_file` for a server on loopback."""

    ca_file: Path
    cert_file: Path
    key_file: Path


def make_certificates(folder: Path, *names: str) -> Certificates:
    """Write a new CA and a server certificate for `names` (localhost and 127.0.0.1 by default) into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    authority = trustme.CA()
    server = authority.issue_cert(*(names or ("localhost", "127.0.0.1")))
    made = Certificates(ca_file=folder / "ca.pem", cert_file=folder / "server.pem", key_file=folder / "server-key.pem")
    authority.cert_pem.write_to_path(made.ca_file)
    made.cert_file.write_bytes(b"".join(blob.bytes() for blob in server.cert_chain_pems))
    server.private_key_pem.write_to_path(made.key_file)
    made.key_file.chmod(0o600)
    return made
