"""One ApplicationSet that makes the same Applications as their own files.

What all have in common is the template; a text that differs becomes a name of the list's elements;
what is not in all, or is no text, becomes each element's patch.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.gitops.generation.draft import Draft

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plate_llm_cli.source.nodes import Plain, Route

PATCH: Final = "{{ toJson .patch }}"
_ABSENT: Final = object()
_UNTYPED: Final = "valuesObject"
"""ArgoCD's patch cannot look inside (argo-cd issue 22850): it patches all of it, or nothing."""
_WORDS: Final = re.compile(r"[A-Za-z0-9]+")
_FIXED: Final = frozenset({"apiVersion", "kind", "status", "operation"})
_OPTIONS_WHY: Final = ("A name that an element lacks is an error, not an empty text.",)
_PATCH_WHY: Final = ("What only some of them have.",)


def application_set_text(name: str, namespace: str, applications: Sequence[Plain]) -> str:
    """The ApplicationSet `name` that makes `applications`, which are whole objects as data."""
    bodies = [_body(item) for item in applications]
    common = _Common(bodies)
    template = common.template()
    if not any(common.elements):  # then ArgoCD fills in nothing: what is there stays as it is
        template = bodies[0]
    draft = Draft("")
    draft.set(("apiVersion",), "argoproj.io/v1alpha1")
    draft.set(("kind",), "ApplicationSet")
    draft.set(("metadata",), {"name": name, "namespace": namespace})
    draft.set(("spec", "goTemplate"), value=True)
    draft.add(("spec", "goTemplateOptions"), "missingkey=error", _OPTIONS_WHY)
    elements: list[Plain] = list(common.elements)
    draft.add(("spec", "generators"), {"list": {"elements": elements}})
    draft.set(("spec", "template"), template)
    if any(common.patches):
        draft.set(("spec", "templatePatch"), PATCH, _PATCH_WHY)
    return draft.text


def _body(application: Plain) -> dict[str, Any]:
    fields = application if isinstance(application, dict) else {}
    return {key: value for key, value in fields.items() if key not in _FIXED}


class _Common:
    """What several objects have in common, and what each has beside it."""

    def __init__(self, bodies: list[dict[str, Any]]) -> None:
        self._bodies = bodies
        self._names: dict[tuple[str, ...], str] = {}
        self.patches: list[dict[str, Any]] = [{} for _ in bodies]

    def template(self) -> Any:
        """The part of all, with names in the place of texts that differ."""
        return self._shared(list(self._bodies), ())

    @property
    def elements(self) -> list[dict[str, Any]]:
        """For each object its value of every name, and its patch if any has one."""
        patched = any(self.patches)
        return [
            {name: values[index] for values, name in self._names.items()}
            | ({"patch": patch} if patched else {})
            for index, patch in enumerate(self.patches)
        ]

    def _shared(self, values: list[Any], route: Route) -> Any:
        first = values[0]
        if all(isinstance(value, dict) for value in values):
            return self._shared_mapping(values, route)
        if _are_alike(values):
            return [
                self._shared([value[index] for value in values], (*route, index))
                for index in range(len(first))
            ]
        if all(isinstance(value, str) for value in values):
            return _literal(first) if len(set(values)) == 1 else self._name(values, route)
        return first

    def _shared_mapping(self, values: list[dict[str, Any]], route: Route) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key in dict.fromkeys(key for value in values for key in value):
            there = [value.get(key, _ABSENT) for value in values]
            if _is_common(there) and (key != _UNTYPED or len({_shape(it) for it in there}) == 1):
                found[key] = self._shared(there, (*route, key))
            else:
                self._patch(there, (*route, key))
        return found

    def _name(self, values: list[str], route: Route) -> str:
        """The template of a text that differs; the same texts have the same name."""
        column = tuple(values)
        if column not in self._names:
            self._names[column] = _free_name(route, {*self._names.values(), "patch"})
        return f"{{{{ .{self._names[column]} }}}}"

    def _patch(self, values: list[Any], route: Route) -> None:
        for patch, value in zip(self.patches, values, strict=True):
            if value is _ABSENT:
                continue
            for step in route[:-1]:
                patch = patch.setdefault(str(step), {})  # noqa: PLW2901 - the way down
            patch[str(route[-1])] = value


def _is_common(values: list[Any]) -> bool:
    """Whether one template stands for all of `values`; a mapping always has a part that may."""
    if any(value is _ABSENT for value in values):
        return False
    if all(isinstance(value, dict) for value in values):
        return True
    if all(isinstance(value, str) for value in values) or _are_alike(values):
        return True
    return all(type(value) is type(values[0]) and value == values[0] for value in values)


def _are_alike(values: list[Any]) -> bool:
    """Lists that differ in texts alone: a patch replaces a list as a whole."""
    if not all(isinstance(value, list) for value in values):
        return False
    return len({_shape(value) for value in values}) == 1


def _shape(value: Any) -> str:
    """A value without its texts."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{key!r}:{_shape(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_shape, value)) + "]"
    return "text" if isinstance(value, str) else repr(value)


def _literal(text: str) -> str:
    """`text` as a template that gives it back."""
    return text.replace("{{", '{{ "{{" }}')


def _free_name(route: Route, taken: set[str]) -> str:
    """A name after the last steps of the route, such as `namespace` or `valueFiles0`."""
    steps = [step for step in route if isinstance(step, str)]
    index = str(route[-1]) if isinstance(route[-1], int) else ""
    name = ""
    for step in reversed(steps):
        words = _WORDS.findall(step.rpartition("/")[2])
        own = "".join([*words[:1], *(word[:1].upper() + word[1:] for word in words[1:])])
        name = own + name[:1].upper() + name[1:]
        if f"{name}{index}" not in taken and name[:1].isalpha():
            return f"{name}{index}"
    return next(f"text{n}" for n in range(len(taken) + 1) if f"text{n}" not in taken)
