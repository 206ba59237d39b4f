"""From what a pod reads down to OpenBao, for people."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from plate_llm_cli.graph.secret_uses import How
from plate_llm_cli.report.columns import table
from plate_llm_cli.report.untrusted import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.graph.secret_chains import Chain

_UNKNOWN = "nothing in the tree"


def chains_text(chains: Iterable[Chain], width: int | None) -> str:
    """A block for each object that reads Secrets: variable, Secret and key, path and key."""
    blocks = []
    for manifest, members in groupby(chains, key=lambda chain: chain.use.manifest):
        rows = list(dict.fromkeys(_row(chain) for chain in members))
        blocks.append(f"{_title(manifest)}\n{table(('READS', 'SECRET', 'OPENBAO'), rows, width)}")
    return "\n".join(blocks)


def _title(manifest: Manifest) -> str:
    name = f"{manifest.kind}/{manifest.name} in {manifest.namespace}"
    return one_line(f"{name}  ({manifest.release.name})")


def _row(chain: Chain) -> tuple[str, str, str]:
    use = chain.use
    secret = use.secret if use.key is None or use.how is How.PULL else f"{use.secret}#{use.key}"
    return _reads(chain), secret, _origin(chain)


def _reads(chain: Chain) -> str:
    use = chain.use
    if use.how is How.ENV:
        name = use.variable
    elif use.how is How.ENV_FROM:
        name = f"{use.variable}*"
    else:
        name = "image pulls" if use.how is How.PULL else "a volume"
    return f"{name} (optional)" if use.optional else name


def _origin(chain: Chain) -> str:
    if not chain.producers:
        return _UNKNOWN
    read: dict[str, dict[str, None]] = {}
    for key in chain.remote:
        read.setdefault(str(key.at), {})[key.name or "*"] = None
    for path in chain.whole:
        read.setdefault(str(path), {})["*"] = None
    if read:
        return " ".join(f"{path}#{','.join(keys)}" for path, keys in read.items())
    maker = chain.producers[0].manifest
    return f"{maker.kind}/{maker.name}" if chain.made and not chain.lacks_key else _UNKNOWN
