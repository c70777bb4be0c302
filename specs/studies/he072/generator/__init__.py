"""Makes the SYNTHETIC raw extracts of HE072 from the tables in ``facts``; same bytes on every machine.

Plain Python, standard library only: no clock, no locale, no random state of the interpreter.
"""

from specs.studies.he072.generator.build import build

__all__ = ["build"]
