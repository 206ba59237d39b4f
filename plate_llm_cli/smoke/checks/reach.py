"""The way to the service: its name, and a connection."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from plate_llm_cli.smoke.check import Outcome, failed, passed, skipped
from plate_llm_cli.smoke.http import CONNECT_SECONDS
from plate_llm_cli.smoke.target import Way, is_address, is_loopback, shown

if TYPE_CHECKING:
    from plate_llm_cli.smoke.trial import Trial


def dns(trial: Trial) -> Outcome:
    """The host has an address."""
    target = trial.target
    host, port = target.end
    if host != target.host:
        return skipped(f"connections go to {shown(host, port)}, whatever DNS says")
    if is_address(host):
        return skipped(f"{host} is an address, not a name")
    try:
        known = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError:
        advice = "between its dots are 1 to 63 characters: correct ingress.hosts, or --url"
        return failed(f"no name can be like {host}", advice, unreachable=True)
    except socket.gaierror as error:
        if error.errno == socket.EAI_AGAIN:
            said = f"no name server answered what {host} is"
            advice = "look whether this machine is online: /etc/resolv.conf names whom it asks"
            return failed(said, advice, unreachable=True)
        return failed(f"no address is known for {host}", _unknown(trial), unreachable=True)
    addresses = dict.fromkeys(str(item[4][0]) for item in known)
    return passed(f"{host} is at {', '.join(addresses)}")


def tcp(trial: Trial) -> Outcome:
    """Something takes connections there."""
    end = trial.target.end
    try:
        with socket.create_connection(end, CONNECT_SECONDS) as connection:
            peer = str(connection.getpeername()[0])
    except ConnectionRefusedError:
        advice = _nobody_listens(trial)
        return failed(f"{shown(*end)} refuses connections", advice, unreachable=True)
    except TimeoutError:
        said = f"{shown(*end)} takes no connection within {CONNECT_SECONDS:g} s"
        return failed(said, _swallowed(trial), unreachable=True)
    except (OSError, UnicodeError) as error:
        reason = (getattr(error, "strerror", None) or "no such name").lower()
        advice = "give this machine a way to that network (VPN, route, IPv6)"
        return failed(f"no way to {shown(*end)}: {reason}", advice, unreachable=True)
    return passed(f"{shown(peer, end[1])} takes connections")


def _unknown(trial: Trial) -> str:
    if trial.target.way is Way.IN_CLUSTER:
        status = trial.advice.command("status {env}", "kubectl get services -A shows them")
        return f"only pods know it: run this in one, or with --via port-forward; else {status}"
    address = trial.advice.command("status {env}", "kubectl get ingress -A")
    return (
        f"add its DNS record, with the address that the Ingress has ({address} shows it); "
        "until it is known everywhere: --connect-to ADDRESS"
    )


def _nobody_listens(trial: Trial) -> str:
    if trial.target.way is Way.PORT_FORWARD:
        return "the port-forward has ended: start the command again"
    if trial.target.way is Way.IN_CLUSTER:
        status = trial.advice.command("status {env}", "kubectl get endpointslices shows them")
        return f"no pod is ready behind the Service, or service.port is another: {status}"
    if is_loopback(trial.target.host):
        return "start it first (plate-llm up --keep), or name the port on which it listens"
    ingress = trial.advice.command("status {env}", "kubectl get ingress -A")
    return (
        "look whether the ingress controller runs (kubectl get pods,services -n ingress-nginx), "
        f"and whether the Ingress still has this address ({ingress})"
    )


def _swallowed(trial: Trial) -> str:
    if trial.target.way is Way.IN_CLUSTER:
        return (
            "a NetworkPolicy swallows packets: networkPolicy.extraIngress lets others in; kubectl "
            "get networkpolicies shows all"
        )
    ingress = trial.advice.command("status {env}", "kubectl get ingress -A")
    return (
        f"a firewall swallows packets: open port {trial.target.end[1]} to this machine; or the DNS "
        f"record has an address that the Ingress no longer has ({ingress} shows the present one)"
    )
