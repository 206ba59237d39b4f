"""A host that is reached without a certificate while its neighbours have one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.ingress_controllers import Controller
from plate_llm_cli.graph.ingresses import covers
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule
from plate_llm_cli.source.violations import slip_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.ingresses import Ingress

_BY_ANNOTATION: Final = frozenset({Controller.ALB, Controller.AZURE})
"""Controllers that find certificates in another way than by `tls`."""

_PRIVATE: Final = (".local", ".internal", ".lan", ".localhost", ".svc", ".home.arpa")


class UncoveredHost(Rule):
    """A host of an Ingress is in none of its `tls` entries, while others are.

    ## What it does
    Compares the hosts of the rules with those under `tls`, where a wildcard stands for one label:
    `*.example.com` covers `web.example.com`, and neither `example.com` nor `a.b.example.com`.
    Hosts for which another Ingress of the cluster has TLS are left out, as are names of a private
    network (`web.local`) beside public ones; a `tls` entry without hosts covers all.

    ## Why is this bad?
    Browsers get the controller's own certificate for that host and warn of it.

    ## Example
    ```yaml
    spec:
      rules:
        - host: web.example.com
        - host: api.example.com
      tls:
        - secretName: web-tls
          hosts: [web.example.com]
    ```

    ## Use instead
    ```yaml
      tls:
        - secretName: web-tls
          hosts: [web.example.com, api.example.com]
    ```
    """

    id = "uncovered-host"
    severity = Severity.WARNING
    summary = "A host of an Ingress has no TLS entry, while others of it have one"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every host that was left out."""
        wiring = deployment.wiring
        secured: dict[str, set[str]] = {}
        for item in wiring.ingresses:
            secured.setdefault(item.place[0], set()).update(
                h for tls in item.tls for h in tls.hosts
            )
        for ingress in wiring.ingresses:
            if wiring.controllers.of(ingress) in _BY_ANNOTATION:
                continue
            own = [host for tls in ingress.tls for host in tls.hosts]
            some = any(covers(name, host) for name in own for host in ingress.hosts)
            if some and all(tls.hosts for tls in ingress.tls):
                yield from _left_out(ingress, own, secured[ingress.place[0]])


def _left_out(ingress: Ingress, own: list[str], secured: set[str]) -> Iterator[Defect]:
    unrouted = [host for host in own if not any(covers(host, name) for name in ingress.hosts)]
    routes = {route.host: route.host_route for route in reversed(ingress.routes) if route.host}
    public = not any(map(_is_private, own))
    for host in ingress.hosts:
        if public and _is_private(host):
            continue
        # The slip of a name is told where it stands, under `tls`.
        if any(covers(name, host) for name in secured) or slip_of(host, unrouted):
            continue
        wildcard = next((name for name in own if name.startswith("*.") and _below(host, name)), "")
        yield Defect(
            ManifestPlace(ingress.manifest, routes[host]),
            f"no tls entry of this Ingress covers {host}",
            f"{wildcard} covers one label, and not {host}"
            if wildcard
            else "add it to the hosts of an entry under tls",
            related=((ManifestPlace(ingress.manifest, ("spec", "tls")), "the hosts with TLS"),),
        )


def _is_private(host: str) -> bool:
    return "." not in host or host.endswith(_PRIVATE)


def _below(host: str, wildcard: str) -> bool:
    return host == wildcard[2:] or host.endswith(wildcard[1:])
