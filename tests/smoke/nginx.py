"""A real nginx in front of the service, set up as ingress-nginx sets up its own.

    with ingress(service.port, certificate=authority.issue(HOST), ca=authority.root) as way_in:
        way_in.target  # https://llm.test, with the addresses at which nginx listens

It listens on two free ports of the loopback, has a default server that answers 404 for hosts that
are not ours, and passes the others' requests on with the settings that the chart's annotations
give. Each option breaks one thing; see `Options`. What it logs is in `way_in.log()`.
"""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypedDict, Unpack

import pytest

from plate_llm_cli.smoke.target import Target, Way

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.smoke.ca import Issued

BINARY = Path("/usr/sbin/nginx")
HOST = "llm.test"
ORIGIN = "https://plate.test"
STOP_SECONDS = 10


class Options(TypedDict, total=False):
    """What may be different from a good Ingress without TLS."""

    certificate: Issued
    """Without one there is no TLS, and the URL is http://."""
    ca: Path | None
    """What clients trust beside the system's: the target's `ca`."""
    host: str
    """The Ingress' host; by default HOST, which the target always asks for."""
    redirect: str
    """Where plain HTTP is sent: "308", another status, or a status and an address; "" serves it."""
    shuts_plain: bool
    """Nothing listens at the port of plain HTTP."""
    catch_all: bool
    """The default server leads to the service, too."""
    drops_others: bool
    """The default server closes connections without an answer."""
    metrics_port: int
    """/metrics leads there."""
    cors: Literal["any", "narrow", "also", "twice", "hidden"]
    """nginx answers preflights for any origin, as `enable-cors` does, or for ORIGIN without
    `authorization`; adds a header for any, or for ORIGIN, to the service's own; takes it off the
    answer of /v1/models."""
    buffering: bool
    """Answers are passed on in blocks, whatever the service says."""
    body_size: str
    """`proxy-body-size`; "20m" as in the chart."""
    read_seconds: int
    """`proxy-read-timeout`; 600 as in the chart."""
    asks_password: bool
    """A login of nginx' own (`auth-type: basic`), which takes the Authorization header."""


@dataclass(frozen=True)
class Ingress:
    """A running nginx, and how it is reached."""

    target: Target
    port: int
    plain_port: int
    folder: Path

    def log(self) -> str:
        """What it logged so far."""
        return (self.folder / "error.log").read_text()


@contextmanager
def ingress(backend: int | None, **options: Unpack[Options]) -> Iterator[Ingress]:
    """nginx in front of a service at the port `backend`; without one, of no ready pod (503)."""
    if not BINARY.exists():
        pytest.skip("no nginx: apt-get install nginx")
    certificate = options.get("certificate")
    with tempfile.TemporaryDirectory(prefix="nginx-") as name, _listening() as (secure, plain):
        folder = Path(name)
        port, plain_port = secure.getsockname()[1], plain.getsockname()[1]
        sockets = [secure] if options.get("shuts_plain") else [secure, plain]
        (folder / "nginx.conf").write_text(_config(backend, port, plain_port, options))
        process = _started(folder, sockets)
        for one in (secure, plain):
            one.close()
        url, end = (f"https://{HOST}", port) if certificate else (f"http://{HOST}", plain_port)
        other = ("127.0.0.1", plain_port) if certificate else None
        target = Target(url, Way.INGRESS, ("127.0.0.1", end), options.get("ca"), other)
        try:
            yield Ingress(target, port, plain_port, folder)
        finally:
            process.terminate()
            process.wait(STOP_SECONDS)


@contextmanager
def _listening() -> Iterator[tuple[socket.socket, socket.socket]]:
    with (
        socket.create_server(("127.0.0.1", 0)) as first,
        socket.create_server(("127.0.0.1", 0)) as second,
    ):
        yield first, second


def _started(folder: Path, sockets: list[socket.socket]) -> subprocess.Popen[bytes]:
    """It takes over sockets that listen already, so no port is lost and no start is waited for."""
    numbers = [one.fileno() for one in sockets]
    return subprocess.Popen(  # noqa: S603 - Debian's
        [BINARY, "-p", folder, "-c", folder / "nginx.conf", "-e", "error.log"],
        env={"NGINX": "".join(f"{number};" for number in numbers)},
        pass_fds=numbers,
        stderr=subprocess.DEVNULL,
    )


def _config(backend: int | None, port: int, plain_port: int, options: Options) -> str:
    certificate = options.get("certificate")
    tls = "ssl" if certificate else ""
    ends = [f"127.0.0.1:{port} {tls}"]
    ends += [] if options.get("shuts_plain") else [f"127.0.0.1:{plain_port}"]
    ours = _locations(backend, options)
    others = f"location / {{ return {444 if options.get('drops_others') else 404}; }}"
    return f"""
daemon off;
worker_processes 1;
pid nginx.pid;
error_log error.log;
{"user root;" if os.geteuid() == 0 else ""}
events {{ worker_connections 256; }}
http {{
  access_log off;
  server_tokens off;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  {_certificate(certificate) if certificate else ""}
  server {{
    {"".join(f"listen {end} default_server;" for end in ends)}
    {ours if options.get("catch_all") else others}
  }}
  server {{
    {"".join(f"listen {end};" for end in ends)}
    server_name {options.get("host", HOST)};
    {_redirect(options.get("redirect", ""))}
    {ours}
  }}
}}
"""


def _certificate(issued: Issued) -> str:
    files = f"ssl_certificate {issued.chain}; ssl_certificate_key {issued.key};"
    return f"{files} ssl_protocols TLSv1.2 TLSv1.3;"


def _redirect(to: str) -> str:
    status, _, address = to.partition(" ")
    address = address or "https://$host$request_uri"
    return f"if ($scheme = http) {{ return {status} {address}; }}" if status else ""


def _locations(backend: int | None, options: Options) -> str:
    if backend is None:
        return "location / { return 503; }"
    cors = options.get("cors", "")
    whole = _location("/", backend, options, _CORS[cors])
    if "metrics_port" in options:
        whole += _location("/metrics", options["metrics_port"], options)
    if cors == "hidden":
        hides = "proxy_hide_header Access-Control-Allow-Origin;"
        whole += _location("= /v1/models", backend, options, hides)
    return whole


def _location(path: str, port: int, options: Options, more: str = "") -> str:
    buffering = "on; proxy_ignore_headers X-Accel-Buffering" if options.get("buffering") else "off"
    login = 'auth_basic "closed"; auth_basic_user_file /dev/null;'
    return f"""
    location {path} {{
      {more}
      {login if options.get("asks_password") else ""}
      client_max_body_size {options.get("body_size", "20m")};
      proxy_http_version 1.1;
      proxy_buffering {buffering};
      proxy_read_timeout {options.get("read_seconds", 600)}s;
      proxy_set_header Host $http_host;
      proxy_set_header Connection "";
      proxy_set_header X-Request-ID $request_id;
      proxy_set_header X-Real-IP $remote_addr;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Host $http_host;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_pass http://127.0.0.1:{port};
    }}
"""


_CORS = {
    "": "",
    "any": """
      if ($request_method = OPTIONS) {
        add_header Access-Control-Allow-Origin *;
        add_header Access-Control-Allow-Methods "GET, PUT, POST, DELETE, PATCH, OPTIONS";
        add_header Access-Control-Allow-Headers "Keep-Alive,User-Agent,Content-Type,Authorization";
        return 204;
      }
""",
    "narrow": f"""
      if ($request_method = OPTIONS) {{
        add_header Access-Control-Allow-Origin {ORIGIN};
        add_header Access-Control-Allow-Headers "Content-Type, *";
        return 204;
      }}
""",
    "also": "add_header Access-Control-Allow-Origin * always;",
    "twice": f"add_header Access-Control-Allow-Origin {ORIGIN} always;",
    "hidden": "",
}
