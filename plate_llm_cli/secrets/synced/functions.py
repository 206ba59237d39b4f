"""Functions that templates of External Secrets may use here: what Helm has with the same meaning.

From the operator's `runtime/template/v2/sprig/functions.go` and Go's `text/template`. Left out are
those that only one of the two has (`pkcs12key`, `include`), that differ (`toYaml`), and those that
make another value each time (`randAlphaNum`, `now`, `bcrypt`).
"""

from __future__ import annotations

import re
from typing import Final

from plate_llm_cli.secrets.synced.failures import NotSyncedError, unsupported

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
_KEYWORDS: Final = frozenset(
    ("if", "else", "end", "range", "with", "break", "continue", "nil", "true", "false")
)
_OF_MAPS: Final = (
    "get|set|unset|hasKey|pluck|keys|pick|omit|(?:mustM|m)erge(?:Overwrite)?|values|dig|deepCopy"
)
_ON_ROOT: Final = re.compile(
    rf"(?:{_OF_MAPS})(?:\s+\"[^\"]*\")*\s+[.$](?=[\s)|}}])|(?<![\w.])[.$]\s*\|\s*(?:{_OF_MAPS})\b"
)
"""Such a function on the map itself. To Helm it is a map of anything, to the operator one of texts,
which these functions do not take."""
_ACTION: Final = re.compile(
    r"\{\{(?:-\s)?\s*/\*.*?\*/\s*(?:\s-)?\}\}"
    r'|\{\{(?:"(?:\\.|[^"\\\n])*"|`[^`]*`|\'(?:\\.|[^\'\\\n])*\'|[^"`\'])*?\}\}',
    re.DOTALL,
)
_TOKEN: Final = re.compile(
    r'"(?:\\.|[^"\\])*"|`[^`]*`|\'(?:\\.|[^\'\\])*\'|/\*.*?\*/|(?<![.$\w])[A-Za-z_]\w*', re.DOTALL
)


def for_helm(template: str) -> str:
    """`template` as Helm fills it in the same way as the operator.

    Raises:
        NotSyncedError: there is something in it that Helm has not, or has differently.
    """
    return _ACTION.sub(lambda action: _action(action[0]), template)


def _action(text: str) -> str:
    if _ON_ROOT.search(text):
        message = "a function of maps on the keys themselves, which are no map of anything"
        raise NotSyncedError(message, "name the keys, as in {{ .password }}")
    return _TOKEN.sub(lambda token: _token(token[0]), text)


def _token(text: str) -> str:
    if text[0] in "\"`'/" or text in _KEYWORDS:
        return text
    if text not in ALIKE:
        raise unsupported(f"{text} in a template, which cannot be filled in as the operator would")
    # Helm's own fromJson takes objects only.
    return "mustFromJson" if text == "fromJson" else text
