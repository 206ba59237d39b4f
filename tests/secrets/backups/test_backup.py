"""What a backup holds, and that its text gives back what went into it."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plate_llm_cli.secrets.addresses import Place
from plate_llm_cli.secrets.backups.backup import Backup, Taken, back_up
from plate_llm_cli.secrets.backups.backup_text import BackupFormat, backup_text
from plate_llm_cli.secrets.server.stored import Stored, StoredState
from plate_llm_cli.secrets.spec import Derived, Literal, Prompt, Spec
from plate_llm_cli.secrets.values.input_files import InputFiles
from plate_llm_cli.secrets.values.inputs import resolve
from plate_llm_cli.secrets.values.secret import Secret
from tests.secrets.specs import address, key_spec, spec_of

TAKEN = Taken("stg", "https://bao.example.com", "2026-11-25T20:46:35Z")
PLACE = Place("secret", "a-b/c")
PROMPTS = spec_of(*(key_spec(f"a-b/c#{name}", Prompt()) for name in ("A", "B.c", "d-e")))


def backup_of(spec: Spec, data: dict[str, object], place: Place = PLACE) -> Backup:
    """A backup of one path that holds `data`."""
    held = {name: Secret(value) for name, value in data.items()}  # type: ignore[arg-type]
    return back_up(spec, {place: Stored(StoredState.LIVE, 3, held)}, TAKEN)


def remarks(backup: Backup) -> dict[str, str]:
    """Why each key is not taken."""
    return {entry.address.key: entry.remark for entry in backup.remarked}


TEXTS = st.text(st.characters(codec="utf-8"), min_size=1).filter(
    lambda text: not text.startswith("-----BEGIN") or "-----END" in text
)


@given(values=st.lists(TEXTS, min_size=3, max_size=3), form=st.sampled_from(BackupFormat))
def test_values_come_back_from_every_format(values: list[str], form: BackupFormat) -> None:
    data = dict(zip(("A", "B.c", "d-e"), values, strict=True))
    backup = backup_of(PROMPTS, dict(data))
    refused = remarks(backup)
    text = backup_text(backup, form).reveal()
    given = resolve(InputFiles(io.BytesIO(text.encode())).read_file("-"), PROMPTS).given
    found = {at.key: item.value.reveal() for at, item in given.items()}
    assert found == {name: value for name, value in data.items() if name not in refused}


@given(name=st.text(st.characters(codec="utf-8")), value=st.text(st.characters(codec="utf-8")))
@pytest.mark.parametrize("form", [BackupFormat.YAML, BackupFormat.DOTENV])
def test_comment_stays_one_whatever_another_writer_put_there(
    form: BackupFormat, name: str, value: str
) -> None:
    backup = backup_of(PROMPTS, {"A": "kept", f"x{name}": value, f"y{name}": {name: [value]}})
    text = backup_text(backup, form).reveal()
    given = resolve(InputFiles(io.BytesIO(text.encode())).read_file("-"), PROMPTS).given
    assert {str(at) for at in given} == {"a-b/c#A"}


def test_what_seeding_makes_again_is_left_out() -> None:
    made = Derived(address("a-b/c#A"), "x{}y")
    spec = spec_of(
        key_spec("a-b/c#A", Prompt()),
        key_spec("a-b/c#URL", made),
        key_spec("a-b/c#OLD_URL", made),
        key_spec("a-b/c#HOST", Literal("h")),
        key_spec("a-b/c#OLD_HOST", Literal("h")),
    )
    data = {"A": "1", "URL": "x1y", "OLD_URL": "x0y", "HOST": "h", "OLD_HOST": "g"}
    backup = backup_of(spec, dict(data))
    (path,) = backup.paths
    assert [entry.address.key for entry in path.entries] == ["A", "OLD_URL", "OLD_HOST"]
    other = "the spec makes another value"
    assert remarks(backup) == {"OLD_URL": other, "OLD_HOST": other}


def test_derived_value_without_its_parent_is_kept() -> None:
    spec = spec_of(
        key_spec("a-b/c#A", Prompt()), key_spec("a-b/c#URL", Derived(address("a-b/c#A")))
    )
    assert remarks(backup_of(spec, {"URL": "x"})) == {"URL": "the spec makes another value"}


def test_key_whose_variable_means_another_too_is_written_in_full() -> None:
    spec = spec_of(key_spec("a-b/c#D", Prompt()), key_spec("a/b-c#D", Prompt()))
    stored = {path.place: Stored(StoredState.LIVE, 1, {"D": Secret("v")}) for path in spec.paths}
    text = backup_text(back_up(spec, stored, TAKEN), BackupFormat.DOTENV).reveal()
    assert text.splitlines()[-2:] == ["'a-b/c#D'='v'", "'a/b-c#D'='v'"]


def test_text_of_each_format() -> None:
    backup = backup_of(PROMPTS, {"A": "it's", "B.c": "plain $x", "gone": "g"})
    head = (
        "# plate-llm secrets export of stg\n"
        "# from https://bao.example.com at 2026-11-25T20:46:35Z\n"
        "# secret/a-b/c: version 3\n"
    )
    comment = '# "secret/a-b/c#gone": "g"  # not in the spec\n'
    assert backup_text(backup, BackupFormat.YAML).reveal() == (
        f'{head}"secret/a-b/c":\n  "A": "it\'s"\n  "B.c": "plain $x"\n{comment}'
    )
    assert backup_text(backup, BackupFormat.DOTENV).reveal() == (
        f"{head}A_B_C__A=\"it's\"\nA_B_C__B_C='plain $x'\n{comment}"
    )
    assert backup_text(backup, BackupFormat.JSON).reveal() == (
        '{\n  "secret/a-b/c": {\n    "A": "it\'s",\n    "B.c": "plain $x"\n  }\n}\n'
    )
