"""What people give, brought to the keys of the spec."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from plate_llm_cli.errors import UsageError
from plate_llm_cli.secrets.key_names import ALL_KEYS, KeyNames
from plate_llm_cli.secrets.spec import Derived, Literal
from plate_llm_cli.secrets.values.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from plate_llm_cli.secrets.addresses import Address
    from plate_llm_cli.secrets.spec import KeySpec, Spec
    from plate_llm_cli.secrets.values.given import Given


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """What was given, by key; `names` are those of the keys that could be given."""

    names: KeyNames
    given: Mapping[Address, Given] = field(default_factory=dict)

    def get(self, address: Address) -> Secret | None:
        """The value that was given for the key."""
        found = self.given.get(address)
        return None if found is None else found.value

    def where(self, address: Address) -> str:
        """The place where it was given, `secrets.env line 3`; '' if it was not."""
        found = self.given.get(address)
        return "" if found is None else found.where


def resolve(given: Iterable[Given], spec: Spec) -> Inputs:
    """`given` by key. `spec` holds the paths of the environment that is seeded.

    Raises:
        UsageError: a name is unknown or ambiguous, the spec does not let the key be given, or two
            places give it different values.
    """
    names = KeyNames(spec)
    found: dict[Address, Given] = {}
    unknown: list[Given] = []
    for item in given:
        keys = names.find(item.name)
        if not keys:
            unknown.append(item)
            continue
        key = names.only(keys, item.name, item.where)
        _refuse_fixed(key, item, spec)
        _refuse_contradiction(found.setdefault(key.address, item), item, key)
    if unknown:
        raise _unknown(unknown, names)
    return Inputs(names, found)


def resolve_names(wanted: Iterable[str], spec: Spec) -> list[Address]:
    """The keys that names on the command line mean, each once; `path#*` is a path's every key.

    Raises:
        UsageError: a name is unknown or ambiguous. An unknown one is not repeated.
    """
    names = KeyNames(spec)
    found: list[Address] = []
    unknown: list[str] = []
    for name in wanted:
        if name.endswith(ALL_KEYS):
            keys = names.find_all(name)
        else:
            keys = names.find(name)
            keys = (names.only(keys, name, ""),) if keys else ()
        found += [key.address for key in keys]
        unknown += [] if keys else [name]
    if unknown:
        subject = "a name that was given is" if len(unknown) == 1 else "names that were given are"
        raise UsageError(f"{subject} no key of this environment", names.advice(unknown))
    return list(dict.fromkeys(found))


def derive(template: str, parent: Secret) -> Secret:
    """`template` with the parent's value for each `{}`; every other character stays."""
    return Secret(template.replace("{}", parent.reveal()))


def _unknown(items: list[Given], names: KeyNames) -> UsageError:
    places = list(dict.fromkeys(item.where for item in items))
    verb = "names" if len(places) == 1 else "name"
    more = f" and {len(places) - 5} more" if len(places) > 5 else ""
    message = f"{', '.join(places[:5])}{more} {verb} no key of this environment"
    return UsageError(message, names.advice(item.name for item in items))


def _refuse_fixed(key: KeySpec, item: Given, spec: Spec) -> None:
    if isinstance(key.origin, Literal):
        what = "stands in the spec"
        hint = f"change it in {spec.file.path} line {key.span.line}"
    elif isinstance(key.origin, Derived):
        what = f"is made from {key.origin.parent}"
        hint = f"give {key.origin.parent} instead"
    else:
        return
    raise UsageError(f"{item.where} gives {key.address}, whose value {what}", hint)


def _refuse_contradiction(first: Given, item: Given, key: KeySpec) -> None:
    if not first.value.same_as(item.value):
        message = f"{first.where} and {item.where} give {key.address} different values"
        raise UsageError(message, "keep one of them")
