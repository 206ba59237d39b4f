"""Names and connections, against the loopback."""

from __future__ import annotations

import re
import socket

import pytest

from plate_llm_cli.smoke.checks import reach
from plate_llm_cli.smoke.target import Target, Way
from tests.smoke.trials import told, trial_of

ADDRESS = (
    "add its DNS record, with the address that the Ingress has ({} shows it); until it is known "
    "everywhere: --connect-to ADDRESS"
)


def at(port: int, way: Way = Way.INGRESS) -> Target:
    return Target("https://llm.test", way, ("127.0.0.1", port))


@pytest.fixture
def closed() -> int:
    """A port where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


def test_a_name_with_an_address() -> None:
    verdict, said, advice = told(reach.dns(trial_of(Target("http://localhost", Way.URL))))
    assert (verdict, re.sub("::1, |, ::1", "", said), advice) == (
        "pass",
        "localhost is at 127.0.0.1",
        "",
    )


def no_such_name(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    """A resolver that gives `code`: which one machines without network give, differs."""

    def refuse(*_args: object, **_more: object) -> None:
        raise socket.gaierror(code, "refused")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.parametrize(
    ("env", "shows"), [("stg", "plate-llm status stg"), ("", "kubectl get ingress -A")]
)
def test_a_name_without_an_address(monkeypatch: pytest.MonkeyPatch, env: str, shows: str) -> None:
    no_such_name(monkeypatch, socket.EAI_NONAME)
    outcome = reach.dns(trial_of(Target("https://llm.invalid", Way.INGRESS), env=env))
    assert told(outcome) == (
        "fail",
        "no address is known for llm.invalid",
        ADDRESS.format(shows),
    )
    assert outcome.unreachable


def test_a_name_of_the_cluster_outside_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    no_such_name(monkeypatch, socket.EAI_NONAME)
    target = Target("http://plate-llm-stg.plate-stg.svc", Way.IN_CLUSTER)
    assert told(reach.dns(trial_of(target)))[2] == (
        "only pods know it: run this in one, or with --via port-forward; else plate-llm status stg"
    )


def test_no_name_server_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    no_such_name(monkeypatch, socket.EAI_AGAIN)
    assert told(reach.dns(trial_of(Target("https://llm.invalid", Way.INGRESS)))) == (
        "fail",
        "no name server answered what llm.invalid is",
        "look whether this machine is online: /etc/resolv.conf names whom it asks",
    )


def test_what_can_be_no_name() -> None:
    assert told(reach.dns(trial_of(Target("https://llm..test", Way.URL)))) == (
        "fail",
        "no name can be like llm..test",
        "between its dots are 1 to 63 characters: correct ingress.hosts, or --url",
    )


def test_dns_is_not_asked_where_it_does_not_count() -> None:
    assert told(reach.dns(trial_of(at(8443)))) == (
        "skip",
        "connections go to 127.0.0.1:8443, whatever DNS says",
        "",
    )


def test_an_address_is_no_name() -> None:
    assert told(reach.dns(trial_of(Target("http://[::1]:8000", Way.URL)))) == (
        "skip",
        "::1 is an address, not a name",
        "",
    )


def test_a_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        outcome = told(reach.tcp(trial_of(at(port))))
    assert outcome == ("pass", f"127.0.0.1:{port} takes connections", "")


@pytest.mark.parametrize(
    ("way", "advice"),
    [
        (
            Way.INGRESS,
            "look whether the ingress controller runs (kubectl get pods,services -n "
            "ingress-nginx), and whether the Ingress still has this address (plate-llm status stg)",
        ),
        (Way.PORT_FORWARD, "the port-forward has ended: start the command again"),
        (
            Way.IN_CLUSTER,
            "no pod is ready behind the Service, or service.port is another: plate-llm status stg",
        ),
    ],
)
def test_nothing_listens(closed: int, way: Way, advice: str) -> None:
    outcome = reach.tcp(trial_of(at(closed, way)))
    assert told(outcome) == ("fail", f"127.0.0.1:{closed} refuses connections", advice)
    assert outcome.unreachable


def test_nothing_listens_on_this_machine(closed: int) -> None:
    target = Target(f"http://localhost:{closed}", Way.URL)
    assert told(reach.tcp(trial_of(target)))[1:] == (
        f"localhost:{closed} refuses connections",
        "start it first (plate-llm up --keep), or name the port on which it listens",
    )


@pytest.mark.parametrize(
    ("way", "advice"),
    [
        (
            Way.URL,
            "a firewall swallows packets: open port {} to this machine; or the DNS record has an "
            "address that the Ingress no longer has (plate-llm status stg shows the present one)",
        ),
        (
            Way.IN_CLUSTER,
            "a NetworkPolicy swallows packets: networkPolicy.extraIngress lets others in; kubectl "
            "get networkpolicies shows all",
        ),
    ],
)
def test_packets_are_swallowed(monkeypatch: pytest.MonkeyPatch, way: Way, advice: str) -> None:
    monkeypatch.setattr(reach, "CONNECT_SECONDS", 0.1)
    # Linux drops what comes to a queue that is full.
    with (
        socket.create_server(("127.0.0.1", 0), backlog=0) as listening,
        socket.create_connection(listening.getsockname()),
    ):
        port = listening.getsockname()[1]
        outcome = reach.tcp(trial_of(at(port, way)))
    assert told(outcome) == (
        "fail",
        f"127.0.0.1:{port} takes no connection within 0.1 s",
        advice.format(port),
    )
    assert outcome.unreachable


def test_no_way_there() -> None:
    target = Target("https://llm.test", Way.URL, ("255.255.255.255", 443))
    outcome = reach.tcp(trial_of(target))
    assert re.sub(": (permission denied|network is unreachable)", ": WHY", outcome.said) == (
        "no way to 255.255.255.255:443: WHY"
    )
    assert outcome.advice == "give this machine a way to that network (VPN, route, IPv6)"
    assert outcome.unreachable
