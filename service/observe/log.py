"""The log: one JSON object a line on standard output, from this service and its libraries alike."""

from __future__ import annotations

import logging
import sys
import threading
import time
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from service.observe import log_record
from service.observe.output import Output
from service.observe.redaction import LONGEST_TOKEN, Redactor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from service.exchange import Exchange

CURRENT_EXCHANGE: ContextVar[Exchange | None] = ContextVar("current_exchange", default=None)
"""The request that is being answered: the gateway sets it, lines of all loggers name it."""

MESSAGE_LENGTH = 8192
"""Characters that are shown of a message, and of prompt and completion where these are shown."""
LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}
TALKATIVE = ("httpx", "httpx2", "httpcore", "httpcore2", "anthropic", "openai", "urllib3")
"""Libraries that log each request, some with its body: their warnings are enough."""
REQUESTS = "service.request"


class Log:
    """Where all lines go. With `prompts`, requests are logged with prompt and completion."""

    def __init__(
        self, level: str = "info", *, prompts: bool = False, output: Output | None = None
    ) -> None:
        self._level = LEVELS[level]
        self._prompts = prompts
        self._clock = log_record.Clock()
        self._redactor = Redactor()
        self._output = output or Output(notice=self._dropped_line)

    @property
    def dropped(self) -> int:
        """Lines that were lost because nobody read them."""
        return self._output.dropped

    def redact(self, values: Iterable[str]) -> None:
        """Never show these, nor their usual spellings; and of a URL, its password."""
        self._redactor.add(values)

    def install(self) -> None:
        """Make this the log of the whole process: of `logging`, of warnings, of lost errors.

        The level is that of this service. Libraries are heard from `info` on, as at `debug` they
        show what they send.
        """
        for name, logger in logging.root.manager.loggerDict.items():
            if isinstance(logger, logging.Logger) and name != "uvicorn.access":
                logger.handlers.clear()
                logger.propagate = True
        logging.root.handlers[:] = [_Handler(self)]
        logging.root.setLevel(max(self._level, logging.INFO))
        logging.getLogger("service").setLevel(self._level)
        for name in TALKATIVE:
            logging.getLogger(name).setLevel(max(self._level, logging.WARNING))
        access = logging.getLogger("uvicorn.access")
        access.handlers.clear()
        access.propagate = False
        logging.captureWarnings(capture=True)
        sys.excepthook = _log_uncaught
        threading.excepthook = _log_uncaught_in_thread

    def request(self, exchange: Exchange, seconds: float) -> None:
        """The line about a request that was answered in so many seconds."""
        level = log_record.request_level(exchange)
        if level < self._level:
            return
        fields: log_record.Fields = {
            "time": self._clock.write(time.time()),
            "level": "info" if level == logging.INFO else logging.getLevelName(level).lower(),
            "message": f"{exchange.method} {exchange.route} {exchange.status}",
            "logger": REQUESTS,
            **log_record.request_fields(exchange, seconds),
        }
        if self._prompts:
            fields["prompt"] = self._excerpt(_text(exchange.request_body))
            fields["completion"] = self._excerpt(_text(exchange.answer))
        # The other fields are ours, or have been cleaned.
        if self._redactor.suspects(exchange.request_id + exchange.error_code):
            fields = self._redactor.clean_all(fields)
        self._output.write(log_record.encode(fields))

    def record(self, record: logging.LogRecord) -> None:
        """The line about a record of `logging`."""
        fields: log_record.Fields = {
            "time": self._clock.write(record.created),
            "level": record.levelname.lower(),
            "message": self._excerpt(log_record.record_message(record)),
            "logger": record.name,
        }
        exchange = CURRENT_EXCHANGE.get()
        if exchange is not None:
            fields["request_id"] = exchange.request_id
            if exchange.trace is not None:
                fields["trace_id"] = exchange.trace.trace_id
        extras = log_record.record_extras(record)
        for name, value in extras.items():
            fields.setdefault(name, self._excerpt(value) if isinstance(value, str) else value)
        if record.exc_info and record.exc_info[1] is not None:
            fields["exception"] = self._shortened(log_record.error_fields(record.exc_info[1]))
        self._output.write(log_record.encode(self._redactor.clean_all(fields)))

    def flush(self, timeout: float) -> bool:
        """Have all lines written; False when that took longer than so many seconds."""
        return self._output.flush(timeout)

    def _excerpt(self, text: str) -> str:
        return self._redactor.excerpt(text, MESSAGE_LENGTH)

    def _shortened(self, error: log_record.Fields) -> log_record.Fields:
        """An error whose texts, and those of its causes, are short enough to be shown."""
        error["message"] = self._excerpt(error["message"])
        for each in (*error.get("errors", ()), *filter(None, [error.get("cause")])):
            self._shortened(each)
        return error

    def _dropped_line(self, count: int) -> bytes:
        return log_record.encode(
            {
                "time": self._clock.write(time.time()),
                "level": "warning",
                "message": f"{count} lines were dropped: standard output was not read",
                "logger": __name__,
            }
        )


class _Handler(logging.Handler):
    """Hands the records of `logging` to a log."""

    def __init__(self, log: Log) -> None:
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        self._log.record(record)


def _text(content: bytes) -> str:
    """As much of a body as is looked at; a character has up to four bytes."""
    return content[: 4 * (MESSAGE_LENGTH + LONGEST_TOKEN + 1)].decode(errors="replace")


def _log_uncaught(kind: type[BaseException], error: BaseException, traceback: Any) -> None:
    logging.getLogger("service").critical("Ended by an error", exc_info=(kind, error, traceback))


def _log_uncaught_in_thread(lost: threading.ExceptHookArgs) -> None:
    if lost.exc_value is not None:
        _log_uncaught(lost.exc_type, lost.exc_value, lost.exc_traceback)
