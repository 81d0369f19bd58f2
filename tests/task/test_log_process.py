"""Invariants of the process that keeps a worker's log: it hurts no step, and has all that a pipe can carry to it.

Each test is a step in a process of its own, so that its descriptors 1 and 2 are real. Airflow is not loaded.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.store import Store, open_store
from airflow_provider_flows.task.attempt_log import AttemptLog, LineCutter

ROOT = Path(__file__).parents[2]
ADDRESS = TaskAddress("F", "1", "start", "start")
DIED = "The step's process ended before the step did."
STEP = """
import logging, os, resource, signal, socket, subprocess, sys, time, types
resource.setrlimit(resource.RLIMIT_FSIZE, (100 << 20, 100 << 20))  # of what a test prints, however it goes wrong
package = types.ModuleType("airflow_provider_flows.operators")  # without Airflow, which its __init__ loads
package.__path__ = [{root!r} + "/airflow_provider_flows/operators"]
sys.modules[package.__name__] = package
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.operators import kept_logs as module
from airflow_provider_flows.store import Store, StoreAccess, open_store
from airflow_provider_flows.task import log_channel, log_process, log_start

class SlowStore(Store):
    def write_log(self, address, attempt, lines):
        time.sleep(6)
        super().write_log(address, attempt, lines)

class Access(StoreAccess):
    kind = Store
    def open(self):
        store = super().open()
        store.__class__ = self.kind
        return store

class SlowAccess(Access): kind = SlowStore

def ends(logs, attempt=0):
    logs.end(types.SimpleNamespace(verdict=None, record=types.SimpleNamespace(attempt=attempt)))

def begins(logs, access=StoreAccess):
    logs._access = access({store!r})
    logs.begin(TaskAddress("F", "1", "start", "start"))

{before}
with module.kept_logs(StoreAccess({store!r})) as logs:
    begins(logs)
    {body}
    ends(logs)
os.write(1, b"the step is over")
"""


@dataclass
class Step:
    """A step that has run: how it ended, what came out, what is kept of it, and how long it took, in seconds."""

    code: int
    files: tuple[Path, Path]
    store: Store
    seconds: float

    @property
    def out(self) -> str:
        return self.files[0].read_text()

    @property
    def err(self) -> str:
        return self.files[1].read_text()

    def kept(self, attempt: int = 0) -> list[str]:
        deadline = time.monotonic() + 5
        while not (lines := self.store.read_log(ADDRESS, attempt)) and time.monotonic() < deadline:
            time.sleep(0.01)
        return [line.text for line in lines]

    @property
    def is_well(self) -> bool:
        return self.code == 0 and self.out.endswith("the step is over")


class Runner:
    """Runs steps, and at last ends what they have left behind."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._groups = folder, list[int]()

    def __call__(self, body: str, before: str = "") -> Step:
        script, root = textwrap.indent(textwrap.dedent(body), "    ").strip(), str(self._folder / "store")
        text = STEP.format(root=str(ROOT), store=root, body=script, before=textwrap.dedent(before))
        files = self._folder / "out", self._folder / "err"  # a pipe would stay open in what is left behind
        begun = time.monotonic()
        with files[0].open("wb") as out, files[1].open("wb") as err:
            words = [sys.executable, "-c", text]
            process = subprocess.Popen(words, cwd=ROOT, stdout=out, stderr=err, start_new_session=True)
        self._groups.append(process.pid)
        code = process.wait(timeout=8)
        seconds = time.monotonic() - begun
        return Step(code, files, open_store(root), seconds)

    def close(self) -> None:
        for group in self._groups:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Runner]:
    runner = Runner(tmp_path)
    yield runner
    runner.close()


def test_a_title_with_spaces_makes_nobody_warn_of_threads(run: Runner) -> None:
    """Python 3.12 and later read the number of threads from a line that has the title in it, and split it at spaces."""
    before = """
        import ctypes, warnings
        warnings.filterwarnings("always", "This process")
        ctypes.CDLL(None).prctl(15, b"airflow worker ", 0, 0, 0)
        """
    step = run("print('here')", before)
    assert (step.err, step.is_well) == ("", True)
    assert step.kept() == ["here"]


@pytest.fixture(params=["seqpacket", "datagram"])
def channel(request: pytest.FixtureRequest) -> Iterator[str]:
    """Both kinds of sockets: the second is what macOS has, where the kernel tells nobody that a process ended."""
    without = "del socket.SOCK_SEQPACKET, os.pidfd_open\nsocket.SOCK_SEQPACKET = -1\n"
    yield "" if request.param == "seqpacket" else without


def test_a_line_without_an_end_takes_time_in_proportion(run: Runner) -> None:
    step = run("for _ in range(640): os.write(1, b'x' * 65536)")
    assert step.is_well and len(step.out) > 40 << 20
    assert step.seconds < 4
    assert [len(line) for line in step.kept()][:2] == [(1 << 20) + 65536] * 2


def test_lines_are_cut_alike_however_they_come() -> None:
    data = "one\ntwo ü\r\n\nthree".encode()
    for size in range(1, len(data)):
        cutter = LineCutter()
        lines = [line for at in range(0, len(data), size) for line in cutter.cut(data[at : at + size])]
        assert [*lines, *cutter.rest()] == ["one", "two ü", "", "three"]


def test_a_stream_that_never_runs_dry_holds_up_nobody(run: Runner) -> None:
    slow_reader = """
        source, target = os.pipe()
        if not os.fork():
            os.close(target)
            while os.read(source, 4096): time.sleep(0.001)
            os._exit(0)
        os.dup2(target, 1)
        os.close(target)
    """
    body = """
        child = subprocess.Popen(["timeout", "6", "yes", "y" * 1000])
        time.sleep(0.1)
        print("to stderr", file=sys.stderr)
        logs.line("stderr", "a line")
        ends(logs)
        child.terminate()
    """
    step = run(body, before=slow_reader)
    assert step.code == 0 and step.seconds < 5
    assert step.err == "to stderr\n" and {"y" * 1000, "to stderr", "a line"} <= set(step.kept())


def test_forked_children_log_long_lines_at_once(run: Runner, channel: str) -> None:
    body = """
        children = []
        for child in range(4):
            children.append(os.fork())
            if not children[-1]:
                for _ in range(5): logging.error(str(child) * 200_000)
                os._exit(0)
        for child in children: os.waitpid(child, 0)
        print("after")
    """
    step = run(body, before=channel)
    assert step.is_well and "after\n" in step.out
    kept = "".join(step.kept())
    assert [kept.count(str(child)) for child in range(4)] == [1_000_000] * 4 and "after" in kept


def test_what_cannot_be_understood_ends_the_log_and_not_the_step(run: Runner) -> None:
    step = run("logs._control.send(b'nonsense'); time.sleep(0.1); print('still shown'); logs.line('stderr', 'x')")
    assert step.is_well and "still shown\n" in step.out
    assert step.err.count("not kept in the store") == step.err.count("no longer kept in the store") == 1


def test_a_killed_step_has_its_log_while_a_child_of_it_lives(run: Runner, channel: str) -> None:
    body = """
        print("last words")
        if os.fork() == 0:
            time.sleep(20)
            os._exit(0)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    step = run(body, before=channel)
    assert step.code == -9
    assert step.kept() == ["last words", DIED]


@pytest.mark.parametrize("threads", ["", "import threading; threading.Thread(target=time.sleep, args=(5,)).start()"])
def test_a_line_that_a_killed_step_has_begun_is_shown_and_kept(run: Runner, channel: str, threads: str) -> None:
    step = run("print('last'); print('words', end=''); os.kill(os.getpid(), signal.SIGKILL)", channel + threads)
    assert step.kept() == ["last", "words", DIED]
    assert step.out == "last\nwords"


def test_lines_that_other_threads_have_begun_are_kept_when_the_step_ends(run: Runner) -> None:
    body = """
        import threading
        both = threading.Barrier(2)
        def say(name):
            print(name, end="")
            both.wait()  # or the second thread has the number of the first one
        threads = [threading.Thread(target=say, args=(name,)) for name in ("one", "two")]
        [thread.start() for thread in threads], [thread.join() for thread in threads]
        print("mine", end="")
    """
    step = run(body)
    assert step.is_well and sorted(step.kept()) == ["mine", "one", "two"]


def test_what_has_been_printed_is_shown_once(run: Runner) -> None:
    step = run("print('one', end=''); print(' line'); sys.__stdout__.write('and more'); ends(logs); time.sleep(0.1)")
    assert step.out == "one line\nand morethe step is over"
    assert step.kept() == ["one line", "and more"]


def test_the_process_has_standard_descriptors_that_harm_nothing(run: Runner) -> None:
    before = """
        class Loud(Store):
            def write_log(self, address, attempt, lines):
                os.write(1, b"stray 1 "), os.write(2, b"stray 2 "), logging.error("stray 3")
                assert os.read(0, 1) == b""
                super().write_log(address, attempt, lines)
        class LoudAccess(Access): kind = Loud
        logging.basicConfig()
    """
    step = run("begins(logs, LoudAccess); print('said'); ends(logs)", before)
    assert step.is_well and step.err == "stray 1 stray 2 "
    assert step.kept() == ["said"]


def test_a_store_that_hangs_ends_the_log_and_not_the_step(run: Runner) -> None:
    body = """
        begins(logs, SlowAccess)
        print("first"); ends(logs)
        for _ in range(40): print("x" * 65536)
        begins(logs); ends(logs, 1)
    """
    step = run(body, before="module._PATIENCE = 0.1")
    assert step.is_well and step.seconds < 5
    assert step.out.count("x") == 40 * 65536
    assert step.err.count("no longer kept in the store") == 1


def test_an_answer_that_comes_late_is_taken_for_no_other(run: Runner, tmp_path: Path) -> None:
    body = """
        signal.signal(signal.SIGALRM, ring)
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        begins(logs, SlowAccess)
        print("first")
        try: ends(logs)
        except Rings: print("rang")
        begins(logs, SlowAccess)
        ends(logs, 1)
        print(open_store(root).read_log(TaskAddress("F", "1", "start", "start"), 1)[0].text, "is there")
    """
    before = """
        class Rings(BaseException): pass
        def ring(*_): raise Rings
        SlowStore.write_log = lambda *given: (time.sleep(0.2), Store.write_log(*given))
        root = %r
    """
    step = run(body, before % str(tmp_path / "store"))
    assert step.is_well and "rang is there\n" in step.out


@pytest.mark.parametrize("kind", ["BaseException", "TimeoutError"])
def test_an_alarm_while_a_line_is_sent_ends_the_step_and_no_message(run: Runner, kind: str) -> None:
    body = f"""
        signal.signal(signal.SIGALRM, ring)
        os.kill(log_start.pid, signal.SIGSTOP)
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        try:
            while True: logging.error("x" * 60000)
        except {kind}:
            os.kill(log_start.pid, signal.SIGCONT)
            print("timed out")
    """
    before = f"""
        def ring(*_): raise {kind}
        def start(*given): log_start.pid = log_start.start(*given); return log_start.pid
        module.start = start
    """
    step = run(body, before)
    assert step.is_well and "timed out\n" in step.out and step.err == ""
    assert set(step.kept()) == {"x" * 60000, "timed out"}


def test_the_limit_of_a_log_counts_bytes() -> None:
    log = AttemptLog(max_size=1000)
    for _ in range(100):
        log.add("stdout", "ü" * 49)
    assert [line.stream for line in log.lines] == ["stdout"] * 11 + ["stderr"]  # 10 lines of 98 bytes and an end fit


def test_what_the_steps_process_wrote_into_leads_nowhere(run: Runner) -> None:
    """Loggers of Airflow's hold descriptors of their own, and a store that is opened there may log."""
    before = """
        own = os.dup(2)
        class Logs(Store):
            def write_log(self, address, attempt, lines):
                assert os.write(own, b"stray") == 5
                super().write_log(address, attempt, lines)
        class Logged(Access): kind = Logs
    """
    step = run("begins(logs, Logged); print('said')", before)
    assert step.is_well and step.err == "" and step.kept() == ["said"]


@pytest.mark.parametrize(
    "before", ["", "import threading; threading.Thread(target=time.sleep, args=(60,), daemon=True).start()"]
)
def test_with_a_key_the_log_of_a_killed_step_is_signed(
    run: Runner, monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    monkeypatch.setenv("FLOWS_SIGNING_KEY", "secret")
    body = "begins(logs, lambda root: StoreAccess(root, b'secret'))"
    step = run(f"{body}; print('last words', flush=True); os.kill(os.getpid(), signal.SIGKILL)", before)
    assert step.kept() == ["last words", DIED]
    (file,) = Path(step.store.root).rglob("0.log")
    assert file.read_text().splitlines()[-1].startswith("signed hmac-sha256 ")
