"""A host with a certificate that no rule mentions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.ingress_annotations import nginx_switch, nginx_text
from plate_llm_cli.graph.ingresses import covers
from plate_llm_cli.graph.public_hosts import hosts_of
from plate_llm_cli.graph.secret_uses import place_of
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule
from plate_llm_cli.source.violations import near_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.ingresses import Ingress, IngressTls


class UnroutedTlsHost(Rule):
    """A host under `tls` has no rule.

    ## What it does
    Looks for a rule for each host under `tls`, in its own Ingress and in those of the whole
    cluster. A wildcard is right where a host below it has a rule, and a host is right beside its
    own wildcard, where all hosts are routed, or where `server-alias` and `from-to-www-redirect`
    of ingress-nginx answer for it.

    ## Why is this bad?
    Mostly it is a slip, or an environment's host that was changed in one of two places: the host
    that does have a rule then has no certificate. And a certificate over HTTP01 does not come
    while one of its hosts leads nowhere.

    ## Example
    ```yaml
    spec:
      rules:
        - host: web.example.com
      tls:
        - secretName: web-tls
          hosts: [www.example.com]
    ```

    ## Use instead
    ```yaml
      tls:
        - secretName: web-tls
          hosts: [web.example.com]
    ```
    """

    id = "unrouted-tls-host"
    severity = Severity.WARNING
    summary = "A host under tls of an Ingress has no rule"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every host with TLS alone."""
        routed: dict[str, set[str]] = {}
        for item in deployment.manifests:
            routed.setdefault(place_of(item)[0], set()).update(hosts_of(item, with_tls=False))
        for ingress in deployment.wiring.ingresses:
            routed[ingress.place[0]].update(_answered(ingress))
        for ingress in deployment.wiring.ingresses:
            every = routed[ingress.place[0]]
            if any(not route.host for route in ingress.routes):
                continue
            for tls in ingress.tls:
                for index, host in enumerate(tls.hosts):
                    if not _is_right(host, tls, every):
                        yield _defect(ingress, (tls, index))


def _answered(ingress: Ingress) -> Iterator[str]:
    """Hosts that ingress-nginx answers for beside those of rules."""
    for name in nginx_text(ingress, "server-alias").split(","):
        yield name.strip()
    if nginx_switch(ingress, "from-to-www-redirect"):
        for host in ingress.hosts:
            yield host.removeprefix("www.") if host.startswith("www.") else f"www.{host}"


def _is_right(host: str, tls: IngressTls, routed: set[str]) -> bool:
    if f"*.{host}" in tls.hosts:
        return True
    # An alias that begins with ~ is an expression: it may mean any host.
    return any(name.startswith("~") or covers(host, name) or covers(name, host) for name in routed)


def _defect(ingress: Ingress, entry: tuple[IngressTls, int]) -> Defect:
    tls, index = entry
    host = tls.hosts[index]
    bare = [
        name
        for name in ingress.hosts
        if not any(covers(item, name) for other in ingress.tls for item in other.hosts)
    ]
    near = near_name(host, bare) or (bare[0] if len(bare) == 1 else None)
    route = next((item for item in ingress.routes if item.host == near), None)
    return Defect(
        ManifestPlace(ingress.manifest, (*tls.route, "hosts", index)),
        f"no rule leads {host} anywhere",
        f"{near} has a rule and no TLS: is it meant?" if near else "add a rule, or take it away",
        related=((ManifestPlace(ingress.manifest, route.host_route), "the host of the rule"),)
        if route
        else (),
    )
