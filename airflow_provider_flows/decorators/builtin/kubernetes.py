"""`@kubernetes`: the pod of a step, for Airflow's KubernetesExecutor. LAUNCH."""

from __future__ import annotations

from typing import Any, Callable, ClassVar, Mapping

from airflow_provider_flows.decorators.builtin.compute import ComputeDecorator
from airflow_provider_flows.decorators.builtin.pod import pod
from airflow_provider_flows.errors import InvalidDecoratorAttribute
from airflow_provider_flows.text import in_short

_NOT_HERE = {
    "compute_pool": "belongs to a platform built on Metaflow. Choose nodes with node_selector",
    "executable": "is the Python of the image, and Airflow's worker starts the one that it finds there",
    "hostname_resolution_timeout": "is about parallel groups over several pods, and a group runs in one",
}
"""Attributes of Metaflow's that nothing here can follow."""
_TOLERATION = ("key", "operator", "value", "effect", "toleration_seconds")
_SECURITY = ("privileged", "allow_privilege_escalation", "run_as_user", "run_as_group", "run_as_non_root")
_VENDORS = ("amd", "nvidia")
_QOS = ("guaranteed", "burstable")


class KubernetesDecorator(ComputeDecorator):
    """Run the step in a pod of this image, with these resources and on such nodes, where an executor starts pods.

    Compiled, it is the task's `executor_config={"pod_override": V1Pod(…)}`. Attributes and defaults are those of
    Metaflow 2.19; `cpu` in cores, `memory`, `disk` and `shared_memory` in MB. Of what `@resources` asks for as well,
    the larger number counts.
    """

    name = "kubernetes"
    where = "a Kubernetes pod"
    defaults: ClassVar[Mapping[str, Any]] = {
        "cpu": "1",
        "memory": "4096",
        "disk": "10240",
        **dict.fromkeys(("image", "image_pull_policy", "image_pull_secrets", "service_account", "secrets")),
        **dict.fromkeys(("node_selector", "namespace", "gpu", "gpu_vendor", "tolerations", "labels", "annotations")),
        **dict.fromkeys(("use_tmpfs", "tmpfs_size", "persistent_volume_claims", "shared_memory", "port")),
        "tmpfs_tempdir": True,
        "tmpfs_path": "/metaflow_temp",
        "qos": "burstable",
        "extended_resources": {},
        "security_context": None,
        **dict.fromkeys(_NOT_HERE),
    }

    def step_init(self, flow: Any, graph: Any, step_name: str, decorators: Any, *more: Any) -> None:
        super().step_init(flow, graph, step_name, decorators, *more)
        if not self.system_ctx.is_launch:
            return
        for name, why in _NOT_HERE.items():
            if self.attributes[name] is not None:
                raise self._wrong(f"{name} {why}.")
        for name, (fits, instead) in _SHAPES.items():
            value = self.attributes[name]
            if value is not None and not fits(value):
                raise self._wrong(f"{name} is {in_short(value)}. Write {instead}.")

    def operator_arguments(self) -> dict[str, Any]:
        return {"executor_config": {"pod_override": pod(self.attributes, self.requested)}}

    def _wrong(self, what: str) -> InvalidDecoratorAttribute:
        return InvalidDecoratorAttribute(f"step {self.step_name!r}: @kubernetes: {what}")


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _names(value: Any) -> bool:
    return _text(value) or (isinstance(value, (list, tuple)) and all(map(_text, value)))


def _pairs(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(map(_text, value))
    return _names(value) and all("=" in part for part in (value.split(",") if isinstance(value, str) else value))


def _dict_of(*keys: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, Mapping) and set(value) <= set(keys)


def _paths(value: Any) -> bool:
    return isinstance(value, Mapping) and all(_text(each) and str(each).startswith("/") for each in value.values())


_SHAPES: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    **dict.fromkeys(("image", "service_account", "namespace", "tmpfs_path"), (_text, "a text")),
    "image_pull_policy": (lambda value: value in ("Always", "IfNotPresent", "Never"), "Always, IfNotPresent or Never"),
    **dict.fromkeys(("image_pull_secrets", "secrets"), (_names, "a name, or a list of names")),
    **dict.fromkeys(("node_selector", "labels", "annotations"), (_pairs, "{'name': 'value'}, or 'name=value'")),
    "gpu_vendor": (lambda value: value in _VENDORS, " or ".join(_VENDORS)),
    "qos": (lambda value: str(value).lower() in _QOS, " or ".join(_QOS)),
    "tolerations": (
        lambda value: isinstance(value, (list, tuple)) and all(map(_dict_of(*_TOLERATION), value)),
        f"a list of dicts with {', '.join(_TOLERATION)}",
    ),
    "persistent_volume_claims": (_paths, "{'claim': '/path'}"),
    "security_context": (_dict_of(*_SECURITY), f"a dict with {', '.join(_SECURITY)}"),
    "extended_resources": (lambda value: isinstance(value, Mapping), "{'vendor.com/device': 1}"),
    "port": (lambda value: str(value).isdigit(), "the number of a port"),
}
"""What each attribute must be, and how to write it."""
