"""Go templates of ApplicationSets, rewritten so that Helm fills them in as ArgoCD does."""

from __future__ import annotations

import re
from typing import Final

from plate_llm_cli.gitops.application_sets.texts import Unfilled
from plate_llm_cli.helm.templates.parser import TemplateSyntaxError, parse
from plate_llm_cli.helm.templates.syntax import Function, Invocation, nodes_of

_HELM_ONLY: Final = """
include tpl required lookup toToml fromToml mustToToml toYamlPretty mustToYaml fromJsonArray
getHostByName
"""
_CHANGING: Final = """
now ago htmlDate date dateInZone randAlphaNum randAlpha randAscii randNumeric randBytes randInt
uuidv4 shuffle bcrypt htpasswd genPrivateKey genCA genCAWithKey genSelfSignedCert
genSelfSignedCertWithKey genSignedCert genSignedCertWithKey encryptAES
"""
"""What they give is another each time, or depends on the clock."""
_SLUGIFY: Final = re.compile(r"""slugify((?:[ ]+(?:\d+|true|false|[.$][\w.]*|"[^"\\]*"))*)""")


def for_helm(template: str) -> str | Unfilled:
    """`template` for Helm, or why it is not filled in."""
    try:
        parsed = parse(template)
    except TemplateSyntaxError:
        return template  # Helm says what is wrong, in its own words
    if parsed.defines:
        return Unfilled("a template in the template is not filled in here", sure=False)
    found = list(nodes_of(parsed.body))
    if any(isinstance(node, Invocation) for node in found):
        return Unfilled("a template in the template is not filled in here", sure=False)
    functions = [node for node in found if isinstance(node, Function)]
    for function in functions:
        if function.name in _HELM_ONLY.split():
            line = template.count("\n", 0, function.offset) + 1
            hint = "Helm has it, but ArgoCD has no charts to look into"
            return Unfilled(f'function "{function.name}" not defined', line, help=hint)
        if function.name in _CHANGING.split():
            return Unfilled(f"{function.name} gives another text each time", sure=False)
    return _bridged(template, functions)


def _bridged(template: str, functions: list[Function]) -> str | Unfilled:
    for function in sorted(functions, key=lambda node: node.offset, reverse=True):
        head, tail = template[: function.offset], template[function.offset :]
        if function.name == "normalize":
            template = f'{head}include "normalize"{tail[len("normalize") :]}'
        elif function.name == "fromJson":
            # Helm's own takes objects only; Sprig's, which is ArgoCD's, anything.
            template = f"{head}mustFromJson{tail[len('fromJson') :]}"
        elif function.name == "slugify":
            match = _SLUGIFY.match(tail)
            if match is None or tail[match.end() :].lstrip(" ")[:1] not in ("}", "|", ")", "-"):
                return Unfilled("slugify of an expression is not filled in here", sure=False)
            template = f'{head}list{match[1]} | include "slugify"{tail[match.end() :]}'
    return template
