"""The stand-in as a process of its own; the first line of stdout is `{"port": ...}`."""

from __future__ import annotations

import argparse
import asyncio
import gc
import json

import uvloop

from benchmarks.service.upstream.server import FakeUpstream


async def serve(port: int) -> None:
    """Answer until the process is ended."""
    async with FakeUpstream(port) as upstream:
        print(json.dumps({"port": upstream.port}), flush=True)
        await asyncio.Event().wait()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.service.upstream")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one (the default)")
    arguments = parser.parse_args()
    gc.freeze()
    uvloop.run(serve(arguments.port))


if __name__ == "__main__":
    main()
