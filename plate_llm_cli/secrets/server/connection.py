"""Where OpenBao is and how to log in: the command line, then BAO_*, then VAULT_*, then settings.

| variable | meaning |
| --- | --- |
| BAO_ADDR | address |
| BAO_NAMESPACE | namespace |
| BAO_CACERT, BAO_CAPATH | file, or folder of files, with the CA's certificate in PEM |
| BAO_AUTH_METHOD | token, approle, kubernetes or jwt |
| BAO_AUTH_MOUNT | where that method is mounted; its own name when unset |
| BAO_ROLE | role of kubernetes and jwt |
| BAO_TOKEN | token; else ~/.vault-token, or the file that BAO_TOKEN_PATH names |
| BAO_ROLE_ID, BAO_SECRET_ID | AppRole |
| BAO_WRAPPED_SECRET_ID | AppRole: a wrapping token that holds the secret_id |
| BAO_JWT | JWT or OIDC token |

Credentials may also be in a file that `..._FILE` names. VAULT_ may stand for BAO_ in each. What is
shown of any of them is its name: a person may have put a secret into the wrong one.
"""

from __future__ import annotations

import ipaddress
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, urlsplit

from plate_llm_cli.errors import UsageError
from plate_llm_cli.secrets.values.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plate_llm_cli.settings import Settings

METHODS: Final = ("token", "approle", "kubernetes", "jwt")
_SERVICE_ACCOUNT_TOKEN: Final = "/var/run/secrets/kubernetes.io/serviceaccount/token"  # noqa: S105 - a path
_TOKEN_FILE: Final = ".vault-token"  # noqa: S105 - a name
"""In the home folder: there `bao login` writes, and BAO_TOKEN_PATH moves it."""

_HEADER: Final = re.compile(r"[\x21-\x7e]{1,16384}")
_NAMESPACE: Final = re.compile(r"[^\s/]+(/[^\s/]+)*/?", re.ASCII)
_MAX_FILE: Final = 64 * 1024


@dataclass(frozen=True, slots=True, eq=False)
class Login:
    """A method and what it needs. `mount` and `role` are no secrets; all else is in Secrets."""

    method: str = "token"
    mount: str = ""
    role: str = ""
    token: Secret | None = None
    role_id: Secret | None = None
    secret_id: Secret | None = None
    wrapped_secret_id: Secret | None = None
    jwt: Secret | None = None


@dataclass(frozen=True, slots=True)
class Timing:
    """How long to wait, in seconds."""

    connect: float = 3
    answer: float = 15
    patience: float = 20
    """For trying again: the election of a leader takes 2 to 5."""
    first: float = 1
    """For trying again where nothing has answered yet: the address may be wrong."""


@dataclass(frozen=True, slots=True, eq=False)
class Connection:
    """How OpenBao is reached. `origin` says what named the address: a variable, an option."""

    address: str
    origin: str
    login: Login
    namespace: str = ""
    ca_cert: Path | None = None
    proxy: Secret | None = None
    """Address of the proxy to go through, which may hold a password; None is none."""
    warnings: tuple[str, ...] = ()
    timing: Timing = Timing()


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says."""

    address: str = ""
    method: str = ""
    proxy: bool = False


def resolve(settings: Settings, environ: Mapping[str, str], options: Options) -> Connection:
    """The connection that the command line, the environment and the settings describe.

    Raises:
        UsageError: no address, a bad one, or credentials that are missing or cannot be used.
    """
    env = _Environment(environ)
    address, origin = _address(settings, env, options)
    parts = _parsed(address, origin)
    ca_cert = env.get("CACERT") or env.get("CAPATH") or settings.openbao_ca_cert
    return Connection(
        address=parts.geturl().rstrip("/"),  # the scheme in lower case, as all else expects it
        origin=origin,
        login=_login(settings, env, options.method),
        namespace=_namespace(env.get("NAMESPACE") or settings.openbao_namespace),
        ca_cert=_ca_cert(ca_cert),
        proxy=_proxy(parts, environ) if options.proxy else None,
        warnings=tuple(_warnings(parts, env)),
    )


class _Environment:
    """Variables by their name behind BAO_ or VAULT_."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.home = environ.get("HOME", "")

    def name(self, suffix: str) -> str:
        """The variable that is set, or ''."""
        names = (f"{prefix}_{suffix}" for prefix in ("BAO", "VAULT"))
        return next((name for name in names if self._environ.get(name)), "")

    def get(self, suffix: str) -> str:
        """Its value, or ''."""
        name = self.name(suffix)
        return self._environ[name].strip() if name else ""

    def secret(self, suffix: str) -> Secret | None:
        """A credential from the variable or from the file that `..._FILE` names."""
        if name := self.name(suffix):
            return credential(self._environ[name], name)
        if name := self.name(f"{suffix}_FILE"):
            return credential(_read(Path(self._environ[name]), f"the file that {name} names"), name)
        return None


def credential(text: str, where: str) -> Secret:
    """`text` as a credential, without white space around it.

    Raises:
        UsageError: it is empty, or no HTTP header could carry it; it is not shown.
    """
    bare = text.strip()
    if not _HEADER.fullmatch(bare):
        problem = "is empty" if not bare else "holds white space or characters of no token"
        raise UsageError(f"{where} {problem}", "set it to the credential alone, on one line")
    return Secret(bare)


def _address(settings: Settings, env: _Environment, options: Options) -> tuple[str, str]:
    for address, origin in (
        (options.address, "--address"),
        (env.get("ADDR"), env.name("ADDR")),
        (settings.openbao_address, "the setting openbao-address"),
    ):
        if address:
            return address, origin
    hint = "set BAO_ADDR, or the setting openbao-address, such as https://openbao.example.com"
    raise UsageError("no address of OpenBao", hint)


def _parsed(address: str, origin: str) -> SplitResult:
    """The parts of the address; one with a password in it is refused without showing it."""
    hint = "it has the form https://host[:port]"
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise UsageError(f"{origin} is no address of OpenBao", hint) from None
    plain = address.isascii() and address.isprintable() and not set(address) & set(' \\"<>{}|^`')
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0 or not plain:
        raise UsageError(f"{origin} is no address of OpenBao", hint)
    if "@" in address or "?" in address or "#" in address:
        message = f"{origin} holds more than an address: a user, a query or a fragment"
        raise UsageError(message, hint)
    return parts


def _namespace(text: str) -> str:
    """A namespace that a header can carry.

    Raises:
        UsageError: it is none.
    """
    if text and not (_NAMESPACE.fullmatch(text) and text.isascii() and text.isprintable()):
        raise UsageError("BAO_NAMESPACE is no namespace", "it has the form team or team/project")
    return text


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _warnings(parts: SplitResult, env: _Environment) -> list[str]:
    found = []
    if parts.scheme == "http" and not _is_loopback(parts.hostname or ""):
        found.append(f"http://{parts.hostname} is not encrypted: secrets can be read on the way")
    if env.get("SKIP_VERIFY") not in ("", "0", "false"):
        name = env.name("SKIP_VERIFY")
        found.append(f"{name} is not honoured: name the CA with BAO_CACERT instead")
    return found


def _ca_cert(text: str) -> Path | None:
    if not text:
        return None
    path = Path(text).expanduser()
    if not path.exists():
        raise UsageError(f"the CA certificate {text} is not there", "BAO_CACERT names a PEM file")
    return path


def _proxy(parts: SplitResult, environ: Mapping[str, str]) -> Secret:
    names = [f"{parts.scheme}_proxy", "all_proxy"]
    names = [form for name in names for form in (name.upper(), name)]
    found = next((environ[name] for name in names if environ.get(name)), "")
    if not found:
        raise UsageError("--proxy: the environment names no proxy", f"set {names[0]}")
    return Secret(found)


def _login(settings: Settings, env: _Environment, method: str) -> Login:
    method = method or env.get("AUTH_METHOD") or settings.openbao_auth or "token"
    if method not in METHODS:
        name = env.name("AUTH_METHOD") or "the method to log in"
        raise UsageError(f"{name} must be one of {', '.join(METHODS)}")
    mount = env.get("AUTH_MOUNT") or settings.openbao_auth_mount or method
    role = env.get("ROLE") or settings.openbao_role
    if method == "token":
        return Login(method, token=env.secret("TOKEN") or _token_file(env))
    if method == "approle":
        return _approle(env, mount)
    if not role:
        raise UsageError(f"{method} needs a role", "set BAO_ROLE, or openbao-role in the settings")
    if method == "jwt":
        return Login(method, mount, role, jwt=_required(env, "JWT", method))
    jwt = env.secret("JWT") or credential(
        _read(Path(_SERVICE_ACCOUNT_TOKEN), f"the token of the pod, {_SERVICE_ACCOUNT_TOKEN},"),
        "the token of the pod",
    )
    return Login(method, mount, role, jwt=jwt)


def _approle(env: _Environment, mount: str) -> Login:
    wrapped = env.secret("WRAPPED_SECRET_ID")
    secret_id = env.secret("SECRET_ID") if wrapped is None else None
    if wrapped is None and secret_id is None:
        _required(env, "SECRET_ID", "approle")
    role_id = _required(env, "ROLE_ID", "approle")
    return Login("approle", mount, "", None, role_id, secret_id, wrapped)


def _required(env: _Environment, suffix: str, method: str) -> Secret:
    found = env.secret(suffix)
    if found is None:
        hint = f"set BAO_{suffix}, or BAO_{suffix}_FILE to a file that holds it"
        raise UsageError(f"{method} needs a {suffix.lower().replace('_', ' ')}", hint)
    return found


def _token_file(env: _Environment) -> Secret:
    """The token that a login has left in the home folder.

    Raises:
        UsageError: there is none, or others may read it.
    """
    moved = env.get("TOKEN_PATH")
    path = Path(moved).expanduser() if moved else Path(env.home) / _TOKEN_FILE
    if (env.home or moved) and path.exists():
        return credential(_read(path, str(path), private=True), str(path))
    hint = "set BAO_TOKEN, run `bao login`, or log in another way (BAO_AUTH_METHOD)"
    raise UsageError("no token for OpenBao", hint)


def _read(path: Path, name: str, *, private: bool = False) -> str:
    """The text of a small file; a `private` one must be ours alone.

    Raises:
        UsageError: it cannot be used.
    """
    try:
        # Not to wait for ever when it is a named pipe.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as stream:
            facts = os.fstat(stream.fileno())
            if not stat.S_ISREG(facts.st_mode):
                raise UsageError(f"{name} is no regular file")
            if private:
                _refuse_open(facts, path)
            return stream.read(_MAX_FILE).decode()
    except IsADirectoryError:
        raise UsageError(f"{name} is no regular file") from None
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{name} is no text") from None


def _refuse_open(facts: os.stat_result, path: Path) -> None:
    mode = stat.S_IMODE(facts.st_mode)
    if facts.st_uid != os.getuid():
        raise UsageError(f"{path} belongs to somebody else", "log in again, or set BAO_TOKEN")
    if mode & 0o077:
        raise UsageError(f"{path} can be used by others (mode {mode:04o})", f"chmod 600 {path}")
