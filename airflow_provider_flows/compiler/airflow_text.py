"""What Airflow can hold: text that its database takes, ids and tags within limits. LAUNCH phase, in `flows-compile`.

Airflow 3.1 to 3.3 keep a DAG as JSON in a database and send it to the browser as UTF-8. PostgreSQL takes no NUL, in
`jsonb` and in text alike, and no database takes half a surrogate pair; all other text arrives as it is. Airflow
renders none of the places where we put text (docs, tags, descriptions, labels, params) with Jinja.
"""

from __future__ import annotations

import re

from airflow_provider_flows.contract import LONGEST_DESCRIPTION, LONGEST_GROUP_ID, LONGEST_ID, LONGEST_TAG
from airflow_provider_flows.errors import UsageError

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_ID = re.compile(r"[\w.-]+\Z")
_NOT_IN_GROUP_ID = re.compile(r"[^\w-]")


def is_airflow_text(text: str) -> bool:
    """Whether Airflow can store `text` as it is."""
    return not _UNSTORABLE.search(text)


def airflow_text(text: str | None) -> str:
    """Return `text` with U+FFFD for each character that Airflow cannot store: NUL, and halves of surrogate pairs."""
    return _UNSTORABLE.sub(REPLACEMENT, text or "")


def one_line_description(doc: str | None) -> str:
    """Return the first paragraph of a docstring as the one line that lists of DAGs have room for."""
    first = airflow_text(doc).strip().partition("\n\n")[0]
    line = " ".join(first.split())
    return line if len(line) <= LONGEST_DESCRIPTION else f"{line[: LONGEST_DESCRIPTION - 1].rstrip()}…"


def markdown(text: str) -> str:
    """Return the documentation of a DAG or a group so that Airflow takes it for text; what ends in `.md` is a path.

    Airflow 3.1 to 3.3 would open such a file while it parses the DAG, and fail for a name that no file can have.
    """
    return f"{text}\n" if text.endswith(".md") else text


def check_dag_id(dag_id: str) -> str:
    """Return `dag_id` if Airflow takes it; UsageError, with what to do, if not."""
    return _checked_id(dag_id, "DAG id", "Choose another one with --dag-id.")


def group_id(wanted: str) -> str:
    """Return `wanted` as the id of a task group: letters, digits, dashes and underscores, not too many of them."""
    return _NOT_IN_GROUP_ID.sub("_", wanted)[:LONGEST_GROUP_ID]


def check_tag(tag: str) -> str:
    """Return `tag` if Airflow takes it; UsageError if it is empty or too long."""
    if not tag.strip():
        raise UsageError("A tag is empty. Give it a name, or leave it out.")
    if len(tag) > LONGEST_TAG:
        long = f"{len(tag)} characters, and Airflow allows {LONGEST_TAG}"
        raise UsageError(f"The tag {tag[:40]!r}… has {long}. Choose a shorter one.")
    return tag


def _checked_id(identifier: str, kind: str, fix: str) -> str:
    if not _ID.match(identifier):
        allowed = "letters, digits, dashes, dots and underscores"
        raise UsageError(f"{identifier!r} cannot be a {kind} in Airflow: it takes only {allowed}. {fix}")
    if len(identifier) > LONGEST_ID:
        long = f"{len(identifier)} characters, and Airflow allows {LONGEST_ID}"
        raise UsageError(f"The {kind} {identifier[:40]!r}… has {long}. {fix}")
    return identifier
