"""The secrets spec: what OpenBao must hold for each environment, and how each value is made.

It holds no secret. What the file may say is checked by `spec_model`, which loads pydantic; this
module is what everything else uses.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta

    from plate_llm_cli.secrets.addresses import Address, Place
    from plate_llm_cli.source.nodes import SourceFile, Span

DEFAULT_PATH = "environments/secrets.yaml"
"""Where the spec is looked for, from the root of the tree."""


class Encoding(StrEnum):
    """What a generated value looks like."""

    HEX = "hex"
    BASE64 = "base64"
    BASE64URL = "base64url"
    ALPHANUMERIC = "alphanumeric"
    UUID = "uuid"
    RSA = "rsa"
    EC = "ec"
    ED25519 = "ed25519"


@dataclass(frozen=True, slots=True)
class Generate:
    """Random. `size` is bytes of randomness, characters (alphanumeric) or bits (rsa)."""

    encoding: Encoding
    size: int = 0
    curve: str = ""
    """P-256, P-384 or P-521, for `ec`."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """Given by a person or an input file; `about` says where to get it, or is ''."""

    about: str = ""


@dataclass(frozen=True, slots=True)
class FromEnvironment:
    """The environment variable `name` of the process that seeds."""

    name: str


@dataclass(frozen=True, slots=True)
class FromFile:
    """A file of the machine that seeds; `~` is its home folder, relative is from the root."""

    path: str


@dataclass(frozen=True, slots=True)
class Literal:
    """No secret: it stands in the spec."""

    text: str


@dataclass(frozen=True, slots=True)
class Derived:
    """Made from another key, `{}` in `template` being that key's value."""

    parent: Address
    template: str = "{}"


Origin = Generate | Prompt | FromEnvironment | FromFile | Literal | Derived


@dataclass(frozen=True, slots=True)
class Form:
    """What a value must look like; a length is in characters."""

    pattern: str = ""
    min_length: int = 1
    max_length: int = 0
    """0: as long as it likes."""


@dataclass(frozen=True, slots=True, eq=False)
class KeySpec:
    """One key. `span` is where its name stands in the spec."""

    address: Address
    origin: Origin
    span: Span
    required: bool = True
    form: Form = Form()
    rotation: timedelta | None = None
    """How old a value may become."""
    bound: bool = False
    """Belongs to its environment: never copied to another."""
    description: str = ""

    @property
    def name(self) -> str:
        """The key itself."""
        return self.address.key


@dataclass(frozen=True, slots=True, eq=False)
class PathSpec:
    """One path of OpenBao. `span` is where its name stands in the spec."""

    place: Place
    environments: tuple[str, ...]
    keys: dict[str, KeySpec]
    span: Span
    owner: str = ""
    description: str = ""
    shared: bool = False
    role: str = ""
    """What the path is for, the same in every environment; pairs the paths of two of them."""


@dataclass(frozen=True, eq=False)
class Spec:
    """The whole file, sound."""

    file: SourceFile
    paths: tuple[PathSpec, ...]

    @property
    def environments(self) -> tuple[str, ...]:
        """Every environment that is named, in the order of the file."""
        return tuple(dict.fromkeys(name for path in self.paths for name in path.environments))

    @property
    def keys(self) -> Iterator[KeySpec]:
        """Every key, in the order of the file."""
        return (key for path in self.paths for key in path.keys.values())

    def only(self, environments: tuple[str, ...]) -> Spec:
        """The paths that serve one of `environments`."""
        wanted = set(environments)
        kept = tuple(path for path in self.paths if wanted & set(path.environments))
        return Spec(self.file, kept)

    def at(self, place: Place) -> PathSpec | None:
        """The path at `place`."""
        return self._by_place.get(place)

    @cached_property
    def _by_place(self) -> dict[Place, PathSpec]:
        return {path.place: path for path in self.paths}


@dataclass(frozen=True, slots=True)
class SpecProblem:
    """What is wrong in the file, and where."""

    message: str
    help: str
    span: Span
