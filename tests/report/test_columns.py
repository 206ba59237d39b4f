"""Lists on a screen that is too narrow for their lines."""

from __future__ import annotations

from plate_llm_cli.report.columns import table


def test_text_of_a_block_goes_on_below_itself_with_every_word() -> None:
    row = ("KEY", "asked for: https://example.com, Settings, API Keys", "")
    assert table(("KEY", "MADE", "NOTES"), [row], 40) == (
        "KEY\n  made   asked for: https://example.com,\n         Settings, API Keys\n"
    )
