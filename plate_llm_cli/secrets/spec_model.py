"""The strict model of the secrets spec.

Imports pydantic, which takes 100 ms: import this module only where it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, PlainValidator, model_validator

from plate_llm_cli.secrets.addresses import KEY_PATTERN, LONGEST_KEY, LONGEST_PATH, PATH_PATTERN
from plate_llm_cli.secrets.values.forms import pattern_problem
from plate_llm_cli.source.strict_model import StrictModel, needed, optional
from plate_llm_cli.source.strict_types import TextForm, WholeNumber, fault
from plate_llm_cli.source.violations import ModelViolation, ViolationKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema

_PATH_HINT: Final = "As `bao kv` takes it behind the mount: harbor/staging."
MOUNT: Final = TextForm(PATH_PATTERN, "a mount's path, without slashes around it")
PATH: Final = TextForm(PATH_PATTERN, "a path in the mount", hint=_PATH_HINT, longest=LONGEST_PATH)
KEY: Final = TextForm(
    KEY_PATTERN, "a key of a Secret: letters, digits, -, _ and .", longest=LONGEST_KEY
)
REFERENCE: Final = TextForm(
    f"{PATH_PATTERN}#{KEY_PATTERN}", "path#key", example="server/staging#JWT_SECRET"
)
VARIABLE: Final = TextForm("[A-Za-z_][A-Za-z0-9_]*", "the name of an environment variable")
PERIOD: Final = TextForm(
    "[1-9][0-9]{0,4}(?:h|d|w)", "a number of hours, days or weeks", example="90d"
)
ORIGINS: Final = ("generate", "prompt", "env", "file", "value", "from")

_LENGTH_FIELDS: Final = {
    "hex": "bytes",
    "base64": "bytes",
    "base64url": "bytes",
    "alphanumeric": "length",
    "rsa": "bits",
    "ec": "curve",
}


def _variable(value: str) -> str:
    """The credentials of who seeds must not end up where pods read them."""
    if value.upper().startswith(("BAO_", "VAULT_")):
        raise fault("names a variable of the connection to OpenBao", "Choose another name.")
    return value


def _prompt(value: object) -> str:
    if value is True:
        return ""
    if isinstance(value, str) and value.strip():
        return " ".join(value.split())
    raise fault("must be true, or a text that says where to get the value")


def _pattern(value: str) -> str:
    if problem := pattern_problem(value):
        raise fault(f"cannot be used: {problem}")
    return value


Prompt = Annotated[str, PlainValidator(_prompt, json_schema_input_type=bool | str)]


class GenerateModel(StrictModel):
    """A random value."""

    encoding: Literal[
        "hex", "base64", "base64url", "alphanumeric", "uuid", "rsa", "ec", "ed25519"
    ] = Field(alias="as", description="What the value looks like; keys are PKCS #8 in PEM.")
    bytes: Annotated[int, WholeNumber(16, 4096)] | None = optional("Bytes of randomness.")
    length: Annotated[int, WholeNumber(16, 4096)] | None = optional("Characters.")
    bits: Literal[2048, 3072, 4096] | None = optional("Size of an RSA key.")
    curve: Literal["P-256", "P-384", "P-521"] | None = optional("Curve of an EC key.")

    def complaints(self) -> Iterator[ModelViolation]:
        """A size of another encoding."""
        fits = _LENGTH_FIELDS.get(self.encoding)
        for name in ("bytes", "length", "bits", "curve"):
            if getattr(self, name) is not None and name != fits:
                hint = f"{self.encoding} takes `{fits}`." if fits else f"{self.encoding} has none."
                yield ModelViolation((name,), f"`{name}` is no size of {self.encoding}", hint)


class DerivedModel(StrictModel):
    """A value made from another key."""

    secret: Annotated[str, REFERENCE] = needed("The other key, as path#key.")
    template: str | None = optional("The text around it; {} stands for the other key's value.")

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        return {"secret": REFERENCE.check(value)} if isinstance(value, str) else value

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"anyOf": [REFERENCE.json_schema(), handler.resolve_ref_schema(handler(core))]}

    def complaints(self) -> Iterator[ModelViolation]:
        """A template without a place for the value."""
        if self.template is not None and "{}" not in self.template:
            message = "`template` has no {} where the other key's value goes"
            yield ModelViolation(("template",), message, 'For example "postgres://app:{}@db/app".')


class KeyModel(StrictModel):
    """One key of a path, and how its value comes to be."""

    description: str | None = optional("What it is for.")
    required: bool | None = optional("Whether the deployment needs it; true when left out.")
    generate: GenerateModel | None = optional("A random value.")
    prompt: Annotated[str, PlainValidator(_prompt, json_schema_input_type=bool | str)] | None = (
        optional("Given by a person or an input file; true, or where to get it.")
    )
    env: Annotated[str, VARIABLE, AfterValidator(_variable)] | None = optional(
        "Taken from this environment variable."
    )
    file: str | None = optional("Taken from this file of the machine that seeds.")
    value: str | None = optional("The value itself, where it is no secret.")
    derived: DerivedModel | None = Field(
        default=None, alias="from", description="Made from another key: path#key."
    )
    min_length: Annotated[int, WholeNumber(1, 65536)] | None = optional("Least characters.")
    max_length: Annotated[int, WholeNumber(1, 65536)] | None = optional("Most characters.")
    pattern: Annotated[str, AfterValidator(_pattern)] | None = optional(
        "A regular expression that the whole value matches."
    )
    rotation: Annotated[str, PERIOD] | None = optional("How old it may become: 90d.")
    environment_bound: bool | None = optional("Never copied to another environment.")

    def complaints(self) -> Iterator[ModelViolation]:
        """No origin, or several; lengths the wrong way round."""
        given = [name for name in ORIGINS if self._origin(name) is not None]
        if not given:
            message = f"one of {', '.join(ORIGINS)} must say where the value comes from"
            hint = "`prompt: true` asks a person; `generate: {as: base64, bytes: 32}` is random."
            yield ModelViolation((), message, hint, ViolationKind.MISSING_FIELD)
        for name in given[1:]:
            yield ModelViolation((name,), f"`{given[0]}` already says where the value comes from")
        if self.min_length and self.max_length and self.min_length > self.max_length:
            yield ModelViolation(("maxLength",), "`maxLength` is less than `minLength`")

    def _origin(self, name: str) -> Any:
        return self.derived if name == "from" else getattr(self, name)


class PathModel(StrictModel):
    """One path of OpenBao."""

    description: str | None = optional("What it is for.")
    owner: str | None = optional("Who answers for it.")
    mount: Annotated[str, MOUNT] | None = optional("The KV v2 mount; the file's when left out.")
    role: str | None = optional("What it is for, the same word in every environment.")
    environments: list[str] = needed("Which environments read it, as on the command line.")
    shared: bool | None = optional("Several environments read it on purpose.")
    keys: dict[Annotated[str, KEY], KeyModel] = needed("The keys of the path.")

    def complaints(self) -> Iterator[ModelViolation]:
        """Shared by accident, or said to be shared by one."""
        several = len(set(self.environments)) > 1
        if not self.environments:
            yield ModelViolation(("environments",), "`environments` names none")
        if len(set(self.environments)) < len(self.environments):
            yield ModelViolation(("environments",), "`environments` names one twice")
        if several and not self.shared:
            message = f"{' and '.join(self.environments)} would read the same secrets"
            hint = "Give each a path of its own, or say `shared: true`."
            yield ModelViolation(("environments",), message, hint)
        if self.shared and not several:
            yield ModelViolation(("shared",), "`shared` is for a path of several environments")
        if not self.keys:
            yield ModelViolation(("keys",), "`keys` has no key")


class SpecModel(StrictModel):
    """environments/secrets.yaml."""

    version: Literal[1] = needed("Of this format: 1.")
    mount: Annotated[str, MOUNT] | None = optional("The KV v2 mount; `secret` when left out.")
    paths: dict[Annotated[str, PATH], PathModel] = needed("What OpenBao must hold.")


def json_schema() -> dict[str, Any]:
    """The file's form as JSON Schema, for editors.

    The model is the judge: what goes together, such as one origin for each key, it alone knows.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **SpecModel.model_json_schema(by_alias=True),
        "title": "What OpenBao must hold",
    }
