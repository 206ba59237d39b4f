"""HTML: one page with its style and script inside, for a browser, an artifact or a mail.

The page asks nobody for anything, and its policy forbids it to: only the style and the script that
stand here may run, by their digests (Content Security Policy Level 3, section 2.3.1). Without the
script every finding is shown; with it they can be filtered.
"""

from __future__ import annotations

import base64
import codecs
import hashlib
from importlib.resources import files
from typing import TYPE_CHECKING

from plate_llm_cli import __version__
from plate_llm_cli.report.html.page import page_of
from plate_llm_cli.report.untrusted import encoding_of

if TYPE_CHECKING:
    from typing import TextIO

    from jinja2 import Template

    from plate_llm_cli.report.base import Report

_PACKAGE = "plate_llm_cli.report.html"


class HtmlReporter:
    """A page with the findings by environment, and the rules that found them."""

    def write(self, report: Report, stream: TextIO) -> None:
        """Write `report`; a stream that does not take UTF-8 gets references instead."""
        style, script = _asset("report.css"), _asset("report.js")
        text = _template().render(
            page=page_of(report),
            version=__version__,
            style=style,
            script=script,
            policy=_policy(style, script),
        )
        if codecs.lookup(encoding_of(stream)).name != "utf-8":
            text = text.encode("ascii", "xmlcharrefreplace").decode("ascii")
        stream.write(text)


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _asset(name: str) -> str:
    return files(_PACKAGE).joinpath("templates", name).read_text("utf-8")


def _template() -> Template:
    from jinja2 import (  # noqa: PLC0415 - a third of the time that all other formats take to load
        Environment,
        PackageLoader,
        StrictUndefined,
    )

    made = Environment(
        loader=PackageLoader(_PACKAGE),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return made.get_template("report.html.j2")
