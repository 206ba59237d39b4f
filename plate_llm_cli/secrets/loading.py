"""Reads the secrets spec of a tree."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.errors import SpecError
from plate_llm_cli.secrets.addresses import Address, Place
from plate_llm_cli.secrets.spec import (
    DEFAULT_PATH,
    Derived,
    Encoding,
    Form,
    FromEnvironment,
    FromFile,
    Generate,
    KeySpec,
    Literal,
    PathSpec,
    Prompt,
    Spec,
    SpecProblem,
)
from plate_llm_cli.secrets.values.forms import check
from plate_llm_cli.secrets.values.generators import generate
from plate_llm_cli.secrets.values.secret import Secret
from plate_llm_cli.source.nodes import Mapping, ProblemKind, Scalar, Span, nearest
from plate_llm_cli.source.plain import to_plain
from plate_llm_cli.source.violations import ViolationKind, near_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plate_llm_cli.secrets.spec import Origin
    from plate_llm_cli.source.nodes import Node, Problem, Route, SourceFile
    from plate_llm_cli.source.tree import Tree

_START: Final = Span(1, 1, 1, 1)
_NO_MAPPING: Final = "the secrets spec must be one mapping with `version` and `paths`"
_BEGIN: Final = "It begins with `version: 1`."
_HOURS: Final = {"h": 1, "d": 24, "w": 24 * 7}
_SIZES: Final = {
    Encoding.HEX: 32,
    Encoding.BASE64: 32,
    Encoding.BASE64URL: 32,
    Encoding.ALPHANUMERIC: 32,
    Encoding.RSA: 3072,
}


@dataclass(frozen=True, slots=True, eq=False)
class LoadedSpec:
    """What became of the file at `path`; `spec` is None when it is missing or broken."""

    path: str
    file: SourceFile | None = None
    spec: Spec | None = None
    problems: tuple[SpecProblem, ...] = field(default=())

    def required(self) -> Spec:
        """The spec.

        Raises:
            SpecError: there is no such file, or something in it is wrong.
        """
        if self.file is None:
            hint = "plate-llm secrets spec --write makes a first one from the charts"
            raise SpecError(f"there is no {self.path}", hint)
        if self.spec is None:
            first, *others = self.problems
            more = f" (and {len(others)} more)" if others else ""
            place = f"{self.path}:{first.span.line}:{first.span.column}"
            raise SpecError(f"{place}: {first.message}{more}", first.help)
        return self.spec


def load_spec(tree: Tree, path: str = "") -> LoadedSpec:
    """The spec of `tree`; everything that is wrong in it, in the order of the file."""
    path = path or DEFAULT_PATH
    if not tree.is_file(path):
        return LoadedSpec(path)
    file = tree.read(path)
    if file.problems:
        found = [SpecProblem(item.message, _help(item), item.span) for item in file.problems]
        return LoadedSpec(path, file, problems=tuple(found))
    root = file.root
    if len(file.documents) != 1 or not isinstance(root, Mapping):
        span = file.documents[-1].span if file.documents else _START
        return LoadedSpec(path, file, problems=(SpecProblem(_NO_MAPPING, _BEGIN, span),))
    problems = list(_empty(root)) or list(_against_model(root))
    if not problems:
        spec = _Reader(file, root).spec()
        problems = [*_references(spec), *_confusable(spec), *_unfit(spec)]
        if not problems:
            return LoadedSpec(path, file, spec)
    ordered = sorted(problems, key=lambda problem: problem.span)
    return LoadedSpec(path, file, problems=tuple(ordered))


def _help(problem: Problem) -> str:
    """The reader speaks of Helm, which never sees this file."""
    return "Keep one of them." if problem.kind is ProblemKind.DUPLICATE_KEY else problem.help


def _empty(node: Node, route: Route = ()) -> Iterator[SpecProblem]:
    """What has a name and nothing behind it, which a model would take as left out."""
    if not isinstance(node, Mapping):
        return
    for entry in node.entries:
        if isinstance(entry.value, Scalar) and entry.value.value is None and not entry.merges:
            message = f"`{entry.key.text}` has nothing behind it"
            yield SpecProblem(message, "Fill it in or remove it.", entry.key.span)
        yield from _empty(entry.value, (*route, entry.name))


def _against_model(root: Mapping) -> Iterator[SpecProblem]:
    from plate_llm_cli.secrets.spec_model import SpecModel  # noqa: PLC0415 - loads pydantic
    from plate_llm_cli.source.pydantic_errors import violations_of  # noqa: PLC0415 - as above

    found = violations_of(SpecModel, to_plain(root))
    misspelt = {item.route[:-1] for item in found if item.kind is ViolationKind.UNKNOWN_FIELD}
    for violation in found:
        if violation.kind is ViolationKind.MISSING_FIELD and violation.route in misspelt:
            continue  # the field that is missing is the one that is misspelt
        span, _ = nearest(root, violation.route)
        yield SpecProblem(violation.message, violation.help, span)


class _Reader:
    """Turns a document that the model has passed into the types of `spec`."""

    def __init__(self, file: SourceFile, root: Mapping) -> None:
        self._file = file
        self._root = root
        data: Any = to_plain(root)
        self._mount: str = data.get("mount") or "secret"
        self._paths: dict[str, dict[str, Any]] = data["paths"]
        self._places = {
            path: Place(body.get("mount") or self._mount, path)
            for path, body in self._paths.items()
        }

    def spec(self) -> Spec:
        return Spec(self._file, tuple(self._path(path) for path in self._paths))

    def _path(self, path: str) -> PathSpec:
        body, place = self._paths[path], self._places[path]
        return PathSpec(
            place=place,
            environments=tuple(body["environments"]),
            keys={name: self._key(place, name, key) for name, key in body["keys"].items()},
            span=self._span(path),
            owner=body.get("owner") or "",
            description=body.get("description") or "",
            shared=bool(body.get("shared")),
            role=body.get("role") or "",
        )

    def _key(self, place: Place, name: str, body: dict[str, Any]) -> KeySpec:
        required = body.get("required")
        return KeySpec(
            address=Address(place, name),
            origin=self._origin(body),
            span=self._span(place.path, "keys", name),
            required=True if required is None else required,
            form=Form(
                body.get("pattern") or "",
                int(body.get("minLength") or 1),
                int(body.get("maxLength") or 0),
            ),
            rotation=_period(body.get("rotation")),
            bound=bool(body.get("environmentBound")),
            description=body.get("description") or "",
        )

    def _origin(self, body: dict[str, Any]) -> Origin:
        if (generate := body.get("generate")) is not None:
            return _generate(generate)
        if (variable := body.get("env")) is not None:
            return FromEnvironment(variable)
        if (file := body.get("file")) is not None:
            return FromFile(file)
        if (value := body.get("value")) is not None:
            return Literal(value)
        if (derived := body.get("from")) is not None:
            return self._derived(derived)
        about = body.get("prompt")
        return Prompt("" if about is True else str(about))

    def _derived(self, body: str | dict[str, str]) -> Derived:
        text = body if isinstance(body, str) else body["secret"]
        template = "{}" if isinstance(body, str) else body.get("template") or "{}"
        name, _, key = text.partition("#")
        # A path may begin like a mount: the path of the file wins.
        inside = {str(place): place for place in self._places.values()}
        place = self._places.get(name) or inside.get(name) or Place(self._mount, name)
        return Derived(Address(place, key), template)

    def _span(self, *route: str) -> Span:
        span, _ = nearest(self._root, ("paths", *route))
        return span


def _generate(body: dict[str, Any]) -> Generate:
    encoding = Encoding(body["as"])
    given = body.get("bytes") or body.get("length") or body.get("bits")
    size = int(given or _SIZES.get(encoding, 0))
    curve = (body.get("curve") or "P-256") if encoding is Encoding.EC else ""
    return Generate(encoding, size, curve)


def _period(text: str | None) -> timedelta | None:
    return timedelta(hours=int(text[:-1]) * _HOURS[text[-1]]) if text else None


def _references(spec: Spec) -> Iterator[SpecProblem]:
    """Keys that are made from a key that is not there, or in a circle, or elsewhere."""
    known = {key.address: key for key in spec.keys}
    derived = [(key, key.origin) for key in spec.keys if isinstance(key.origin, Derived)]
    for key, origin in derived:
        if origin.parent not in known:
            near = near_name(str(origin.parent), map(str, known))
            hint = f"Did you mean {near}?" if near else "It must be a key of this file."
            yield SpecProblem(f"`from` names {origin.parent}, which is not here", hint, key.span)
        elif missing := _unserved(spec, key, origin.parent):
            message = f"{origin.parent} does not serve {' and '.join(missing)}"
            hint = "What is made from it cannot be made there: name a key of the same environment."
            yield SpecProblem(message, hint, key.span)
    circle = _circle((key.address, origin.parent) for key, origin in derived)
    if circle:
        way = " from ".join(str(address) for address in circle)
        span = known[circle[0]].span
        yield SpecProblem(f"made in a circle: {way}", "One of them needs another origin.", span)


def _unfit(spec: Spec) -> Iterator[SpecProblem]:
    """Keys whose own origin makes what their form refuses: they could never be seeded."""
    for key in spec.keys:
        sample = _sample(key.origin)
        fault = check(sample, key.form, key.address) if sample is not None else None
        if fault is not None:
            made = "the value here" if isinstance(key.origin, Literal) else "what is generated"
            help_text = "Change how it is made, or what it must look like."
            yield SpecProblem(f"{made} {fault.what}", help_text, key.span)


def _sample(origin: Origin) -> Secret | None:
    """What the origin makes; of private keys, which take long to make, nothing."""
    if isinstance(origin, Literal):
        return Secret(origin.text)
    slow = (Encoding.RSA, Encoding.EC, Encoding.ED25519)
    if isinstance(origin, Generate) and origin.encoding not in slow:
        return generate(origin)
    return None


def _confusable(spec: Spec) -> Iterator[SpecProblem]:
    """Keys that one variable of an input file would mean, in one environment."""
    seen: dict[tuple[str, str], KeySpec] = {}
    for path in spec.paths:
        for key in path.keys.values():
            names = [(name, key.address.variable) for name in path.environments]
            first = next((seen[name] for name in names if name in seen), None)
            if first is not None:
                message = f"{key.address.variable} would mean {first.address} and {key.address}"
                yield SpecProblem(message, "Give one of them another name.", key.span)
            seen |= dict.fromkeys(names, key)


def _unserved(spec: Spec, key: KeySpec, parent: Address) -> list[str]:
    here, there = spec.at(key.address.place), spec.at(parent.place)
    environments = there.environments if there else ()
    return [name for name in here.environments if name not in environments] if here else []


def _circle(pairs: Iterable[tuple[Address, Address]]) -> list[Address]:
    """The first circle among child and parent, or nothing."""
    sorter: TopologicalSorter[Address] = TopologicalSorter()
    for child, parent in pairs:
        sorter.add(child, parent)
    try:
        sorter.prepare()
    except CycleError as error:
        circle: list[Address] = error.args[1]
        return circle[::-1]
    return []
