"""The command line called in this process, as ``sdtm`` would be: exit code and what it printed."""

from __future__ import annotations

import contextlib
import functools
import io
import sys
from dataclasses import dataclass
from typing import Any
from unittest import mock

import typer.main

# What nobody should see for bad input.
SIGNS_OF_A_DEFECT = ("Traceback", "internal error", "defect of the toolkit", '.py", line')


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def is_told_plainly(self) -> bool:
        """Neither a traceback nor the word that the toolkit is to blame."""
        return not any(sign in text for sign in SIGNS_OF_A_DEFECT for text in (self.out, self.err))


# What typer makes of the functions is the same for every call; to make it takes longer than many a command.
_command = functools.cache(typer.main.get_command)


def call(*arguments: Any) -> Outcome:
    """``sdtm ARGUMENTS`` through ``sdtm.cli.main``, which turns problems into messages and exit codes."""
    from sdtm import cli

    out, err, code = io.StringIO(), io.StringIO(), 0
    with (
        mock.patch.object(sys, "argv", ["sdtm", *map(str, arguments)]),
        mock.patch.object(typer.main, "get_command", _command),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            cli.main()
        except SystemExit as leaving:
            code = leaving.code if isinstance(leaving.code, int) else 0
    return Outcome(code, out.getvalue(), err.getvalue())
