"""The child process that holds Helm: reads requests from stdin, writes answers to stdout.

Started by `child.py` with `-I -S` and the folders to import from as arguments, which spares it
the parent's start-up. A frame is four bytes of length (big endian) and JSON. The first
frame says what was loaded; then one answer comes for each request, in order. End of input ends
the process at once, also in the middle of a render: a parent that died leaves nothing behind.
"""

from __future__ import annotations

import gc
import json
import os
import queue
import signal
import struct
import sys
import threading
import time
from typing import IO, Any

Message = dict[str, Any]

LENGTH = struct.Struct(">I")


def read_frame(stream: IO[bytes]) -> Message | None:
    """The next message, or None at the end of the stream."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (size,) = LENGTH.unpack(head)
    body = stream.read(size)
    return None if len(body) < size else json.loads(body)


def frame(message: Message) -> bytes:
    """A message as it crosses the pipe; raises ValueError for NaN and infinity."""
    body = json.dumps(message, separators=(",", ":"), allow_nan=False).encode()
    return LENGTH.pack(len(body)) + body


def limit_memory(megabytes: int) -> None:
    """Let allocations beyond `megabytes` fail, where the system can do that.

    RLIMIT_AS is of no use: Go reserves over a gigabyte of addresses. RLIMIT_DATA counts private
    writable pages, of which Helm uses 140 MB after its start; only Linux heeds it.
    """
    if sys.platform == "win32":
        return
    if sys.platform != "linux":
        threading.Thread(target=watch_memory, args=(megabytes,), daemon=True).start()
        return
    import resource  # noqa: PLC0415 - not on Windows

    limit = megabytes * 1024 * 1024
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    limit = limit if most == resource.RLIM_INFINITY else min(limit, most)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def watch_memory(megabytes: int) -> None:
    """End the process when it has ever held more than `megabytes`; macOS counts in bytes."""
    import resource  # noqa: PLC0415 - not on Windows

    unit = 1 if sys.platform == "darwin" else 1024
    while resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit < megabytes * 1024 * 1024:
        time.sleep(0.05)
    os.write(2, b"fatal error: out of memory\n")
    os._exit(2)


def listen(requests: queue.SimpleQueue[Message]) -> None:
    """Hand over requests as they come; leave with the parent."""
    while (message := read_frame(sys.stdin.buffer)) is not None:
        requests.put(message)
    os._exit(0)


def main(megabytes: int) -> None:
    """Load Helm, say so, then answer for ever."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    limit_memory(megabytes)
    gc.disable()  # nothing is garbage yet
    from plate_llm_cli.helm.operations import Operations, greeting  # noqa: PLC0415 - loads Helm

    gc.freeze()
    gc.enable()
    answers = sys.stdout.buffer
    answers.write(frame(greeting()))
    answers.flush()
    requests: queue.SimpleQueue[Message] = queue.SimpleQueue()
    threading.Thread(target=listen, args=(requests,), daemon=True).start()
    operations = Operations()
    while True:
        answers.write(frame(operations.answer(requests.get())))
        answers.flush()
