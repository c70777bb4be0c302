"""Makes the SYNTHETIC raw extracts of LXI-15029 from the tables in ``facts``; same bytes on every machine.

Plain Python, standard library only: no clock, no locale, no random state of the interpreter.
"""

from specs.studies.lxi15029.generator.build import build

__all__ = ["build"]
