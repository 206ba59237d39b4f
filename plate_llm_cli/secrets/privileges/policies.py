"""The least that OpenBao must allow: a policy for each reader, and one for who seeds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from plate_llm_cli.secrets.addresses import Place
    from plate_llm_cli.secrets.privileges.readers import Reader
    from plate_llm_cli.secrets.spec import Spec

READ: Final[tuple[str, ...]] = ("read",)
SEED: Final = ("create", "read", "update")
NOTE: Final = ("patch", "read")
"""On a path's metadata: how many versions it keeps, and the time at which a key was changed."""
LIST: Final[tuple[str, ...]] = ("list",)


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy: its capabilities by path of OpenBao's API, such as `secret/data/harbor/staging`."""

    name: str
    about: str
    grants: dict[str, tuple[str, ...]]

    @property
    def hcl(self) -> str:
        """The policy as OpenBao takes it; the same grants give the same text."""
        blocks = [f"# {self.about}\n# Made by plate-llm secrets policy; changes here are lost.\n"]
        for path, capabilities in sorted(self.grants.items()):
            listed = ", ".join(f'"{name}"' for name in sorted(capabilities))
            blocks.append(f'path "{path}" {{\n  capabilities = [{listed}]\n}}\n')
        return "\n".join(blocks)

    def allows(self, path: str) -> frozenset[str]:
        """What it allows at `path`: an exact grant counts alone, else the longest with `*`."""
        if path in self.grants:
            return frozenset(self.grants[path])
        globs = [glob for glob in self.grants if glob.endswith("*") and path.startswith(glob[:-1])]
        return frozenset(self.grants[max(globs, key=len)]) if globs else frozenset()


def data(place: Place) -> str:
    """Where the values of a path are in the API."""
    return f"{place.mount}/data/{place.path}"


def metadata(place: Place) -> str:
    """Where the versions and annotations of a path are in the API."""
    return f"{place.mount}/metadata/{place.path}"


def seeder_policy(env: str, spec: Spec) -> Policy:
    """What `seed`, `rotate` and `age` need for an environment; `spec` holds its paths alone."""
    grants: dict[str, tuple[str, ...]] = {}
    for path in spec.paths:
        grants[data(path.place)] = SEED
        grants[metadata(path.place)] = NOTE
    return Policy(seeder_name(env), f"Seeds and rotates the secrets of {env}.", grants)


def seeder_name(env: str) -> str:
    """The name of the seeder's policy, and of its auth role."""
    return f"plate-llm-seeder-{env}".lower()


def reader_policy(reader: Reader) -> Policy:
    """What a reader needs: to read its paths, and nothing beside them."""
    grants = {data(place): READ for place in reader.paths}
    grants |= {metadata(place): READ for place in reader.noted}
    # External Secrets lists every folder below the one that it searches.
    grants |= {f"{metadata(folder)}/*".replace("//", "/"): LIST for folder in reader.folders}
    stores = " and ".join(dict.fromkeys(store.label for store in reader.stores))
    return Policy(reader.name, f"What {_comment(stores)} may read.", grants)


def _comment(text: str) -> str:
    """Text of the tree within a comment: it cannot begin a new line."""
    return "".join(char if char.isprintable() else "?" for char in text)
