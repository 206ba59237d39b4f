"""Who can read an export, and who is refused as a reader."""

from __future__ import annotations

import base64
import traceback
from pathlib import Path

import pyrage
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st

from plate_llm_cli.errors import UsageError
from plate_llm_cli.secrets.backups.exporting import encrypt, recipients
from plate_llm_cli.secrets.values.secret import Secret

IDENTITY = pyrage.x25519.Identity.generate()
PUBLIC = str(IDENTITY.to_public())


def ssh_pair(kind: str) -> tuple[str, bytes]:
    """An SSH public key and the private one that belongs to it."""
    private: ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey
    if kind == "ssh-rsa":
        private = rsa.generate_private_key(65537, 2048)
    else:
        private = ed25519.Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    )
    return public.decode(), private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.OpenSSH,
        serialization.NoEncryption(),
    )


@pytest.mark.parametrize("kind", ["ssh-ed25519", "ssh-rsa"])
def test_each_recipient_can_read_it(kind: str, tmp_path: Path) -> None:
    public, private = ssh_pair(kind)
    file = tmp_path / "team"
    file.write_text(f"\ufeff# the team\r\n\r\n  {public} me@host  \r\n", "utf-8")
    text = encrypt(Secret("value ü"), recipients([f" {PUBLIC}\n"], [file]))
    assert text.startswith("-----BEGIN AGE ENCRYPTED FILE-----\n")
    for identity in (IDENTITY, pyrage.ssh.Identity.from_buffer(private)):
        assert pyrage.decrypt(text.encode(), [identity]).decode() == "value ü"


def test_recipient_that_is_named_twice_counts_once(tmp_path: Path) -> None:
    (tmp_path / "team").write_text(f"{PUBLIC}\n", "utf-8")
    assert len(recipients([PUBLIC, PUBLIC], [tmp_path / "team"])) == 1


@pytest.mark.parametrize("before", ["", "key ", "# created: today\n# public key: age1x\n"])
def test_private_key_in_a_file_is_named_by_its_line(before: str, tmp_path: Path) -> None:
    file = tmp_path / "team"
    file.write_text(f"{PUBLIC}\n{before}{IDENTITY}\n", "utf-8")
    line = 2 + before.count("\n")
    with pytest.raises(UsageError) as caught:
        recipients([], [file])
    message = f"{file} line {line} is a private key, which is not repeated here"
    assert caught.value.message == message
    assert caught.value.hint == "recipients are public keys; `age-keygen -y` prints them"
    shown = "".join(traceback.format_exception(caught.value))
    assert str(IDENTITY) not in shown + repr(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        f"{IDENTITY}",
        f"{IDENTITY}".lower(),
        "AGE-PLUGIN-YUBIKEY-1QQPQ",
        ssh_pair("ssh-ed25519")[1].decode(),
        f"{PUBLIC} {IDENTITY}",
    ],
    ids=["age", "lower case", "plugin", "ssh", "behind a recipient"],
)
def test_private_key_on_the_command_line(text: str) -> None:
    with pytest.raises(UsageError, match=r"^recipient 2 is a private key, which is not repea") as e:
        recipients([PUBLIC, text], [])
    assert "must not be on a command line" in e.value.hint


@pytest.mark.parametrize(
    "text",
    [f"{IDENTITY}", f"{IDENTITY}".lower(), f"./{IDENTITY}"],
    ids=["age", "lower case", "path"],
)
def test_private_key_in_place_of_a_file_of_recipients(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        recipients([PUBLIC], [Path(text)])
    assert caught.value.message == (
        "a private key was given to --recipients-file, which is not repeated here"
    )
    assert "must not be on a command line" in caught.value.hint


def test_ends_of_a_recipient_are_no_recipient() -> None:
    for text in ("", "age1", PUBLIC[:-1], f"{PUBLIC}x", "ssh-dss AAAA", "~/.ssh/id_ed25519.pub"):
        with pytest.raises(UsageError) as caught:
            recipients([text], [])
        assert caught.value.message == "recipient 1 is no recipient"
        assert caught.value.hint == (
            "a recipient is a public key of age (age1...) or SSH (ssh-ed25519 ..., ssh-rsa ...); "
            "--recipients-file takes a file of them"
        )


@given(
    kind=st.sampled_from(["", "age1", "ssh-ed25519 ", "ssh-rsa "]),
    content=st.binary() | st.text().map(lambda text: text.encode("utf-8", "replace")),
    encoded=st.booleans(),
)
def test_nothing_that_is_no_recipient_gets_through_or_crashes(
    kind: str, content: bytes, encoded: bool
) -> None:
    body = base64.b64encode(content) if encoded else content
    with pytest.raises(UsageError, match=r"^recipient 1 is "):
        recipients([kind + body.decode("utf-8", "replace")], [])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"# nobody\n\n", " names no recipient"),
        (b"\xff\xfe", " line 1 is no UTF-8"),
        (b"age1x\n" * 200_000, " is larger than 1 MiB"),
    ],
)
def test_file_that_names_nobody(content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / "team").write_bytes(content)
    with pytest.raises(UsageError) as caught:
        recipients([PUBLIC], [tmp_path / "team"])
    assert caught.value.message == f"{tmp_path / 'team'}{message}"


def test_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"team cannot be read: No such file or directory$"):
        recipients([], [tmp_path / "team"])
