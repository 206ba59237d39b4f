"""What `python -m service` does once it knows that it is to serve, or to show its settings."""

from __future__ import annotations

import contextlib
import logging
import os
import sys

from pydantic import SecretStr

from service.auth import key_ring
from service.auth.keys import KeyRefusedError
from service.observe.langsmith import switch_off_environment_tracing
from service.observe.log import Log
from service.providers.langchain_error import FactoryError
from service.server.run import run
from service.settings.report import redacted
from service.settings.settings import Settings, SettingsError, load

logger = logging.getLogger(__name__)

FAILED, USAGE = 1, 2


def serve(address: str = "") -> int:
    """Serve at `address`, '' is every one, until a signal; gives the exit code."""
    try:
        settings, warnings = load(os.environ)
        if settings.auth_mode == "jwt":
            key_ring.sources(settings)
    except (SettingsError, KeyRefusedError) as error:
        return _refused(error)
    # Settings are read: from here on LangChain's own tracing finds nothing that switches it on.
    switch_off_environment_tracing()
    log = Log(settings.log_level, prompts=settings.log_prompts)
    log.redact(_secrets(settings))
    log.install()
    for warning in warnings:
        logger.warning(warning)
    try:
        run(settings, log, address)
    except FactoryError as error:
        return _refused(error)
    except OSError as error:
        logger.error("the service cannot start: %s", error.strerror or error)
        return FAILED
    return 0


def show_settings() -> int:
    """Print the settings, a line each, secrets left out; gives the exit code."""
    try:
        settings, warnings = load(os.environ)
    except SettingsError as error:
        return _refused(error)
    lines = [f"{name}={shown}\n" for name, shown in redacted(settings)]
    with contextlib.suppress(BrokenPipeError):
        # A reader such as `head` may have seen enough.
        sys.stdout.write("".join(lines))
        sys.stdout.flush()
    for warning in warnings:
        sys.stderr.write(f"{warning}\n")
    return 0


def _secrets(settings: Settings) -> list[str]:
    """Every secret value, for the log to leave out."""
    values = (value for _, value in settings)
    return [value.get_secret_value() for value in values if isinstance(value, SecretStr)]


def _refused(error: Exception) -> int:
    sys.stderr.write(f"{error}\n")
    return USAGE
