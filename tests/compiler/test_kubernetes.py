"""What `@kubernetes` asks for is in the text of the DAG, as a pod; what cannot be is said at its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from airflow_provider_flows.compiler.compile import compile_flow
from airflow_provider_flows.errors import FlowsError

from tests.support.options import compile_options

HEAD = "from metaflow import FlowSpec, batch, kubernetes, resources, retry, slurm, step\n\n\nclass F(FlowSpec):\n"
TAIL = "    @step\n    def start(self):\n        self.next(self.end)\n\n    @step\n    def end(self):\n        pass\n"


def text_of(folder: Path, above: str, *specs: str, **options: object) -> str:
    """Return the DAG's text, its blanks and trailing commas taken out."""
    file = folder / "f.py"
    file.write_text(HEAD + "".join(f"    {line}\n" for line in above.splitlines()) + TAIL)
    text = compile_flow(compile_options(file, decorators=specs, **options)).text
    return (
        text.partition("SOURCES =")[0]
        .replace("\n", "")
        .replace(" ", "")
        .replace(",)", ")")
        .replace(",]", "]")
        .replace(",}", "}")
    )


@pytest.mark.parametrize(
    ("attributes", "has"),
    [
        ("cpu=2, memory=8000", 'requests={"cpu":"2","memory":"8000M","ephemeral-storage":"10240M"})'),
        ("qos='Guaranteed'", 'limits={"cpu":"1","memory":"4096M","ephemeral-storage":"10240M"}'),
        ("gpu=2", 'limits={"nvidia.com/gpu":"2"}'),
        ("gpu=1, gpu_vendor='amd'", 'limits={"amd.com/gpu":"1"}'),
        ("extended_resources={'acme.com/fpga': 1}", 'limits={"acme.com/fpga":"1"}'),
        (
            "image='a/b:1', image_pull_policy='Always'",
            'V1Container(name="base",image="a/b:1",image_pull_policy="Always"',
        ),
        ("image_pull_secrets=['one']", 'image_pull_secrets=[V1LocalObjectReference(name="one")]'),
        ("secrets='one,two'", 'secret_ref=V1SecretEnvSource(name="two")'),
        ("service_account='robot'", 'service_account_name="robot"'),
        ("namespace='ml', labels={'team': 'a'}", 'metadata=V1ObjectMeta(namespace="ml",labels={"team":"a"})'),
        ("annotations='a=b'", 'annotations={"a":"b"}'),
        ("node_selector='pool=gpu,zone=a'", 'node_selector={"pool":"gpu","zone":"a"}'),
        ("tolerations=[{'key': 'a', 'operator': 'Exists'}]", 'tolerations=[V1Toleration(key="a",operator="Exists")]'),
        ("persistent_volume_claims={'data': '/data'}", 'V1VolumeMount(name="data",mount_path="/data")'),
        ("shared_memory=64", 'V1EmptyDirVolumeSource(medium="Memory",size_limit="64Mi")'),
        ("tmpfs_size=100", 'V1EnvVar(name="METAFLOW_TEMPDIR",value="/metaflow_temp")'),
        ("use_tmpfs=True, memory=1000", 'V1EmptyDirVolumeSource(medium="Memory",size_limit="500Mi")'),
        ("port=8080", "V1ContainerPort(container_port=8080)"),
        ("security_context={'run_as_user': 7}", "security_context=V1SecurityContext(run_as_user=7)"),
    ],
)
def test_every_attribute_is_in_the_pod(tmp_path: Path, attributes: str, has: str) -> None:
    assert has in text_of(tmp_path, f"@kubernetes({attributes})")


def test_the_larger_number_counts(tmp_path: Path) -> None:
    text = text_of(tmp_path, "@kubernetes(cpu=4, memory=1000)\n@resources(cpu=2, memory='9000')")
    assert '"cpu":"4","memory":"9000M"' in text


def test_it_can_come_from_the_command_line(tmp_path: Path) -> None:
    assert text_of(tmp_path, "", "kubernetes:cpu=3").count('"cpu":"3"') == 2


def test_an_executor_is_for_those_steps_alone(tmp_path: Path) -> None:
    text = text_of(tmp_path, "@kubernetes", kubernetes_executor="KubernetesExecutor")
    assert text.count('executor="KubernetesExecutor"') == 1


@pytest.mark.parametrize(
    ("attributes", "says"),
    [
        ("compute_pool='a'", "compute_pool belongs to a platform built on Metaflow"),
        ("executable='python3'", "executable is the Python of the image"),
        ("hostname_resolution_timeout=5", "a group runs in one"),
        ("cpu='many'", "cpu of @kubernetes is a number, not 'many'"),
        ("image=7", "image is 7. Write a text"),
        ("gpu_vendor='intel'", "Write amd or nvidia"),
        ("qos='best'", "Write guaranteed or burstable"),
        ("tolerations=[{'Key': 'a'}]", "a list of dicts with key, operator"),
        ("persistent_volume_claims={'a': 'relative'}", "Write {'claim': '/path'}"),
        ("node_selector='gpu'", "'name=value'"),
        ("security_context={'uid': 1}", "a dict with privileged"),
        ("port='http'", "the number of a port"),
        ("image_pull_policy='Sometimes'", "Always, IfNotPresent or Never"),
        ("cpus=2", "does not support the attribute 'cpus'"),
    ],
)
def test_what_cannot_be_is_said(tmp_path: Path, attributes: str, says: str) -> None:
    with pytest.raises(FlowsError, match=r"f\.py:5") as raised:
        text_of(tmp_path, f"@kubernetes({attributes})")
    assert says in str(raised.value)


class TestWithout:
    def test_batch_is_rejected_and_the_way_out_works(self, tmp_path: Path) -> None:
        above = "@batch(cpu=2, memory=9000, image='x')\n@resources(memory=16000)"
        with pytest.raises(FlowsError, match="With --without batch"):
            text_of(tmp_path, above)
        text = text_of(tmp_path, above, "-batch")
        assert 'step_resources={"cpu":2,"memory":16000}' in text and "Compiledwithout@batch." in text

    def test_a_flow_moves_from_one_to_the_other(self, tmp_path: Path) -> None:
        text = text_of(tmp_path, "@batch(cpu=2, memory=9000)", "-batch", "kubernetes")
        assert '"cpu":"2","memory":"9000M"' in text

    def test_one_that_there_is_not_can_be_taken_off(self, tmp_path: Path) -> None:
        with pytest.raises(FlowsError, match="@slurm is not supported here"):
            text_of(tmp_path, "@slurm(cpu=1)\n@slurm")
        assert 'decorators=["-slurm"]' in text_of(tmp_path, "@slurm(cpu=1)\n@slurm", "-slurm")

    def test_any_other_goes_as_well(self, tmp_path: Path) -> None:
        assert "retries" not in text_of(tmp_path, "@retry", "-retry")

    def test_a_name_that_nothing_has_is_an_error(self, tmp_path: Path) -> None:
        with pytest.raises(FlowsError, match=r"--without kubernete: .* Did you mean 'kubernetes'"):
            text_of(tmp_path, "", "-kubernete")
