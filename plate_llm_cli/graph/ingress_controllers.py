"""Which controller serves an Ingress: its class decides, and says which annotations are read."""

from __future__ import annotations

import re
from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from plate_llm_cli.graph.secret_fields import at, mapping
from plate_llm_cli.graph.secret_uses import place_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plate_llm_cli.graph.ingresses import Ingress
    from plate_llm_cli.graph.manifests import Manifest

DEFAULT_CLASS: Final = "ingressclass.kubernetes.io/is-default-class"


class Controller(StrEnum):
    """Controllers whose annotations are known, by the name that they go by."""

    INGRESS_NGINX = "ingress-nginx"
    F5_NGINX = "F5's NGINX Ingress Controller"
    TRAEFIK = "Traefik"
    ALB = "AWS Load Balancer Controller"
    HAPROXY = "HAProxy"
    KONG = "Kong"
    CONTOUR = "Contour"
    AZURE = "Azure Application Gateway"


READ_BY: Final = {
    "nginx.ingress.kubernetes.io": Controller.INGRESS_NGINX,
    "nginx.org": Controller.F5_NGINX,
    "nginx.com": Controller.F5_NGINX,
    "traefik.ingress.kubernetes.io": Controller.TRAEFIK,
    "alb.ingress.kubernetes.io": Controller.ALB,
    "haproxy.org": Controller.HAPROXY,
    "haproxy-ingress.github.io": Controller.HAPROXY,
    "konghq.com": Controller.KONG,
    "projectcontour.io": Controller.CONTOUR,
    "appgw.ingress.kubernetes.io": Controller.AZURE,
}
"""By prefix of an annotation the controller that reads it."""
_BY_CLASS_OBJECT: Final = (
    (r"nginx\.(org|com)/", Controller.F5_NGINX),
    (r"k8s\.io/.*nginx", Controller.INGRESS_NGINX),
    (r"traefik", Controller.TRAEFIK),
    (r"ingress\.k8s\.aws/|eks\.amazonaws\.com/alb", Controller.ALB),
    (r"haproxy", Controller.HAPROXY),
    (r"konghq\.com/", Controller.KONG),
    (r"projectcontour\.io/", Controller.CONTOUR),
    (r"azure/application-gateway", Controller.AZURE),
)
"""What `spec.controller` of an IngressClass says: one controller may have several such names."""
_BY_WORD: Final = {
    "nginx": Controller.INGRESS_NGINX,
    "traefik": Controller.TRAEFIK,
    "alb": Controller.ALB,
    "haproxy": Controller.HAPROXY,
    "kong": Controller.KONG,
    "contour": Controller.CONTOUR,
}
_OTHER_NGINX: Final = frozenset({"plus", "org", "f5", "inc", "nic"})


class Controllers:
    """The controllers of a deployment's Ingresses.

    An IngressClass of the tree says its controller; else the words of its name do. `nginx` is the
    name that both ingress-nginx and F5's controller give their class: which annotations its
    Ingresses carry decides between them.
    """

    def __init__(self, manifests: Iterable[Manifest], ingresses: Iterable[Ingress]) -> None:
        self._classes: dict[tuple[str, str], str] = {}
        self._defaults: dict[str, list[str]] = {}
        for item in manifests:
            if item.kind == "IngressClass":
                self._add(item)
        self._prefixes = _prefixes(ingresses)

    def _add(self, manifest: Manifest) -> None:
        cluster = place_of(manifest)[0]
        self._classes[cluster, manifest.name] = manifest.text("spec", "controller")
        annotations = mapping(at(manifest.plain, "metadata", "annotations"))
        if annotations.get(DEFAULT_CLASS) == "true":
            self._defaults.setdefault(cluster, []).append(manifest.name)

    def class_of(self, ingress: Ingress) -> str:
        """The class that serves it, the default one of the tree where it names none; or ''."""
        defaults = self._defaults.get(ingress.place[0], [])
        return ingress.class_name or (defaults[0] if len(defaults) == 1 else "")

    def of(self, ingress: Ingress) -> Controller | None:
        """The controller that serves `ingress`; None where nothing says which."""
        name, cluster = self.class_of(ingress), ingress.place[0]
        stated = self._classes.get((cluster, name))
        if stated is not None:
            found = (kind for form, kind in _BY_CLASS_OBJECT if re.search(form, stated))
            return next(found, None)
        words = set(re.split(r"[-_.]", name))
        if "nginx" in words and words & _OTHER_NGINX:
            return Controller.F5_NGINX
        by_name = next((kind for word, kind in _BY_WORD.items() if word in words), None)
        if by_name is Controller.INGRESS_NGINX:
            seen = self._prefixes[cluster, name]
            if seen[Controller.F5_NGINX] and not seen[by_name]:
                return Controller.F5_NGINX
        return by_name

    def classes(self, cluster: str) -> tuple[str, ...]:
        """The names of the IngressClasses that the tree makes in a cluster."""
        return tuple(name for there, name in self._classes if there == cluster)


def _prefixes(ingresses: Iterable[Ingress]) -> _Prefixes:
    found = _Prefixes()
    for item in ingresses:
        counted = found[item.place[0], item.class_name]
        counted.update(
            {READ_BY[head] for head in map(_prefix_of, item.annotations) if head in READ_BY}
        )
    return found


class _Prefixes(dict[tuple[str, str], Counter[Controller]]):
    """By cluster and class: how many Ingresses carry annotations of each controller."""

    def __missing__(self, key: tuple[str, str]) -> Counter[Controller]:
        return self.setdefault(key, Counter())


def _prefix_of(annotation: str) -> str:
    """What stands before the `/` of an annotation's key, or ''."""
    return annotation.rpartition("/")[0]
