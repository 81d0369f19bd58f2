"""What users may do to the tags of a run. Any process; `Run.add_tag` and its kin write through the store."""

from __future__ import annotations

from typing import Any, Iterable, Mapping

from airflow_provider_flows.client.runinfo import RunInfo
from airflow_provider_flows.errors import TaggingError

MOST_TAGS = 50
"""Tags that users may put on a run (Metaflow 2.19)."""
LONGEST_TAG = 500
"""Characters of a tag (Metaflow 2.19)."""


def retagged(record: Mapping[str, Any], remove: frozenset[str], add: frozenset[str]) -> dict[str, Any]:
    """Return a run's record with other user tags: `remove` first, then `add`.

    A tag of the system is not added a second time. Raises TaggingError for one that is to be removed, and when the run
    would get more tags than it may have.
    """
    info = RunInfo.from_record(record)
    fixed = sorted(remove & info.system_tags)
    if fixed:
        raise TaggingError(f"{', '.join(map(repr, fixed))}: tags of the system cannot be removed.")
    tags = (info.user_tags - remove) | (add - info.system_tags)
    if len(tags) > max(MOST_TAGS, len(info.user_tags)):
        raise TaggingError(
            f"The run would have {len(tags)} tags, and {MOST_TAGS} are allowed. Remove some first with remove_tags()."
        )
    return {**record, "tags": sorted(tags)}


def one_or_more(tags: str | Iterable[str]) -> Iterable[str]:
    """Return the tags of a method that is meant for one; it takes several, too (Metaflow 2.19)."""
    return [tags] if isinstance(tags, (str, bytes)) else tags


def checked(tags: Iterable[str], argument: str) -> frozenset[str]:
    """Return the tags as a set; TaggingError for what cannot be one."""
    if isinstance(tags, (str, bytes)) or not isinstance(tags, Iterable):
        raise TaggingError(f"{argument} takes a list of tags, not {tags!r}. Write [{tags!r}].")
    found = list(tags)
    for tag in found:
        _check(tag)
    return frozenset(found)


def _check(tag: object) -> None:
    if not isinstance(tag, str):
        raise TaggingError(f"A tag is text, and {tag!r} is of type {type(tag).__name__}.")
    if not tag:
        raise TaggingError("A tag cannot be empty.")
    if len(tag) > LONGEST_TAG:
        raise TaggingError(f"A tag has up to {LONGEST_TAG} characters, and {tag[:30]!r}… has {len(tag)}.")
    try:
        tag.encode()
    except UnicodeEncodeError as error:
        raise TaggingError(f"{tag!r} cannot be a tag: {error}") from error
