"""Who watches a conversion: told what each step read and gave, and how records stand between the stages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

from sdtm.step import Step

if TYPE_CHECKING:
    from sdtm.mapping.scope import BlockScope

# Stages: all that raw data give, before records become fewer or get standard results; before study days; before
# order and numbers.
BASE, READY, MADE = "base", "ready", "made"


class Watcher(Protocol):
    """`sdtm explain` is one; a run has none."""

    def step(
        self,
        dataset: str,
        step: Step,
        scope: BlockScope,
        inputs: Mapping[str, pd.Series],
        gave: pd.Series,
        value: pd.Series,
        needs: Mapping[str, Any],
    ) -> None:
        """One step on one block: its columns, what it gave, and the value after terminology."""
        ...

    def stage(self, name: str, state: Any) -> None:
        """The records of a domain at a stage; they change afterwards, so copy what is to be kept."""
        ...

    def order(self, domain: str, rows: np.ndarray) -> None:
        """The order of the finished records: positions among those of stage ``MADE``."""
        ...

    def cut(self, cutting: Any) -> None:
        """The data cut, which changed values of records that stay."""
        ...
