"""What the functions of Helm's templates read and give, as far as it leads back to values.

The functions are those of Go's `text/template`, of Sprig 3 and of Helm 4 (`pkg/engine/funcs.go`).
One that is not listed reads all of its arguments, and its result is just something computed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plate_llm_cli.helm.references.conditions import Depends, Equals, Fixed, every, some
from plate_llm_cli.helm.references.reads import ReadKind
from plate_llm_cli.helm.references.store import unserialized
from plate_llm_cli.helm.references.values import (
    HOLE,
    NIL,
    Answer,
    Computed,
    Decided,
    Entries,
    Guarded,
    Items,
    Known,
    OneOf,
    Path,
    Serialized,
    guarded,
    map_options,
    one_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from plate_llm_cli.helm.references.conditions import Condition
    from plate_llm_cli.helm.references.interfaces import Reader
    from plate_llm_cli.helm.references.values import Origin, Value
    from plate_llm_cli.helm.templates.syntax import Constant

    Handler = Callable[["Call"], Value]

MAX_ITEMS: Final = 64


class Call:
    """A function's call: its arguments, and the frame to note reads in."""

    __slots__ = ("arguments", "frame", "name", "origin")

    def __init__(self, frame: Reader, name: str, arguments: list[Value], origin: Origin) -> None:
        self.frame = frame
        self.name = name
        self.arguments = arguments
        self.origin = origin

    def __getitem__(self, index: int) -> Value:
        """An argument; nil when there are fewer."""
        return self.arguments[index] if -len(self.arguments) <= index < len(self) else NIL

    def __len__(self) -> int:
        return len(self.arguments)

    def read(self, *values: Value, kind: ReadKind = ReadKind.VALUE) -> None:
        """Note that `values` are read."""
        for value in values:
            self.frame.consume(value, kind)

    def computed(self, shape: str = HOLE) -> Value:
        """Something made of all arguments."""
        sources = (argument.sources() for argument in self.arguments)
        return Computed(frozenset().union(*sources), shape)


def call_function(frame: Reader, name: str, arguments: list[Value], origin: Origin) -> Value:
    """The result of a function; what it reads is noted in `frame`."""
    frame.run.spend()
    plain = name[4:5].lower() + name[5:] if name.startswith("must") and len(name) > 4 else name
    handler = HANDLERS.get(plain)
    call = Call(frame, plain, arguments, origin)
    return _anything(call) if handler is None else handler(call)


def _anything(call: Call) -> Value:
    call.read(*call.arguments)
    return call.computed()


def _presence(call: Call) -> Value:
    call.read(call[-1], kind=ReadKind.PRESENCE)
    call.read(*call.arguments[:-1])
    return call.computed()


def _kind_test(call: Call) -> Value:
    _presence(call)
    return Answer(Depends(call[-1].sources()))


def _digest(call: Call) -> Value:
    call.read(*call.arguments, kind=ReadKind.DIGEST)
    return call.computed()


def _text(call: Call) -> Value:
    """`print`, `printf "%s"`, `cat`: texts that often name templates."""
    call.read(*call.arguments)
    shape = _shape(call)
    if HOLE not in shape:
        return Known(shape)
    return call.computed(shape)


def _shape(call: Call) -> str:
    shapes = [_shape_of(argument) for argument in call.arguments]
    if call.name != "printf":
        return (" " if call.name == "cat" else "").join(shapes)
    first = call[0].constant if isinstance(call[0], Known) else None
    pieces = first.split("%s") if isinstance(first, str) else []
    if not pieces or len(pieces) != len(call) or any("%" in piece for piece in pieces):
        return HOLE
    ends = zip(shapes[1:], pieces[1:], strict=True)
    return pieces[0] + "".join(f"{shape}{piece}" for shape, piece in ends)


def _shape_of(value: Value) -> str:
    if isinstance(value, Known) and isinstance(value.constant, str):
        return value.constant
    return value.shape if isinstance(value, Computed) else HOLE


def _dict(call: Call) -> Value:
    entries = Entries()
    for index in range(0, len(call), 2):
        call.read(call[index])
        call.frame.run.store.assign(entries, call[index], call[index + 1])
    return entries


def _list(call: Call) -> Value:
    return Items(tuple(call.arguments[:MAX_ITEMS]), _rest(call.arguments[MAX_ITEMS:]))


def _rest(values: list[Value]) -> Value | None:
    return one_of(values) if values else None


def _get(call: Call) -> Value:
    """`index value key...`, `get map key`."""
    value = call[0]
    for key in call.arguments[1:]:
        call.read(key)
        value = call.frame.run.store.index(value, key, call.origin)
    return value


def _dig(call: Call) -> Value:
    """`dig key... default map`."""
    value = call[-1]
    for key in call.arguments[:-2]:
        call.read(key)
        value = call.frame.run.store.index(value, key, call.origin)
    return _fallback(value, call[-2])


def _fallback(value: Value, otherwise: Value) -> Value:
    return one_of((value, guarded(value.condition().negated(), otherwise)))


def _pluck(call: Call) -> Value:
    call.read(call[0])
    store = call.frame.run.store
    maps = call.arguments[1:]
    return Items(tuple(store.index(each, call[0], call.origin) for each in maps))


def _pick(call: Call) -> Value:
    call.read(*call.arguments[1:])
    picked = Entries()
    for key in call.arguments[1:]:
        value = call.frame.run.store.index(call[0], key, call.origin)
        call.frame.run.store.assign(picked, key, value)
    return picked


def _first_of_rest(call: Call) -> Value:
    """`omit map key...`, `unset map key`, `without list value...`: the first without a part."""
    call.read(*call.arguments[1:])
    return call[0]


def _last_argument(call: Call) -> Value:
    call.read(*call.arguments[:-1])
    return call[-1]


def _set(call: Call) -> Value:
    call.read(call[1])
    call.frame.run.store.assign(call[0], call[1], call[2])
    return call[0]


def _merge(call: Call) -> Value:
    for source in call.arguments[1:]:
        if source is not call[0]:
            call.frame.run.store.merge(call[0], source)
    return one_of(call.arguments)


def _has_key(call: Call) -> Value:
    call.read(call[1])
    found = call.frame.run.store.index(call[0], call[1], call.origin)
    call.read(found, kind=ReadKind.PRESENCE)
    return Answer(Depends(found.sources()))


def _keys(call: Call) -> Value:
    for each in call.arguments:
        call.read(each.element(), kind=ReadKind.PRESENCE)
    return Items((), one_of(each.key() for each in call.arguments))


def _values(call: Call) -> Value:
    return Items((), call[0].element())


def _end(call: Call) -> Value:
    """`first`, `last`."""
    value = call[0]
    if isinstance(value, Items) and value.known and value.rest is None:
        return value.known[0 if call.name == "first" else -1]
    return value.element()


def _append(call: Call) -> Value:
    """`append`, `prepend`, `push`: a list and one more item."""
    listed = call[0]
    if isinstance(listed, Items) and len(listed.known) < MAX_ITEMS and call.name != "prepend":
        return Items((*listed.known, call[1]), listed.rest)
    return Items((), one_of((listed.element(), call[1])))


def _concat(call: Call) -> Value:
    return Items((), one_of(each.element() for each in call.arguments))


def _default(call: Call) -> Value:
    if len(call) < 2:
        return call[0]
    call.read(call[1], kind=ReadKind.PRESENCE)
    return _fallback(call[1], call[0])


def _coalesce(call: Call) -> Value:
    value: Value = NIL
    for each in reversed(call.arguments):
        call.read(each, kind=ReadKind.PRESENCE)
        value = _fallback(each, value)
    return value


def _ternary(call: Call) -> Value:
    call.read(call[2], kind=ReadKind.PRESENCE)
    test = call[2].condition()
    return one_of((guarded(test, call[0]), guarded(test.negated(), call[1])))


def _required(call: Call) -> Value:
    call.read(call[0])
    call.read(call[1], kind=ReadKind.PRESENCE)
    return call[1]


def _not(call: Call) -> Value:
    call.read(call[0], kind=ReadKind.PRESENCE)
    return Answer(call[0].condition().negated())


def _equal(call: Call) -> Value:
    """`eq a b...`, `ne a b`: true when the first equals any of the others."""
    call.read(*call.arguments)
    test = _equality(call)
    return Answer(test.negated() if call.name == "ne" else test)


def _equality(call: Call) -> Condition:
    known = [each.constant for each in call.arguments if isinstance(each, Known)]
    others = [each for each in call.arguments if not isinstance(each, Known)]
    if len(others) == 1 and known and (len(known) == 1 or others[0] is call[0]):
        return _is_one_of(others[0], tuple(known))
    sources = (argument.sources() for argument in call.arguments)
    return Depends(frozenset().union(*sources))


def _is_one_of(value: Value, constants: tuple[Constant, ...]) -> Condition:
    if isinstance(value, Path):
        return Equals(value.pattern, constants)
    if isinstance(value, Known):
        return Fixed(value.constant in constants)
    if isinstance(value, Guarded):
        return every((value.test, _is_one_of(value.value, constants)))
    if isinstance(value, Decided):
        return _is_one_of(value.value, constants)
    if isinstance(value, OneOf):
        return some(_is_one_of(option, constants) for option in value.options)
    return Depends(value.sources())


def _serialize(call: Call) -> Value:
    return Serialized(call[0])


def _deserialize(call: Call) -> Value:
    return unserialized(call[0])


def _format(call: Call) -> Value:
    """`indent`, `trim` and the like: YAML stays the same YAML."""
    call.read(*call.arguments[:-1])

    def keep(value: Value) -> Value:
        if isinstance(value, (Serialized, Known)):
            return value
        call.read(value)
        return Computed(value.sources())

    return map_options(call[-1], keep)


def _include(call: Call) -> Value:
    return call.frame.run.include(call.frame, call[0], call[1])


def _tpl(call: Call) -> Value:
    return call.frame.run.render_text(call.frame, call[0], call[1])


def _table(*groups: tuple[Handler, str]) -> dict[str, Handler]:
    return {name: handler for handler, names in groups for name in names.split()}


HANDLERS: Final = _table(
    (_presence, "len kindOf typeOf"),
    (_kind_test, "kindIs typeIs typeIsLike"),
    (_digest, "sha1sum sha256sum sha512sum adler32sum md5sum bcrypt"),
    (_text, "print printf cat"),
    (_dict, "dict"),
    (_list, "list tuple"),
    (_get, "index get"),
    (_dig, "dig"),
    (_pluck, "pluck"),
    (_pick, "pick"),
    (_first_of_rest, "omit unset without slice chunk uniq compact reverse rest initial sortAlpha"),
    (_last_argument, "deepCopy"),
    (_set, "set"),
    (_merge, "merge mergeOverwrite"),
    (_has_key, "hasKey"),
    (_keys, "keys"),
    (_values, "values"),
    (_end, "first last"),
    (_append, "append prepend push"),
    (_concat, "concat"),
    (_default, "default"),
    (_coalesce, "coalesce"),
    (_ternary, "ternary"),
    (_required, "required"),
    (_not, "not empty"),
    (_equal, "eq ne"),
    (_serialize, "toYaml toJson toPrettyJson toRawJson toToml toYamlPretty"),
    (_deserialize, "fromYaml fromJson fromYamlArray fromJsonArray fromToml"),
    (_format, "indent nindent trim trimAll trimPrefix trimSuffix replace nospace"),
    (_include, "include"),
    (_tpl, "tpl"),
)
