"""What keeps pods down, read from statuses as kubelet and scheduler write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plate_llm_cli.cluster.pods import Sort, Trouble, troubles

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
IMAGE = "harbor.example.com/plate/llm:v9"


def pod(
    status: dict[str, Any] | None = None, *, init: dict[str, Any] | None = None, **spec: Any
) -> dict[str, Any]:
    """A pod with one container, and one init container where `init` is its status."""
    container = {"name": "llm", "image": IMAGE, "readinessProbe": {}} | spec
    container["resources"] = {"limits": {"memory": "2Gi"}}
    statuses = {"containerStatuses": [{"name": "llm", "ready": False} | (status or {})]}
    pod_spec: dict[str, Any] = {"restartPolicy": "Always", "containers": [container]}
    if init is not None:
        pod_spec["initContainers"] = [{"name": "migrate", "image": IMAGE}]
        statuses["initContainerStatuses"] = [{"name": "migrate"} | init]
    return {"spec": pod_spec, "status": {"phase": "Pending"} | statuses}


def waiting(reason: str, message: str = "") -> dict[str, Any]:
    return {"state": {"waiting": {"reason": reason, "message": message}}}


def ended(code: int, reason: str = "Error", message: str = "") -> dict[str, Any]:
    return {"terminated": {"exitCode": code, "reason": reason, "message": message}}


def only(found: list[Trouble]) -> Trouble:
    (one,) = found
    return one


PULLS = {
    f'failed to pull and unpack image "{IMAGE}": failed to resolve reference "{IMAGE}": '
    f"{IMAGE}: not found": "the registry has no such image: wrong tag, or never pushed",
    f"rpc error: code = Unknown desc = Error response from daemon: manifest for {IMAGE} not found: "
    "manifest unknown: manifest unknown": (
        "the registry has no such image: wrong tag, or never pushed"
    ),
    f'failed to resolve reference "{IMAGE}": failed to authorize: failed to fetch oauth token: '
    "unexpected status from GET request to https://harbor.example.com/service/token: "
    "401 Unauthorized": "the registry refuses the pull: the pod names no imagePullSecrets",
    "Head https://harbor.example.com/v2/plate/llm/manifests/v9: no basic auth credentials": (
        "the registry refuses the pull: the pod names no imagePullSecrets"
    ),
    "pull access denied, repository does not exist or may require authorization: server message: "
    "insufficient_scope: authorization failed": (
        "the registry refuses the pull: the pod names no imagePullSecrets"
    ),
    "tls: failed to verify certificate: x509: certificate signed by unknown authority": (
        "the node does not trust the certificate of the registry"
    ),
    "dial tcp: lookup harbor.example.com on 10.96.0.10:53: no such host": (
        "the registry's name does not resolve on the node"
    ),
    "unexpected status code: 429 Too Many Requests - toomanyrequests: You have reached your "
    "unauthenticated pull rate limit": "the registry lets nobody pull that often (429)",
    "dial tcp 10.1.2.3:443: i/o timeout": "the registry does not answer in time",
    "dial tcp 10.1.2.3:443: connect: connection refused": (
        "the registry cannot be reached from the node"
    ),
    "no match for platform in manifest: not found": (
        "the image is not built for the node's processor"
    ),
    "write /var/lib/containerd/x: no space left on device": "the node's disk is full",
    "something that nobody has seen before": "it cannot be pulled",
}


@pytest.mark.parametrize(("message", "cause"), PULLS.items())
def test_why_an_image_cannot_be_pulled(message: str, cause: str) -> None:
    found = only(troubles(pod(waiting("ErrImagePull", message))))
    assert (found.what, found.cause, found.sort) == ("ErrImagePull", cause, Sort.IMAGE)
    assert not found.terminal


def test_a_refused_pull_names_the_login_that_was_used() -> None:
    asked = pod(waiting("ImagePullBackOff", "401 Unauthorized"))
    asked["spec"]["imagePullSecrets"] = [{"name": "harbor-docker-secret"}]
    cause = "the registry refuses the pull: harbor-docker-secret is missing or wrong"
    assert only(troubles(asked)).cause == cause


def test_a_status_without_a_cause_is_explained_by_an_event() -> None:
    # As kubelet wrote it before Kubernetes 1.31.
    asked = pod(waiting("ImagePullBackOff", f'Back-off pulling image "{IMAGE}"'))
    heard = [
        'Failed to pull image "other": x509: unknown',
        f'Failed to pull "{IMAGE}": no such host',
    ]
    assert only(troubles(asked, heard=heard)).cause == (
        "the registry's name does not resolve on the node"
    )


def test_words_in_the_name_of_an_image_are_no_cause() -> None:
    name = "harbor.example.com/timeout/denied:x509"
    asked = pod(waiting("ErrImagePull", f'failed to resolve reference "{name}": no such host'))
    assert only(troubles(asked)).cause == "the registry's name does not resolve on the node"


@pytest.mark.parametrize("reason", ["InvalidImageName", "ErrImageNeverPull"])
def test_images_that_will_never_come(reason: str) -> None:
    found = only(troubles(pod(waiting(reason))))
    assert (found.what, found.terminal, found.sort) == (reason, True, Sort.IMAGE)


CONFIGS = {
    "couldn't find key OPENAI_API_KEY in Secret plate-stg/cluster-env-secrets": (
        "Secret cluster-env-secrets has no key OPENAI_API_KEY",
        True,
    ),
    # External Secrets may be about to make it.
    'secret "app-env-secrets" not found': ("there is no Secret app-env-secrets", False),
    'configmap "models" not found': ("there is no ConfigMap models", True),
    "couldn't find key a.yaml in ConfigMap plate-stg/models": (
        "ConfigMap models has no key a.yaml",
        True,
    ),
    'container has runAsNonRoot and image will run as root (pod: "x", container: llm)': (
        "runAsNonRoot, but the image would run as root",
        True,
    ),
    "container has runAsNonRoot and image has non-numeric user (app), cannot verify user": (
        "runAsNonRoot, but the image would run as root",
        True,
    ),
    "anything else": ("its configuration is not accepted", False),
}


@pytest.mark.parametrize(("message", "expected"), CONFIGS.items())
def test_what_keeps_a_container_from_being_made(message: str, expected: tuple[str, bool]) -> None:
    found = only(troubles(pod(waiting("CreateContainerConfigError", message))))
    assert (found.cause, found.terminal) == expected
    assert found.sort is Sort.CONFIG


def test_a_crash_loop_says_how_it_ended_last() -> None:
    asked = pod(waiting("CrashLoopBackOff") | {"lastState": ended(1), "restartCount": 6})
    assert only(troubles(asked)) == Trouble(
        "llm",
        "CrashLoopBackOff",
        "it ended with exit code 1",
        "kubectl logs --previous shows its last words",
        Sort.CRASH,
        6,
        1,
    )


def test_out_of_memory_names_the_limit() -> None:
    asked = pod(waiting("CrashLoopBackOff") | {"lastState": ended(137, "OOMKilled")})
    found = only(troubles(asked))
    assert (found.what, found.exit_code) == ("OOMKilled", 137)
    assert found.cause == "it used more memory than its limit of 2Gi"


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        (0, "it ends by itself, as if its work were done"),
        (127, "its command is not in the image"),
        (143, "it was asked to end (SIGTERM): most likely a liveness probe that failed"),
    ],
)
def test_what_exit_codes_mean(code: int, cause: str) -> None:
    asked = pod(waiting("CrashLoopBackOff") | {"lastState": ended(code, "Completed")})
    assert only(troubles(asked)).cause == cause


def test_what_a_container_left_as_its_message_is_not_shown() -> None:
    # terminationMessagePolicy FallbackToLogsOnError: the end of the log, with whatever is in it.
    last = ended(1, message="Traceback: key sk-live-canary is wrong")
    found = only(troubles(pod(waiting("CrashLoopBackOff", "back-off 5m0s") | {"lastState": last})))
    assert (found.what, found.exit_code) == ("CrashLoopBackOff", 1)
    assert "canary" not in repr(found)


def test_a_command_that_is_not_there() -> None:
    message = 'exec: "uvicorn": executable file not found in $PATH: unknown'
    asked = pod({"state": ended(128, "StartError", message)})
    assert only(troubles(asked)).cause == "its command is not in the image"


def test_between_two_crashes_it_is_still_crashing() -> None:
    found = only(troubles(pod({"state": {"running": {}}, "lastState": ended(1)})))
    assert (found.what, found.sort) == ("Error", Sort.CRASH)


def test_an_init_container_that_fails_holds_up_the_pod() -> None:
    failing = waiting("CrashLoopBackOff") | {"lastState": ended(2)}
    found = only(troubles(pod(waiting("PodInitializing"), init=failing)))
    assert (found.container, found.exit_code) == ("migrate", 2)


def test_an_init_container_that_is_at_work_or_done_is_no_trouble() -> None:
    assert troubles(pod(waiting("PodInitializing"), init={"state": {"running": {}}})) == []
    done = {"state": ended(0, "Completed"), "ready": True}
    assert troubles(pod(waiting("ContainerCreating"), init=done)) == []


@pytest.mark.parametrize(
    ("started", "spec", "cause"),
    [
        (True, {}, "its readinessProbe does not succeed"),
        (False, {"startupProbe": {}}, "its startupProbe does not succeed"),
    ],
)
def test_a_probe_that_fails(started: bool, spec: dict[str, Any], cause: str) -> None:
    found = only(troubles(pod({"state": {"running": {}}, "started": started}, **spec)))
    assert (found.what, found.cause, found.sort) == ("NotReady", cause, Sort.NOT_READY)


def test_what_runs_again_is_told_apart_from_what_is_down() -> None:
    well = {"state": {"running": {}}, "ready": True, "restartCount": 2}
    found = only(troubles(pod(well | {"lastState": ended(137, "OOMKilled")})))
    assert (found.what, found.sort, found.restarts) == ("OOMKilled", Sort.PAST, 2)
    assert troubles(pod(well)) == []


PLACES = {
    "0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available: "
    "3 No preemption victims found for incoming pod.": "no node has enough cpu free",
    "0/5 nodes are available: 2 Insufficient memory, 3 node(s) had untolerated taint "
    "{dedicated: gpu}.": "no node has enough memory free; the nodes are tainted (dedicated)",
    "0/2 nodes are available: 1 node(s) had untolerated taint "
    "{node-role.kubernetes.io/control-plane: }, 1 Insufficient nvidia.com/gpu.": (
        "no node has enough nvidia.com/gpu free"
    ),
    "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.": (
        "no node has the labels that it asks for"
    ),
    "0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules.": (
        "the nodes have a pod already that it must not be with"
    ),
    "0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims.": (
        "its PersistentVolumeClaim has no volume"
    ),
    "0/1 nodes are available: 1 node(s) were unschedulable.": "the nodes are cordoned",
    "": "no node takes it",
}


@pytest.mark.parametrize(("message", "cause"), PLACES.items())
def test_why_no_node_takes_a_pod(message: str, cause: str) -> None:
    condition = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}
    status = {"phase": "Pending", "conditions": [condition | {"message": message}]}
    found = only(troubles({"status": status}))
    assert (found.what, found.cause, found.sort) == ("Unschedulable", cause, Sort.PLACEMENT)


def test_a_volume_whose_secret_is_missing_is_known_from_an_event() -> None:
    heard = ['MountVolume.SetUp failed for volume "tls" : secret "tls-files" not found']
    found = only(troubles(pod(waiting("ContainerCreating")), heard=heard))
    assert (found.what, found.cause) == ("FailedMount", "there is no Secret tls-files")


def test_an_evicted_pod() -> None:
    found = only(troubles({"status": {"phase": "Failed", "reason": "Evicted"}}))
    assert (found.what, found.cause) == ("Evicted", "its node ran short of memory or disk")


def test_a_pod_on_its_way_out_is_stuck_only_long_after_its_time() -> None:
    leaving = pod({"state": {"running": {}}})
    leaving["metadata"] = {"deletionTimestamp": "2026-05-04T12:00:00Z"}
    assert troubles(leaving, NOW + timedelta(seconds=30)) == []
    found = only(troubles(leaving, NOW + timedelta(minutes=5)))
    assert (found.what, found.cause) == ("Terminating", "its node does not end it")
    assert troubles(leaving) == []  # the cluster's time is not known


def test_a_pod_of_a_job_that_is_done_is_well() -> None:
    assert troubles({"status": {"phase": "Succeeded"}}) == []


def test_the_root_comes_first() -> None:
    asked = pod({"state": {"running": {}}, "started": True})
    asked["spec"]["containers"].append({"name": "proxy", "image": IMAGE})
    asked["status"]["containerStatuses"].append({"name": "proxy"} | waiting("ErrImagePull"))
    assert [found.sort for found in troubles(asked)] == [Sort.IMAGE, Sort.NOT_READY]


_FIELDS = st.sampled_from(
    (
        "metadata", "spec", "status", "phase", "reason", "conditions", "containers", "name",
        "initContainers", "containerStatuses", "initContainerStatuses", "state", "lastState",
        "waiting", "terminated", "running", "exitCode", "message", "deletionTimestamp", "type",
    )
)  # fmt: skip
_LEAVES = st.none() | st.integers() | st.booleans() | st.sampled_from(("Unschedulable", "", "a"))
_SHAPES = st.recursive(
    _LEAVES,
    lambda below: st.lists(below, max_size=2) | st.dictionaries(_FIELDS, below, max_size=4),
    max_leaves=12,
)


@settings(max_examples=40)
@given(st.dictionaries(_FIELDS, _SHAPES))
def test_a_pod_of_any_shape_is_read(shape: dict[str, Any]) -> None:
    assert all(isinstance(found, Trouble) for found in troubles(shape, NOW))
