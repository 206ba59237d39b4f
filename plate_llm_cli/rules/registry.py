"""Every rule, in the order in which the documentation lists them. A new rule is one line here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.rules.argocd.missing_path import MissingPath
from plate_llm_cli.rules.argocd.missing_value_file import MissingValueFile
from plate_llm_cli.rules.helm.render_failed import RenderFailed
from plate_llm_cli.rules.source.duplicate_key import DuplicateKey
from plate_llm_cli.rules.source.invalid_yaml import InvalidYaml

if TYPE_CHECKING:
    from plate_llm_cli.rules.base import Rule

RULES: tuple[Rule, ...] = (
    InvalidYaml(),
    DuplicateKey(),
    RenderFailed(),
    MissingPath(),
    MissingValueFile(),
)
