"""Lets the tests of whole studies import ``comparison``, which is on no import path in importlib mode."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
