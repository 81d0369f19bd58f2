"""An option of `[flows]` is what Airflow says it is, or it is an error: never another value, and never none."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from airflow_provider_flows.errors import UsageError
from airflow_provider_flows.store import open_store, settings
from airflow_provider_flows.store.settings import setting
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

AIRFLOWS = "AIRFLOW__FLOWS__SIGNING_KEY"
SCRIPT = Path(__file__).with_name("airflow_answers.py")


class Oracle:
    """Airflow, asked what it makes of a file."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._process = subprocess.Popen(
            [sys.executable, str(SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "AIRFLOW_HOME": str(home / "unused")},
        )

    def __call__(self, option: str, **environment: str) -> dict[str, str | None]:
        assert self._process.stdin and self._process.stdout
        print(json.dumps({"option": option, "environment": environment}), file=self._process.stdin, flush=True)
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()


@pytest.fixture(scope="module")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Oracle]:
    pytest.importorskip("airflow")
    made = Oracle(tmp_path_factory.mktemp("airflow"))
    yield made
    made.close()


def ours(option: str, **environment: str) -> str | None:
    """What this package says; UsageError is told from no value."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        return setting(option)


PASSED_OVER = re.compile(r"^[ \t]+\[flows\]\s*$", re.MULTILINE)
"""A line that looks like our section, and goes on with the option before it."""


def agree(oracle: Oracle, text: str, **environment: str) -> None:
    """The law: the same value as Airflow's, and an error where Airflow has one, or a value of blanks alone.

    A file that does not speak of flows may be wrong in what is Airflow's own. Where Airflow goes on without a value
    although a line looks like our section, an error is allowed.
    """
    (oracle.home / "airflow.cfg").write_bytes(text.encode())
    environment = {"AIRFLOW_HOME": str(oracle.home), **environment}
    for option in ("signing_key", "datastore_root"):
        theirs = oracle(option, **environment)
        if "error" in theirs and "flows" not in text:
            assert ours(option, **environment) is None
        elif "error" in theirs or (theirs["value"] is not None and not theirs["value"].strip()):
            with pytest.raises(UsageError):
                ours(option, **environment)
        elif theirs["value"] is None and PASSED_OVER.search(text):
            with contextlib.suppress(UsageError):
                assert ours(option, **environment) is None
        else:
            assert ours(option, **environment) == (theirs["value"] and theirs["value"].strip())


VALUES = ["secret", "a b", "", " ", "%%", "50%", "%(x)s", "%(missing)s", "%(signing_key)s", "x = y", "a # b", "; c",
          "#d", "$HOME/k", "${NO_SUCH}", "~", "~/k", "{AIRFLOW_HOME}/k", "%(AIRFLOW_HOME)s", "é", "a\n  b", "a\n\n\tb",
          "k\n[flows]", "a\n  [core]\n  c", '"q"', "\\", "$KEY1"]  # fmt: skip
HEADERS = ["[flows]", "[flows] ", "[flows]\t", "[flows] # ours", "[flows];x", "\t[flows]", "  [flows]", "[flows]]",
           "[core]", "[DEFAULT]", "[flow", "flows]", "[]"]  # fmt: skip
OPTIONS = ["signing_key", "datastore_root", "x", "other", "AIRFLOW_HOME"]
FORMS = ["{} = {}", "{}={}", "{}: {}", "  {} = {}", "{}\t=\t{}", "# {} = {}", " ;{} = {}", "{} {}", "{} ={} ; c"]
LINES = st.one_of(
    st.sampled_from(HEADERS),
    st.builds(lambda form, name, value: form.format(name, value), *map(st.sampled_from, (FORMS, OPTIONS, VALUES))),
    st.sampled_from(["", " ", "\t", "# flows", "nonsense", "  more", "\ufeff", "\x0c", "\x85", "\u2028"]),
)
ENDS = st.sampled_from(["\n", "\r\n", "\r", "\n\n"])
FILES = st.builds(lambda lines, end: end.join(lines) + end, st.lists(LINES, max_size=8), ENDS)
HAND_MADE = st.one_of(FILES, st.builds("[flows]\n{}".format, FILES), st.builds("\ufeff{}".format, FILES))


@hypothesis_settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=HAND_MADE)
@example(text="[flows] # ours\nsigning_key = secret\n")
@example(text=" [flows]\t\n\tsigning_key\t:\tsecret\n")
@example(text="\ufeff[flows]\nsigning_key = secret\n")
@example(text="[flows]\nsigning_key = a\n[core]\nx = 1\n[flows]\n")
@example(text="[flows]\nsigning_key = a\nsigning_key = b\n")
@example(text="[flows]\nsigning_key = a%%b%(x)s\nx = c\n")
@example(text="[DEFAULT]\nsigning_key = secret\n[flows]\n")
@example(text="[flows]\nsigning_key = one\n  two\n\n  three\n")
@example(text="[flows]\ndags = 1\n  [core]\nsigning_key = still_of_flows\n")
@example(text="[flows]]\nsigning_key = secret\n\t[flows]\n")
def test_hand_made_files_mean_what_they_mean_to_airflow(oracle: Oracle, text: str) -> None:
    agree(oracle, text, KEY1="from the environment", HOME="/home/me")


@pytest.mark.parametrize("value", ["secret", " secret\n", "", "  ", "$KEY1", "~/k", "%(x)s", "50%", "{AIRFLOW_HOME}"])
def test_airflows_environment_variable_wins_over_the_file(oracle: Oracle, value: str) -> None:
    agree(oracle, "[flows]\nsigning_key = of_the_file\n", KEY1="$KEY2", KEY2="deep", **{AIRFLOWS: value})


def test_the_home_and_the_file_are_found_as_airflow_finds_them(oracle: Oracle) -> None:
    other = oracle.home / "other.cfg"
    other.write_text("[flows]\nsigning_key = other\n")
    for path in (str(other), "$BASE/other.cfg", "~/other.cfg", "/nowhere/airflow.cfg"):
        agree(oracle, "[flows]\nsigning_key = mine\n", AIRFLOW_CONFIG=path, BASE="~", HOME=str(oracle.home))
    for home in ("$BASE", "~", str(oracle.home)):
        agree(oracle, "[flows]\nsigning_key = mine\n", AIRFLOW_HOME=home, BASE="~", HOME=str(oracle.home))


# What is stricter than Airflow, which would go on without a key


def config(text: str | bytes) -> Path:
    file = Path(os.environ["AIRFLOW_HOME"], "airflow.cfg")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def rejected(match: str) -> str:
    """Return why no store can be opened."""
    with pytest.raises(UsageError, match=match) as caught:
        open_store("/tmp/x")
    return str(caught.value)


def test_a_file_that_is_not_there_is_no_file() -> None:
    assert open_store("/tmp/x")._key is None


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    file = config(b"[flows]\nsigning_key = \xff\n")
    rejected(f"{file} cannot be read: it is not UTF-8 from byte 22 on")
    file.unlink()
    file.symlink_to(tmp_path / "gone")
    rejected("it is a link to a file that is not there")
    file.unlink()
    file.mkdir()
    rejected("Is a directory")


def test_a_file_that_may_not_be_read_is_an_error() -> None:
    file = config("[flows]\nsigning_key = secret\n")
    file.chmod(0)
    code = (
        "import os\nfrom airflow_provider_flows.errors import UsageError\n"
        "from airflow_provider_flows.store.settings import setting\n"
        "if os.getuid() == 0: os.setuid(65534)  # root may read everything\n"
        "try: print(setting('signing_key'))\nexcept UsageError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert f"{file} cannot be read: Permission denied" in done.stdout


@pytest.mark.parametrize("variable", ["FLOWS_SIGNING_KEY", AIRFLOWS])
@pytest.mark.parametrize("value", ["", "  "])
def test_an_empty_key_is_an_error(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv(variable, value)
    rejected(f"{variable} is set, and empty")


@pytest.mark.parametrize("key", ["", b""])
def test_an_empty_key_given_by_a_program_is_an_error(key: str | bytes) -> None:
    with pytest.raises(UsageError, match="The signing key is empty"):
        open_store("/tmp/x", signing_key=key)


def test_the_name_of_a_variable_is_no_key() -> None:
    config("[flows]\nsigning_key = ${NO_SUCH_KEY}\n")
    rejected("that environment variable is not set")


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("[Flows]\nsigning_key = k\n", r"Write \[flows\]"),
        ("[ flows ]\nsigning_key = k\n", r"Write \[flows\]"),
        ("[flows]\nSigning_Key = k\n", "Write signing_key"),
        ("[flows]\nsigning-key = k\n", "Write signing_key"),
        ("[core]\nx = 1\n [flows]\nsigning_key = k\n", "indented line"),
    ],
)
def test_what_airflow_would_pass_over_is_an_error(text: str, fix: str) -> None:
    config(text)
    rejected(fix)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("\ufeff[flows]\nsigning_key = hidden\n", 1),
        ("[flows]\nsigning_key = hidden\nsigning_key = hidden\n", 3),
        ("[flows]\nsigning_key hidden\n", 2),
        ("[flows]\nsigning_key = hidden\n[core]\n[flows]\n", 4),
    ],
)
def test_errors_of_a_file_name_the_line_and_show_no_secret(text: str, line: int) -> None:
    file = config(text)
    assert "hidden" not in rejected(f"{file}:{line}: ")


@pytest.mark.parametrize("value", ["50%hidden", "%(hidden_not)s", "%(signing_key)s"])
def test_errors_of_a_value_show_no_secret(value: str) -> None:
    file = config(f"[flows]\nsigning_key = {value}\n")
    assert "%hidden" not in rejected(f"signing_key in {file}: it ")


def test_each_source_wins_over_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    config("[flows]\nsigning_key = file\n")
    assert setting("signing_key") == "file"
    monkeypatch.setenv(AIRFLOWS, "airflow")
    assert setting("signing_key") == "airflow"
    monkeypatch.setenv("FLOWS_SIGNING_KEY", "ours")
    assert setting("signing_key") == "ours"


# What only Airflow knows


@pytest.mark.parametrize(
    ("environment", "text", "asks"),
    [
        ({f"{AIRFLOWS}_CMD": "cat key"}, "", f"{AIRFLOWS}_CMD"),
        ({f"{AIRFLOWS}_SECRET": "path"}, "signing_key = k", f"{AIRFLOWS}_SECRET"),
        ({}, "signing_key_cmd = cat key", "signing_key_cmd"),
        ({}, "signing_key_secret = path", "signing_key_secret"),
    ],
)
def test_what_only_airflow_knows_is_asked_or_an_error(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], text: str, asks: str
) -> None:
    config(f"[flows]\n{text}\n")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert "Set FLOWS_SIGNING_KEY to the value." in rejected(f"{asks}.* is set, so only Airflow knows signing_key")
    answers = {("_cmd", "cat key"): "told\n", ("_secret", "path"): "told"}
    monkeypatch.setattr(settings, "ask_airflow", lambda *question: answers[question])
    assert open_store("/tmp/x")._key == b"told"
    monkeypatch.setattr(settings, "ask_airflow", lambda *_: "")
    rejected(f"{asks}.* gives no signing_key: it is set, and what it gives is empty")


def test_airflow_is_not_asked_for_what_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    config("[flows]\nsigning_key = k\nsigning_key_cmd = cat key\n")
    assert open_store("/tmp/x")._key == b"k"
    monkeypatch.setenv("FLOWS_SIGNING_KEY", "ours")
    monkeypatch.setenv(f"{AIRFLOWS}_CMD", "cat key")
    assert open_store("/tmp/x")._key == b"ours"


def test_the_roots_command_is_asked_or_an_error_too(monkeypatch: pytest.MonkeyPatch) -> None:
    config("[flows]\ndatastore_root_cmd = echo s3://bucket\n")
    with pytest.raises(UsageError, match="Set FLOWS_DATASTORE_ROOT to the value"):
        open_store()
    monkeypatch.setattr(settings, "ask_airflow", lambda *_: "/tmp/told")
    assert open_store().root == "/tmp/told"
