"""How an attempt ended. TASK phase; data only."""

from __future__ import annotations

from dataclasses import dataclass

from airflow_provider_flows.flow.tracebacks import traceback_text, without_our_frames
from airflow_provider_flows.store import AttemptRecord


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended: its record, and the exception of a failed one (None when it is ok or caught).

    An attempt that never `began` failed of what it was given: no code of the step has run.
    """

    record: AttemptRecord
    exception: BaseException | None = None
    began: bool = True

    @property
    def ok(self) -> bool:
        return self.record.outcome != "failed"

    @property
    def verdict(self) -> str | None:
        """What is shown and kept behind all that the attempt printed: why it failed or was caught; None when it is ok.

        Of a failure, that is `<flow F step s[2,0]> failed:` and a traceback that begins in the flow's file.
        """
        record = self.record
        if self.exception is not None:
            where = f"[{','.join(map(str, record.path))}]" if record.path else ""
            text = traceback_text(without_our_frames(self.exception))
            return f"<flow {record.address.flow} step {record.address.step}{where}> failed:\n{text}"
        if record.outcome == "caught":
            return f"Caught: {record.reason}. The step failed, and the flow continues with what it stored."
        return None
