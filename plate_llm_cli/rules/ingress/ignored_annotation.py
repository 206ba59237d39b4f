"""An annotation that nobody reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.ingress_annotations import (
    ACME,
    CERT_MANAGER,
    KEYS,
    KNOWN,
    NGINX,
    OLD_PREFIXES,
    REPLACED,
    annotation_route,
)
from plate_llm_cli.graph.ingress_controllers import READ_BY, Controller
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule
from plate_llm_cli.source.violations import near_name, slip_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.ingresses import Ingress

_NEAR: Final = 0.8


class IgnoredAnnotation(Rule):
    """An Ingress has an annotation that its controller does not read.

    ## What it does
    Looks at the prefix of each annotation: one that belongs to a controller has to belong to that
    of the Ingress' class, which an IngressClass of the tree or the name of the class tells. Where
    neither does, nothing is said. It looks at the keys that ingress-nginx reads, and for slips in
    those of cert-manager and external-dns. Annotations that say the same to two controllers are an
    info, as are unknown keys of ingress-nginx where the class tells no controller.

    ## Why is this bad?
    A controller passes over annotations that it does not know without a word. The redirect, the
    timeout or the certificate that they stand for never comes.

    ## Example
    ```yaml
    metadata:
      annotations:
        nginx.org/client-max-body-size: 20m
        nginx.ingress.kubernetes.io/proxy-read-timout: "300"
    spec:
      ingressClassName: nginx     # of ingress-nginx
    ```

    ## Use instead
    ```yaml
    metadata:
      annotations:
        nginx.ingress.kubernetes.io/proxy-body-size: 20m
        nginx.ingress.kubernetes.io/proxy-read-timeout: "300"
    ```
    """

    id = "ignored-annotation"
    severity = Severity.WARNING
    summary = "An Ingress has an annotation that its controller does not read"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every annotation of an Ingress that does nothing."""
        for ingress in deployment.wiring.ingresses:
            controller = deployment.wiring.controllers.of(ingress)
            for key in ingress.annotations:
                prefix, _, name = key.rpartition("/")
                owner = READ_BY.get(prefix)
                if owner and controller and owner is not controller:
                    yield _of_other(ingress, key, controller)
                elif prefix == NGINX and name not in KEYS:
                    yield _unknown(ingress, key, sure=controller is not None)
                elif owner is None:
                    yield from _slip(ingress, key, controller)


def _of_other(ingress: Ingress, key: str, controller: Controller) -> Defect:
    prefix, _, name = key.rpartition("/")
    twins = [
        other
        for other in ingress.annotations
        if other != key and other.endswith(f"/{name}") and READ_BY.get(other.rpartition("/")[0])
    ]
    own = REPLACED.get(name, name)
    if controller is Controller.INGRESS_NGINX and own.partition(":")[0] in KEYS:
        help_text = f"ingress-nginx has {NGINX}/{own}"
    else:
        help_text = f"use what {controller} has for it, or take it away"
    return Defect(
        _at(ingress, key),
        f"{controller} serves this Ingress, and {READ_BY[prefix]} alone reads {key}",
        help_text,
        severity=Severity.INFO if twins else None,
    )


def _unknown(ingress: Ingress, key: str, *, sure: bool) -> Defect:
    name = key.rpartition("/")[2]
    near = near_name(name, KEYS, _NEAR)
    if name in REPLACED:
        help_text = f"what does this now: {REPLACED[name]}"
    elif near:
        help_text = f"did you mean {near}?"
    else:
        help_text = "take it away, unless your build of ingress-nginx has it"
    return Defect(
        _at(ingress, key),
        f"ingress-nginx has no annotation {name}",
        help_text,
        severity=None if sure or near or name in REPLACED else Severity.INFO,
    )


def _slip(ingress: Ingress, key: str, controller: Controller | None) -> Iterator[Defect]:
    prefix, _, name = key.rpartition("/")
    meant = _meant(prefix, name)
    foreign = meant.startswith(NGINX) and controller not in (Controller.INGRESS_NGINX, None)
    old_of_somebody = prefix == "ingress.kubernetes.io" and controller is None
    if meant and meant not in ingress.annotations and not foreign and not old_of_somebody:
        yield Defect(_at(ingress, key), f"nobody reads {key}", f"did you mean {meant}?")


def _meant(prefix: str, name: str) -> str:
    """The annotation that `prefix/name` is a slip of, or ''."""
    if prefix in KNOWN:
        if name in KNOWN[prefix]:
            return ""
        if prefix in (CERT_MANAGER, ACME):
            return _of_cert_manager(name)
        near = slip_of(name, KNOWN[prefix])
        return f"{prefix}/{near}" if near else ""
    known = OLD_PREFIXES.get(prefix) or slip_of(prefix, KNOWN)
    if known == CERT_MANAGER:
        return _of_cert_manager(name)
    return f"{known}/{name}" if known and name in KNOWN[known] else ""


def _of_cert_manager(name: str) -> str:
    """The key of cert-manager that is meant: those of ACME have a prefix of their own."""
    for prefix in (CERT_MANAGER, ACME):
        near = slip_of(name.removeprefix("acme-"), KNOWN[prefix])
        if near:
            return f"{prefix}/{near}"
    return ""


def _at(ingress: Ingress, key: str) -> ManifestPlace:
    return ManifestPlace(ingress.manifest, annotation_route(key), key=True)
