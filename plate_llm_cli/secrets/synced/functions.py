"""Functions that templates of External Secrets may use here: what Helm has with the same meaning.

From the operator's `runtime/template/v2/sprig/functions.go` and Go's `text/template`. Left out are
those that only one of the two has (`pkcs12key`, `include`), that differ (`toYaml`), and those that
make another value each time (`randAlphaNum`, `now`, `bcrypt`).
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from plate_llm_cli.helm.templates.parser import TemplateSyntaxError, parse
from plate_llm_cli.helm.templates.syntax import (
    Command,
    Dot,
    Function,
    Invocation,
    Literal,
    Pipeline,
    Variable,
    nodes_of,
)
from plate_llm_cli.secrets.synced.failures import NotSyncedError, unsupported

if TYPE_CHECKING:
    from collections.abc import Container

    from plate_llm_cli.helm.templates.syntax import Operand

_ALIKE: Final = """
and or not len index print printf println html js urlquery eq ne lt le gt ge htmlDate
htmlDateInZone date dateInZone date_in_zone date_modify dateModify mustDateModify
must_date_modify duration durationRound toDate mustToDate abbrev abbrevboth trunc trim upper
lower title untitle substr repeat trimall trimAll trimSuffix trimPrefix nospace initials
swapcase snakecase camelcase kebabcase wrap wrapWith contains hasPrefix hasSuffix quote
squote cat indent nindent replace plural sha1sum sha256sum sha512sum adler32sum toString
atoi int64 int float64 seq toDecimal split splitList splitn toStrings until untilStep add1
add sub div mod mul add1f addf subf divf mulf biggest max min maxf minf ceil floor round
join sortAlpha default empty coalesce all any compact mustCompact fromJson toJson
toPrettyJson toRawJson mustFromJson mustToJson mustToPrettyJson mustToRawJson ternary
deepCopy mustDeepCopy typeOf typeIs typeIsLike kindOf kindIs deepEqual base dir clean ext
isAbs osBase osClean osDir osExt osIsAbs b64enc b64dec b32enc b32dec tuple list dict get set
unset hasKey pluck keys pick omit merge mergeOverwrite mustMerge mustMergeOverwrite values
append push mustAppend mustPush prepend mustPrepend first mustFirst rest mustRest last
mustLast initial mustInitial reverse mustReverse uniq mustUniq without mustWithout has
mustHas slice mustSlice concat dig chunk mustChunk derivePassword decryptAES semver
semverCompare fail regexMatch mustRegexMatch regexFindAll mustRegexFindAll regexFind
mustRegexFind regexReplaceAll mustRegexReplaceAll regexReplaceAllLiteral
mustRegexReplaceAllLiteral regexSplit mustRegexSplit regexQuoteMeta urlParse urlJoin
"""
ALIKE: Final = frozenset(_ALIKE.split())
_OF_MAP: Final = """
get set unset hasKey pluck keys pick omit merge mergeOverwrite mustMerge mustMergeOverwrite values
dig deepCopy mustDeepCopy deepEqual typeOf typeIs typeIsLike
"""
_OF_MAPS: Final = frozenset(_OF_MAP.split())
"""To these it matters that the map of keys is one of anything to Helm, of texts to the operator."""
_ROOT: Final = "$"


def for_helm(template: str, keys: Container[str]) -> str:
    """`template` as Helm fills it in, from a map with `keys`, in the same way as the operator.

    Raises:
        NotSyncedError: it is no template, or has something that Helm has not, or differently.
    """
    if "{{" not in template:
        return template
    try:
        parsed = parse(template)
    except TemplateSyntaxError:
        raise NotSyncedError("unable to parse template") from None
    if parsed.defines:
        raise unsupported("a template in the template, which is not filled in here")
    found = list(nodes_of(parsed.body))
    for node in found:
        _check(node, keys)
    objects = [node.offset for node in found if isinstance(node, Function) and _takes_objects(node)]
    for offset in sorted(objects, reverse=True):
        template = f"{template[:offset]}mustFromJson{template[offset + len('fromJson') :]}"
    return template


def _takes_objects(function: Function) -> bool:
    """Helm's own fromJson takes objects only; Sprig's, which is the operator's, anything."""
    return function.name == "fromJson"


def _check(node: object, keys: Container[str]) -> None:
    if isinstance(node, Function) and node.name not in ALIKE:
        message = f"{node.name} in a template, which cannot be filled in as the operator would"
        raise unsupported(message)
    if isinstance(node, Invocation):
        raise unsupported("a template in the template, which is not filled in here")
    if isinstance(node, Pipeline):
        for command, after in pairwise(node.commands):
            _check_call(after.operands[0], command.operands)
    if isinstance(node, Command) and isinstance(node.operands[0], Function):
        _check_call(node.operands[0], node.operands[1:])
        _check_index(node.operands[0], node.operands[1:], keys)


def _check_call(called: Operand, arguments: tuple[Operand, ...]) -> None:
    if isinstance(called, Function) and called.name in _OF_MAPS and any(map(_is_root, arguments)):
        message = f"{called.name} of all keys, which are no map of anything to the operator"
        raise unsupported(message, "name the keys, as in {{ .password }}")


def _check_index(called: Operand, arguments: tuple[Operand, ...], keys: Container[str]) -> None:
    """A key that is not there is an empty text to the operator, and nothing at all to Helm."""
    if not isinstance(called, Function) or called.name != "index" or not _is_root(arguments[0]):
        return
    key = arguments[1] if len(arguments) > 1 else None
    if not isinstance(key, Literal) or key.value not in keys:
        raise unsupported("index of a key that may not be there", "read it as {{ .key }}")


def _is_root(operand: Operand) -> bool:
    return isinstance(operand, Dot) or (isinstance(operand, Variable) and operand.name == _ROOT)
