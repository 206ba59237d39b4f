"""`python -m service`: serve, or look at what serving would do.

    python -m service                serve, at every address of this machine
    python -m service serve --loopback   at 127.0.0.1 alone
    python -m service settings       print the settings as they are read, secrets left out
    python -m service probe ...      send one request and judge its answer
    python -m service probe smoke    try a whole service

The exit code of serving is 0 after a signal, 2 for settings that are wrong, 1 for a taken port.
"""

from __future__ import annotations

import sys

USAGE = 2
"""As of every command that was called wrongly."""


def main(arguments: list[str]) -> int:
    """Run a command; gives the exit code."""
    if arguments[:1] == ["probe"]:
        from service.probe import command as probe  # noqa: PLC0415 - it loads little of the service

        return probe.main(arguments[1:])
    loopback = arguments == ["serve", "--loopback"]
    if not loopback and arguments not in ([], ["serve"], ["settings"]):
        print(__doc__, file=sys.stderr)  # noqa: T201 - a command line
        return USAGE
    from service.server import command  # noqa: PLC0415 - see above

    if arguments == ["settings"]:
        return command.show_settings()
    return command.serve("127.0.0.1" if loopback else "")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
