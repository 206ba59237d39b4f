"""How containers end: what exit codes and reasons of the runtime mean.

Source: kubernetes `pkg/kubelet/kuberuntime`; POSIX shells for 126 and 127; 128 + n is signal n.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plate_llm_cli.cluster.objects import number, text
from plate_llm_cli.cluster.pod_messages import Cause

if TYPE_CHECKING:
    from plate_llm_cli.cluster.objects import Object

KILLED: Final = 137
OUT_OF_MEMORY: Final = "OOMKilled"

_LOG: Final = "kubectl logs --previous shows its last words"
_NOT_STARTED: Final = frozenset({"StartError", "ContainerCannotRun", "RunContainerError"})
_CODES: Final = {
    0: Cause("it ends by itself, as if its work were done", "its command must keep running"),
    126: Cause("its command may not be run", "check command, and the file's mode"),
    127: Cause("its command is not in the image", "check command and args"),
    134: Cause("it aborted (SIGABRT)", _LOG),
    KILLED: Cause(
        "it was killed (SIGKILL): a probe that failed, or the node ran out of memory",
        "kubectl describe pod shows which",
    ),
    139: Cause("it crashed (SIGSEGV)", _LOG),
    143: Cause(
        "it was asked to end (SIGTERM): most likely a liveness probe that failed",
        "check livenessProbe, and what the service answers to it",
    ),
}


def end_cause(terminated: Object, memory_limit: str) -> Cause:
    """Why a container ended. The message that it left is not looked at: it may hold anything."""
    code, reason = number(terminated, "exitCode"), text(terminated, "reason")
    if reason == OUT_OF_MEMORY:
        limit = f"more memory than its limit of {memory_limit}" if memory_limit else "all memory"
        advice = "raise resources.limits.memory, or let it need less"
        return Cause(f"it used {limit}", advice)
    if reason in _NOT_STARTED:
        return start_cause(text(terminated, "message"))
    return _CODES.get(code) or Cause(f"it ended with exit code {code}", _LOG)


def start_cause(message: str) -> Cause:
    """Why a container did not begin to run, of the runtime's words."""
    if "executable file not found" in message or "no such file or directory" in message:
        return _CODES[127]
    if "permission denied" in message:
        return _CODES[126]
    if "exec format error" in message:
        return Cause("the image is not built for the node's processor", "build it for this one too")
    return Cause("the runtime cannot start it", "kubectl describe pod says why")
