"""One number for what a spec says."""

from __future__ import annotations

import hashlib
import json

from specs.model import Study


def spec_hash(study: Study) -> str:
    """SHA-256 (64 hexadecimal digits) over the content of a study spec, inheritance resolved.

    The same for the same content wherever its folder stands, however it is split over files and
    libraries, and whatever its comments, quotes and order of keys; a key that states a default counts
    as absent. The order of lists counts.
    """
    content = study.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
