"""What is wrong or doubtful in a spec, as far as the spec and the standards tell. No data, no algorithms.

One rule is one function, listed in ``RULES``; it yields ``Problem``s. Errors also stop a run; warnings and
notes are told by ``sdtm lint`` only. What a mapping may say is judged when it is compiled (``sdtm.plan``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from specs.iso8601_windows import day_window
from specs.location import Location
from specs.model import DateSource, Domain, Study
from specs.problems import Problem, suggest
from specs.standards import Codelist, ImplementationGuide, Terminology
