"""What `@kubernetes` asks for, as the pod that Airflow's executor starts for the task. LAUNCH, in `flows-compile`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Mapping, Sequence

BASE_CONTAINER = "base"
"""The container in which Airflow runs the task: what is said of it is added to what the deployment says."""


@dataclass(frozen=True)
class PodObject:
    """An object of Kubernetes' client by its class, `V1Pod`, and its arguments; written into the DAG as a call."""

    kind: str
    arguments: tuple[tuple[str, Any], ...]


def pod_object(kind: str, **arguments: Any) -> PodObject:
    """Return an object with those arguments that say something."""
    return PodObject(kind, tuple((name, value) for name, value in arguments.items() if value not in (None, [], {}, "")))


def pod(asked: Mapping[str, Any], machine: Mapping[str, Any]) -> PodObject:
    """Return the pod for the attributes of `@kubernetes`, checked before, and what is asked of the machine."""
    mounts, volumes = _storage(asked, machine)
    pull_secrets = as_names(asked["image_pull_secrets"])
    container = pod_object(
        "V1Container",
        name=BASE_CONTAINER,
        image=asked["image"],
        image_pull_policy=asked["image_pull_policy"],
        resources=_resources(asked, machine),
        env=_environment(asked),
        env_from=[
            pod_object("V1EnvFromSource", secret_ref=pod_object("V1SecretEnvSource", name=name))
            for name in as_names(asked["secrets"])
        ],
        ports=[pod_object("V1ContainerPort", container_port=int(asked["port"]))] if asked["port"] else None,
        security_context=_of("V1SecurityContext", asked["security_context"]),
        volume_mounts=mounts,
    )
    spec = pod_object(
        "V1PodSpec",
        containers=[container],
        service_account_name=asked["service_account"],
        node_selector=as_pairs(asked["node_selector"]),
        tolerations=[_of("V1Toleration", each) for each in asked["tolerations"] or ()],
        image_pull_secrets=[pod_object("V1LocalObjectReference", name=name) for name in pull_secrets],
        volumes=volumes,
    )
    labels, annotations = as_pairs(asked["labels"]), as_pairs(asked["annotations"])
    metadata = pod_object("V1ObjectMeta", namespace=asked["namespace"], labels=labels, annotations=annotations)
    return pod_object("V1Pod", metadata=metadata if metadata.arguments else None, spec=spec)


def as_pairs(value: Any) -> dict[str, str] | None:
    """Return labels or selectors, which may be written as `a=b,c=d` or as a list of such texts, as a dict."""
    if not value:
        return None
    if isinstance(value, Mapping):
        return {str(name): str(each) for name, each in value.items()}
    parts = value.split(",") if isinstance(value, str) else value
    return {name.strip(): each.strip() for name, _, each in (str(part).partition("=") for part in parts)}


def as_names(value: Any) -> Sequence[str]:
    """Return names, which may be written as one text with commas, as a list."""
    if not value:
        return []
    return [name.strip() for name in value.split(",")] if isinstance(value, str) else [str(name) for name in value]


def _resources(asked: Mapping[str, Any], machine: Mapping[str, Any]) -> PodObject:
    units: dict[str, Callable[[Any], str]] = {"cpu": str, "memory": _megabytes, "disk": _megabytes}
    names = {"cpu": "cpu", "memory": "memory", "disk": "ephemeral-storage"}
    requests = {names[name]: units[name](machine[name]) for name in names if machine.get(name) is not None}
    devices = {f"{asked['gpu_vendor'] or 'nvidia'}.com/gpu": str(machine["gpu"])} if machine.get("gpu") else {}
    devices.update({str(name): str(amount) for name, amount in (asked["extended_resources"] or {}).items()})
    limits = {**(requests if str(asked["qos"]).lower() == "guaranteed" else {}), **devices}
    return pod_object("V1ResourceRequirements", requests={**requests, **devices}, limits=limits)


def _megabytes(value: Any) -> str:
    return f"{value}M"


def _environment(asked: Mapping[str, Any]) -> list[PodObject] | None:
    if not _tmpfs(asked) or not asked["tmpfs_tempdir"]:
        return None
    return [pod_object("V1EnvVar", name="METAFLOW_TEMPDIR", value=asked["tmpfs_path"])]


def _tmpfs(asked: Mapping[str, Any]) -> bool:
    """Whether a file system in memory is asked for: by a size, too, unless it is switched off (Metaflow 2.19)."""
    return bool(asked["use_tmpfs"] or (asked["tmpfs_size"] and asked["use_tmpfs"] is None))


def _storage(asked: Mapping[str, Any], machine: Mapping[str, Any]) -> tuple[list[PodObject], list[PodObject]]:
    """Return the container's mounts and the pod's volumes."""
    mounts: list[PodObject] = []
    volumes: list[PodObject] = []

    def add(name: str, path: str, **source: PodObject) -> None:
        mounts.append(pod_object("V1VolumeMount", name=name, mount_path=path))
        volumes.append(pod_object("V1Volume", name=name, **source))

    if _tmpfs(asked):
        half = int(float(machine.get("memory") or 4096) / 2)
        add("tmpfs-ephemeral-volume", asked["tmpfs_path"], empty_dir=_in_memory(asked["tmpfs_size"] or half))
    if machine.get("shared_memory"):
        add("shared-memory", "/dev/shm", empty_dir=_in_memory(machine["shared_memory"]))
    for claim, path in (asked["persistent_volume_claims"] or {}).items():
        source = pod_object("V1PersistentVolumeClaimVolumeSource", claim_name=str(claim))
        add(str(claim), str(path), persistent_volume_claim=source)
    return mounts, volumes


def _in_memory(size: Any) -> PodObject:
    return pod_object("V1EmptyDirVolumeSource", medium="Memory", size_limit=f"{size}Mi")


def _of(kind: str, fields: Mapping[str, Any] | None) -> PodObject | None:
    return pod_object(kind, **fields) if fields else None
