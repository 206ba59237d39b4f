"""A provider that cannot be reached at all."""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from benchmarks.service.upstream import FakeUpstream
from tests.service.running import Service

if TYPE_CHECKING:
    from pathlib import Path

QUESTION = {"messages": [{"role": "user", "content": "hi"}]}


def ask(url: str) -> httpx2.Response:
    service = Service(
        AUTH_MODE="none",
        LLM_MODEL_NAME="openai:fake",
        LLM_BASE_URL=url,
        LLM_RETRIES="0",
        OPENAI_API_KEY="sk-x",
    )
    try:
        return httpx2.post(service.url + "/v1/chat/completions", json=QUESTION, timeout=10)
    finally:
        service.kill()


@pytest.mark.parametrize("url", ["http://nowhere.invalid/v1", "http://127.0.0.1:1/v1"])
def test_a_name_or_a_port_that_nobody_answers_to(url: str) -> None:
    answer = ask(url)
    assert answer.status_code == 502
    assert answer.json()["error"] == {
        "message": "the provider could not be reached",
        "type": "api_connection_error",
        "param": None,
        "code": "upstream_unreachable",
    }


async def test_a_certificate_that_nobody_vouches_for(tmp_path: Path) -> None:
    async with FakeUpstream(ssl=self_signed(tmp_path)) as upstream:
        answer = await asyncio.to_thread(ask, upstream.url)
        assert upstream.stats.requests == 0
    assert answer.status_code == 502
    assert answer.json()["error"]["code"] == "upstream_tls"


def self_signed(folder: Path) -> ssl.SSLContext:
    """A server's context whose certificate for localhost is signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    pem.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context
