"""A value that was to be replaced, and was not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.credential_names import is_referred, kind_of
from plate_llm_cli.graph.given_texts import given_texts
from plate_llm_cli.graph.secret_fields import at, mapping, mappings, text, texts
from plate_llm_cli.graph.sync_exceptions import is_left_alone
from plate_llm_cli.graph.written_texts import set_texts
from plate_llm_cli.rules.base import Defect, FilePlace, ManifestPlace, Rule
from plate_llm_cli.secrets.values.placeholders import is_placeholder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.source.nodes import Route

_HELP: Final = "set what this environment needs, in its own value file or from a Secret"
_WORDS: Final = re.compile(
    r"(?:please[_ -])?(?:change|replace)[_ -]?(?:me|this)(?:[_ -]?(?:please|now|later|in[_ -]prod"
    r"(?:uction)?|[0-9]{1,4}|!+))?|to[_-]?do|fix[_-]?me|tbd|"
    r"<(?:your|my|the|insert|enter|add|put|change|replace|fill|todo)(?:[ _-][A-Za-z0-9 _.:-]*)?>|"
    r"(?:your|insert|enter)[_-][a-z0-9_-]*(?:here|key|token|password|secret|domain|host|email)|"
    r"(?:replace|change)[_-]with[_-][a-z0-9_-]+|x{4,}",
    re.IGNORECASE,
)
_HOST: Final = re.compile(
    r"(?:www\.)?example\.(?:com|org|net)|chart-example\.local|your-?(?:domain|host)[a-z0-9.-]*",
    re.IGNORECASE,
)
_MAIL: Final = re.compile(
    r"[^@]*@(?:[a-z0-9-]+\.)*(?:example\.(?:com|org|net)|your-?domain\.[a-z]+)|your-?e?mail@.*",
    re.IGNORECASE,
)


class PlaceholderValue(Rule):
    """Something that was to be replaced is deployed as it is.

    ## What it does
    Looks at what is rendered: variables, keys of Secrets and ConfigMaps, images, hosts of
    Ingresses and certificates, and the address that ACME is told. It finds `CHANGE_ME`, `TODO`,
    `<your-key>` as a whole value, the host `example.com`, and addresses at example.com. Values that
    nothing renders, comments, and Secrets whose data the Application ignores are left out. Of
    charts that are elsewhere, passwords and keys that are set are looked at.

    ## Why is this bad?
    Everything is applied without a word, and fails at the first use: Let's Encrypt takes no
    account at example.com, and `CHANGE_ME` is the first password that anybody tries.

    ## Example
    ```yaml
    database:
      password: CHANGE_ME
    ```

    ## Use instead
    A reference to a Secret that External Secrets makes, or the value of this environment.
    """

    id = "placeholder-value"
    severity = Severity.WARNING
    summary = "Something that was to be replaced is deployed as it is"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every placeholder that is rendered."""
        for given in given_texts(deployment.manifests, deployment.wiring.workloads):
            manifest = given.manifest
            if manifest.hook or is_left_alone(manifest, *map(str, given.route)):
                continue
            if _is_left(given.name, given.text.strip()):
                yield _defect(manifest, given.route, f"{given.name} is a placeholder")
        for item in set_texts(deployment):
            # What a chart of this tree makes of it was looked at above.
            if (
                not item.is_rendered
                and kind_of(item.name)
                and _is_left(item.name, item.text.strip())
            ):
                message = f"{item.name} is a placeholder: the chart gets it as it is"
                place = FilePlace(item.file, item.span)
                yield Defect(place, message, _HELP, releases=(item.release.name,))
        for workload in deployment.wiring.workloads:
            for container in workload.containers:
                image = text(container.spec.get("image"))
                tag = image.rpartition(":")[2]
                if _WORDS.fullmatch(image) or _WORDS.fullmatch(tag):
                    route = (*container.base, "image")
                    message = f"the image of container {container.name} is a placeholder"
                    yield _defect(workload.manifest, route, message)
        for manifest in deployment.manifests:
            yield from _hosts(manifest)
            yield from _mail(manifest)


def _is_left(name: str, value: str) -> bool:
    """Whether nobody has replaced `value`: of a credential, `example` is no value either."""
    if _WORDS.fullmatch(value):
        return True
    absent = value.lower() in ("none", "null", "nil", "empty", "unset", "undefined", "removed")
    return bool(kind_of(name)) and is_placeholder(value) and not (absent or is_referred(value))


def _hosts(manifest: Manifest) -> Iterator[Defect]:
    """The first host of an object: `tls` repeats it."""
    spec = mapping(manifest.plain.get("spec"))
    hosts: list[tuple[str, Route]] = []
    if manifest.kind == "Ingress":
        rules = mappings(spec.get("rules"))
        hosts += [(text(rule.get("host")), ("spec", "rules", at, "host")) for at, rule in rules]
        for index, entry in mappings(spec.get("tls")):
            named = enumerate(texts(entry.get("hosts")))
            hosts += [(host, ("spec", "tls", index, "hosts", step)) for step, host in named]
    elif manifest.kind in ("HTTPRoute", "GRPCRoute", "TLSRoute"):
        named = enumerate(texts(spec.get("hostnames")))
        hosts += [(host, ("spec", "hostnames", step)) for step, host in named]
    elif manifest.kind == "Certificate":
        named = enumerate(texts(spec.get("dnsNames")))
        hosts += [(host, ("spec", "dnsNames", step)) for step, host in named]
    told: set[str] = set()
    for host, route in hosts:
        if host not in told and (_HOST.fullmatch(host) or _WORDS.fullmatch(host)):
            told.add(host)
            yield _defect(manifest, route, f"host {host} of {manifest.kind} is a placeholder")


def _mail(manifest: Manifest) -> Iterator[Defect]:
    if manifest.kind not in ("Issuer", "ClusterIssuer"):
        return
    address = text(at(manifest.plain, "spec", "acme", "email"))
    if _MAIL.fullmatch(address) or _WORDS.fullmatch(address):
        message = f"the address of {manifest.kind} {manifest.name} is a placeholder"
        yield _defect(manifest, ("spec", "acme", "email"), message)


def _defect(manifest: Manifest, route: Route, message: str) -> Defect:
    return Defect(
        ManifestPlace(manifest, route),
        f"{message}: it is deployed as it is",
        _HELP,
    )
