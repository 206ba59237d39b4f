"""Every way to log in, against a real OpenBao; its own checks decide."""

from __future__ import annotations

import http.server
import itertools
import json
import ssl
import threading
import time
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from plate_llm_cli.errors import OpenBaoError
from plate_llm_cli.secrets.server.connection import Options, resolve
from plate_llm_cli.secrets.server.openbao import OpenBao
from plate_llm_cli.secrets.values.secret import Secret
from plate_llm_cli.settings import Settings
from tests.secrets.bao import certificate_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.secrets.fixtures import Bao

CANARY = "swordfish7f3a"
MAY_READ = 'path "MOUNT/data/*" { capabilities = ["read", "create", "update"] }'
_NUMBERS = itertools.count()


def client(bao: Bao, method: str, mount: str, **environ: str) -> OpenBao:
    base = {"BAO_ADDR": bao.address, "BAO_AUTH_METHOD": method, "BAO_AUTH_MOUNT": mount}
    return OpenBao(resolve(Settings(), base | environ, Options()))


def enable(bao: Bao, kind: str) -> str:
    """An auth method of the test's own; its mount."""
    mount = f"{kind}{next(_NUMBERS)}"
    bao.server.done("POST", f"sys/auth/{mount}", {"type": kind})
    return mount


def policy(bao: Bao) -> str:
    """A policy that lets read and write in the test's mount."""
    name = f"may-read-{bao.mount}"
    body = {"policy": MAY_READ.replace("MOUNT", bao.mount)}
    bao.server.done("POST", f"sys/policies/acl/{name}", body)
    return name


def refusal(opened: OpenBao, bao: Bao) -> tuple[str, str]:
    """Message and hint with which the login ends."""
    with opened, pytest.raises(OpenBaoError) as caught:
        opened.read(bao.place("app"))
    assert CANARY not in repr(caught.value)
    return caught.value.message, caught.value.hint


def works(opened: OpenBao, bao: Bao) -> bool:
    bao.put("app", A="1")
    with opened:
        return opened.read(bao.place("app")).data["A"].reveal() == "1"


class AppRole:
    """A role of an AppRole method of the test's own."""

    def __init__(self, bao: Bao, **fields: Any) -> None:
        self._bao = bao
        self.mount = enable(bao, "approle")
        self._role = f"auth/{self.mount}/role/seeder"
        bao.server.done("POST", self._role, {"token_policies": [policy(bao)], **fields})
        self.role_id = bao.server.done("GET", f"{self._role}/role-id")["data"]["role_id"]

    def secret_id(self) -> str:
        answer = self._bao.server.done("POST", f"{self._role}/secret-id", {})
        found: str = answer["data"]["secret_id"]
        return found

    def wrapped(self) -> str:
        """A token that gives a secret_id out once."""
        ttl = {"X-Vault-Wrap-TTL": "60s"}
        answer = self._bao.server.done("POST", f"{self._role}/secret-id", {}, **ttl)
        found: str = answer["wrap_info"]["token"]
        return found

    def client(self, **environ: str) -> OpenBao:
        return client(self._bao, "approle", self.mount, BAO_ROLE_ID=self.role_id, **environ)


def test_approle(bao: Bao) -> None:
    role = AppRole(bao)
    assert works(role.client(BAO_SECRET_ID=role.secret_id()), bao)


def test_approle_with_a_wrapped_secret_id_works_once(bao: Bao) -> None:
    role = AppRole(bao)
    wrapped = role.wrapped()
    assert works(role.client(BAO_WRAPPED_SECRET_ID=wrapped), bao)
    assert refusal(role.client(BAO_WRAPPED_SECRET_ID=wrapped), bao) == (
        "the wrapping token holds no secret_id any more",
        "it works once: if nobody of yours has used it, somebody else has the secret_id",
    )


def test_approle_with_a_wrong_secret_id(bao: Bao) -> None:
    assert refusal(AppRole(bao).client(BAO_SECRET_ID=CANARY), bao) == (
        "OpenBao does not accept the approle login",
        "is the role_id right, and is the secret_id unused, unexpired and of this role?",
    )


def test_auth_method_that_is_not_mounted(bao: Bao) -> None:
    opened = client(bao, "approle", "nowhere", BAO_ROLE_ID="r", BAO_SECRET_ID=CANARY)
    message, hint = refusal(opened, bao)
    assert message == "OpenBao does not accept the approle login"
    assert hint.startswith("is nowhere/ an auth method, and not locked by logins that failed? ")


def test_token_of_a_login_that_ends_meanwhile_is_replaced(bao: Bao) -> None:
    role = AppRole(bao, token_ttl="1s")
    bao.put("app", A="1")
    with role.client(BAO_SECRET_ID=role.secret_id()) as opened:
        opened.read(bao.place("app"))
        first = opened._api._token
        deadline = time.monotonic() + 10
        while not opened._api._is_over() and time.monotonic() < deadline:
            time.sleep(0.02)
        assert opened.write(bao.place("app"), {"A": Secret("2")}, 1) == 2
        assert opened._api._token is not first


@pytest.fixture(scope="module")
def signing() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@pytest.fixture
def jwt_mount(bao: Bao, signing: ec.EllipticCurvePrivateKey) -> str:
    """A JWT method with the public half of `signing`, and a role `ci`."""
    mount = enable(bao, "jwt")
    public = signing.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    keys = {"jwt_validation_pubkeys": [public.decode()]}
    bao.server.done("POST", f"auth/{mount}/config", keys)
    fields = {
        "role_type": "jwt",
        "user_claim": "sub",
        "bound_subject": "ci",
        "bound_audiences": ["openbao"],
        "token_policies": [policy(bao)],
    }
    bao.server.done("POST", f"auth/{mount}/role/ci", fields)
    return mount


def token_of(signing: ec.EllipticCurvePrivateKey, subject: str) -> str:
    now = int(time.time())
    claims = {"sub": subject, "aud": "openbao", "iat": now, "exp": now + 300}
    return jwt.encode(claims, signing, algorithm="ES256")


def test_jwt(bao: Bao, jwt_mount: str, signing: ec.EllipticCurvePrivateKey) -> None:
    token = token_of(signing, "ci")
    assert works(client(bao, "jwt", jwt_mount, BAO_ROLE="ci", BAO_JWT=token), bao)


def test_jwt_of_somebody_else(
    bao: Bao, jwt_mount: str, signing: ec.EllipticCurvePrivateKey
) -> None:
    token = token_of(signing, CANARY)
    assert refusal(client(bao, "jwt", jwt_mount, BAO_ROLE="ci", BAO_JWT=token), bao) == (
        "OpenBao does not accept the jwt login for the role ci",
        "is the role bound to the token's subject and audience, and is it still valid?",
    )


class _TokenReview(http.server.BaseHTTPRequestHandler):
    """Kubernetes' answer to whose token it is."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        sent = jwt.decode(body["spec"]["token"], options={"verify_signature": False})
        known = sent["jti"] == "issued"
        user = {"username": "system:serviceaccount:secrets:eso", "uid": "1", "groups": []}
        status = {"authenticated": known, "user": user if known else {}}
        answer = json.dumps({**body, "status": status}).encode()
        self.send_response(201)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def kubernetes_mount(bao: Bao, tmp_path: Path) -> Iterator[str]:
    """A Kubernetes method with a role `eso`, and an API server that reviews tokens."""
    certificate, private_key = certificate_in(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, private_key)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _TokenReview) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        mount = enable(bao, "kubernetes")
        config = {
            "kubernetes_host": f"https://127.0.0.1:{server.server_port}",
            "kubernetes_ca_cert": certificate.read_text(),
            "disable_local_ca_jwt": True,
        }
        bao.server.done("POST", f"auth/{mount}/config", config)
        fields = {
            "bound_service_account_names": ["eso"],
            "bound_service_account_namespaces": ["secrets"],
            "token_policies": [policy(bao)],
        }
        bao.server.done("POST", f"auth/{mount}/role/eso", fields)
        yield mount
        server.shutdown()


def pod_token(tmp_path: Path, name: str) -> str:
    """A file with a service account's token; only the API server knows whether it is right."""
    now = int(time.time())
    claims = {
        "jti": name,
        "iat": now,
        "nbf": now,
        "sub": "system:serviceaccount:secrets:eso",
        "iss": "kubernetes/serviceaccount",
        "exp": now + 300,
        "kubernetes.io": {
            "namespace": "secrets",
            "serviceaccount": {"name": "eso", "uid": "1"},
        },
    }
    signed = jwt.encode(claims, ec.generate_private_key(ec.SECP256R1()), algorithm="ES256")
    file = tmp_path / "token"
    file.write_text(signed)
    return str(file)


def test_kubernetes(bao: Bao, kubernetes_mount: str, tmp_path: Path) -> None:
    environ = {"BAO_ROLE": "eso", "BAO_JWT_FILE": pod_token(tmp_path, "issued")}
    assert works(client(bao, "kubernetes", kubernetes_mount, **environ), bao)


def test_kubernetes_does_not_know_the_pod(bao: Bao, kubernetes_mount: str, tmp_path: Path) -> None:
    environ = {"BAO_ROLE": "eso", "BAO_JWT_FILE": pod_token(tmp_path, "made-up")}
    message, hint = refusal(client(bao, "kubernetes", kubernetes_mount, **environ), bao)
    assert message == "OpenBao does not accept the kubernetes login for the role eso"
    assert hint.endswith("is the role bound to this service account, namespace and audience?")
