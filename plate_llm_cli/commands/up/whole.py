"""One run of `up`, from its first step to its end."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli import options
from plate_llm_cli.commands.smoke.progress import progress
from plate_llm_cli.commands.up.starting import Starting
from plate_llm_cli.commands.up.steps import Steps
from plate_llm_cli.context import Workspace, find_root
from plate_llm_cli.exit_codes import ExitCode
from plate_llm_cli.local.provider import Provider
from plate_llm_cli.local.running import refuse_second
from plate_llm_cli.local.system import System
from plate_llm_cli.local.telling import Teller
from plate_llm_cli.output import say, screen_width, write_out
from plate_llm_cli.report.smoke import Tested
from plate_llm_cli.report.smoke_json import smoke_json
from plate_llm_cli.report.smoke_text import smoke_text
from plate_llm_cli.report.text import wants_color
from plate_llm_cli.report.up import calls_text, differences_text, up_json
from plate_llm_cli.report.up_log import log_line
from plate_llm_cli.secrets.hardening import keep_memory_private
from plate_llm_cli.smoke.expectations import SIGNING_SECRET
from plate_llm_cli.smoke.http import Http
from plate_llm_cli.smoke.runner import Demand, chosen, run
from plate_llm_cli.smoke.target import Target
from plate_llm_cli.smoke.tokens import SigningKey, Tokens, no_key
from plate_llm_cli.smoke.trial import Latency, Trial

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from plate_llm_cli.commands.up.starting import Up, Wanted
    from plate_llm_cli.local.telling import Known
    from plate_llm_cli.secrets.values.secret import Secret
    from plate_llm_cli.smoke.check import Check
    from plate_llm_cli.smoke.runner import Run

_FREE_SECONDS: Final = 2.0
_ENDED: Final = "all of it has ended; plate-llm up --keep leaves it running and says how to call it"


@dataclass(frozen=True, slots=True)
class Checked:
    """Which checks run, and how the result is shown."""

    only: Sequence[str]
    skip: Sequence[str]
    output_format: options.ListFormat
    quiet: bool


class _Log:
    """The service's log: what is of the time before `follow` is not shown, however late."""

    def __init__(self) -> None:
        self._since: str | None = None
        self._color = wants_color(sys.stderr)

    def __call__(self, entry: dict[str, Any]) -> None:
        if self._since is not None and str(entry.get("time", "")) >= self._since:
            say(log_line(entry, color=self._color))

    def follow(self) -> None:
        self._since = datetime.now(UTC).isoformat(timespec="milliseconds")


def whole(
    wanted: Wanted, checked: Checked, root: Path | None, engine: str, *, keep: bool
) -> ExitCode:
    """Start everything, run the checks, show what came of them, and end it all.

    Raises:
        PlateError: as `Starting.run`.
    """
    checks = chosen(checked.only, checked.skip)
    as_json = checked.output_format is options.ListFormat.JSON
    keep_memory_private()
    if keep:
        refuse_second(find_root(root))
    log, steps = _Log(), Steps(quiet=checked.quiet)
    with Workspace(root, engine) as workspace, System(workspace.root, dict(os.environ)) as system:
        starting = Starting(workspace, system, steps, wanted, log)
        up = starting.run()
        workspace.close()
        with Teller(workspace.root, up.known) if keep else nullcontext():
            done = _tested(up.known, checks, Demand(frozenset(checked.only)))
            _show(up, done, checked)
            if keep and not as_json:
                write_out(f"\n{calls_text(up.started, str(root or ''))}")
            code = ExitCode.FINDINGS if done.failed else ExitCode.OK
            code = _kept(system, log, code) if keep else code
    steps.end("all of it has ended" if keep else _ENDED)
    return code


def _tested(known: Known, checks: Sequence[Check], demand: Demand) -> Run:
    target = Target(known.ports.url)
    tokens = Tokens(known.expected, _signing_key(known.key))
    trial = Trial(target, known.expected, tokens, Http(target), latency=_latency(known))
    with progress(trial) as shown:
        return run(trial, checks, shown.begins, demand)


def _latency(known: Known) -> Latency:
    """A generous budget where answers are free: real models are asked no more than is needed."""
    free = known.expected.text("LLM_MODEL_NAME").startswith(f"{Provider.BUILTIN}:")
    return Latency(_FREE_SECONDS) if free else Latency()


def _signing_key(key: Secret | None) -> SigningKey:
    if key is None:
        return no_key(
            f"the service has no {SIGNING_SECRET}: plate-api, which is not here, signs tokens"
        )
    return SigningKey(lambda: key)


def _show(up: Up, done: Run, checked: Checked) -> None:
    tested = Tested(Target(up.started.ports.url), up.started.env)
    if checked.output_format is options.ListFormat.JSON:
        write_out(up_json(up.started, smoke_json(done, tested)))
        return
    width, color = screen_width(), wants_color(sys.stdout)
    blocks = [] if checked.quiet else [differences_text(up.started, width)]
    blocks.append(smoke_text(done, tested, width, color=color, quiet=checked.quiet))
    write_out(("" if checked.quiet else "\n") + "\n".join(blocks))


def _kept(system: System, log: _Log, code: ExitCode) -> ExitCode:
    """Show the log until somebody ends it: that is how it is meant to end, and no failure."""
    say("\nit runs until Ctrl-C; its log:\n")
    log.follow()
    try:
        ended = system.wait()
    except (KeyboardInterrupt, SystemExit):
        say("")  # behind the terminal's ^C
        return code
    say(f"{ended.name} has ended by itself ({ended.how})")
    return ExitCode.FINDINGS if ended.is_service else ExitCode.UNREACHABLE
