"""Redirects of ingress-nginx that cannot both be meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.ingress_annotations import (
    NGINX,
    annotation_route,
    nginx_switch,
    nginx_text,
)
from plate_llm_cli.graph.ingress_controllers import Controller
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.ingresses import Ingress

_REDIRECTS = ("temporal-redirect", "permanent-redirect")


class ContradictoryRedirect(Rule):
    """The redirects of an Ingress contradict each other, or have no certificate to lead to.

    ## What it does
    Looks, for ingress-nginx, at `force-ssl-redirect` beside `ssl-redirect: "false"`, at
    `ssl-redirect: "true"` where no Ingress of the host has TLS, at a permanent beside a temporal
    redirect, and at a rewrite beside either. `force-ssl-redirect` without TLS is an info: that is
    right where a load balancer in front ends TLS.

    ## Why is this bad?
    One of the two does nothing. With `force-ssl-redirect` everybody is redirected, whatever
    `ssl-redirect` says; without a certificate `ssl-redirect` redirects nobody, and the service is
    there in clear text.

    ## Example
    ```yaml
    nginx.ingress.kubernetes.io/force-ssl-redirect: "true"
    nginx.ingress.kubernetes.io/ssl-redirect: "false"
    ```

    ## Use instead
    ```yaml
    nginx.ingress.kubernetes.io/ssl-redirect: "false"
    ```
    """

    id = "contradictory-redirect"
    severity = Severity.WARNING
    summary = "The redirects of an Ingress contradict each other, or what else it says"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every such pair."""
        wiring = deployment.wiring
        secured = {
            (item.place[0], host)
            for item in wiring.ingresses
            for tls in item.tls
            for host in tls.hosts
        }
        for ingress in wiring.ingresses:
            if wiring.controllers.of(ingress) is Controller.INGRESS_NGINX:
                yield from _pairs(ingress)
                yield from _without_tls(ingress, secured)


def _pairs(ingress: Ingress) -> Iterator[Defect]:
    if (
        nginx_switch(ingress, "force-ssl-redirect")
        and nginx_switch(ingress, "ssl-redirect") is False
    ):
        yield _beside(
            ingress,
            "ssl-redirect",
            "force-ssl-redirect",
            "ssl-redirect is off, and force-ssl-redirect redirects all the same",
        )
    given = [name for name in _REDIRECTS if nginx_text(ingress, name)]
    if len(given) > 1:
        text = "of two redirects the temporal one wins"
        yield _beside(ingress, "permanent-redirect", "temporal-redirect", text)
    if given and nginx_text(ingress, "rewrite-target"):
        text = f"nothing is rewritten: {given[0]} answers every request"
        yield _beside(ingress, "rewrite-target", given[0], text)


def _without_tls(ingress: Ingress, secured: set[tuple[str, str]]) -> Iterator[Defect]:
    hosts = [(ingress.place[0], host) for host in ingress.hosts]
    wildcards = [(cluster, f"*.{host.partition('.')[2]}") for cluster, host in hosts]
    # With passthrough the service itself has the certificate.
    if nginx_switch(ingress, "ssl-passthrough"):
        return
    if ingress.tls or not secured.isdisjoint([*hosts, *wildcards]):
        return
    off = nginx_switch(ingress, "ssl-redirect") is False
    if nginx_switch(ingress, "force-ssl-redirect") and not off:
        yield Defect(
            _at(ingress, "force-ssl-redirect"),
            "force-ssl-redirect leads to HTTPS, and no host of this Ingress has a certificate",
            "nothing to do where a load balancer in front ends TLS, or the controller has a "
            "certificate for all",
            severity=Severity.INFO,
        )
    elif nginx_switch(ingress, "ssl-redirect"):
        yield Defect(
            _at(ingress, "ssl-redirect"),
            "ssl-redirect redirects nobody: no host of this Ingress has TLS",
            "add `tls`; where a load balancer in front ends TLS, force-ssl-redirect redirects",
        )


def _beside(ingress: Ingress, name: str, other: str, text: str) -> Defect:
    related = ((_at(ingress, other), other),)
    return Defect(_at(ingress, name), text, "take one of them away", related=related)


def _at(ingress: Ingress, name: str) -> ManifestPlace:
    return ManifestPlace(ingress.manifest, annotation_route(f"{NGINX}/{name}"))
