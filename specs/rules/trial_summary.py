"""Rules on the trial summary (TS): what has to be told, and in which form."""

from __future__ import annotations

from collections.abc import Iterator

from specs.iso8601 import is_datetime, is_duration
from specs.problems import Problem, suggest
from specs.rules.spec import Spec, some

# SDTMIG 3.3, appendix C1 ("Required"), which 3.4 left to the agencies; the FDA's Technical Conformance Guide asks for
# them in its appendix on TS, and rejects a study without SSTDTC (TRC 1734). Where nothing can be said: TSVALNF.
REQUIRED = [
    "ACTSUB",
    "ADAPT",
    "ADDON",
    "AGEMAX",
    "AGEMIN",
    "DCUTDESC",
    "DCUTDTC",
    "HLTSUBJI",
    "LENGTH",
    "NARMS",
    "OBJPRIM",
    "OUTMSPRI",
    "PLANSUB",
    "RANDOM",
    "SENDTC",
    "SEXPOP",
    "SPONSOR",
    "SSTDTC",
    "STOPRULE",
    "STYPE",
    "TBLIND",
    "TCNTRL",
    "TITLE",
    "TPHASE",
    "TTYPE",
]
# Where STYPE is INTERVENTIONAL (CORE-000741), and where subjects are not healthy (CORE-000742).
INTERVENTIONAL = ("INTMODEL", "INTTYPE", "PCLAS", "TRT")
PATIENTS = ("INDIC", "TINDTP")

# Parameter -> short name of the codelist of its value (SDTM CT).
CODELISTS = {
    **dict.fromkeys(
        [
            "ADAPT",
            "ADDON",
            "RANDOM",
            "HLTSUBJI",
            "RDIND",
            "EXTTIND",
            "PDSTIND",
            "PDPSTIND",
            "PIPIND",
            "ONGOSIND",
            "DMCIND",
            "BRIND",
        ],
        "NY",
    ),
    **{name: name for name in ("TBLIND", "TCNTRL", "TPHASE", "TTYPE", "STYPE", "INTTYPE", "INTMODEL")},
    **{name: name for name in ("SEXPOP", "TINDTP", "ROUTE")},
    **{"DOSU": "UNIT", "DOSFRM": "FRM", "DOSFRQ": "FREQ"},
}
DURATIONS = ("AGEMAX", "AGEMIN", "LENGTH", "PLNTRDUR", "CRMDUR", "SDMDUR", "TRGFUDUR")
DATES = ("SSTDTC", "SENDTC", "DCUTDTC", "CSRARDTC")
COUNTS = ("PLANSUB", "ACTSUB", "NARMS", "NCOHORT")
# ISO 21090, as SDTMIG 3.4, 7.4 has it.
NULL_FLAVORS = [
    "NI",
    "INV",
    "DER",
    "OTH",
    "NINF",
    "PINF",
    "UNC",
    "MSK",
    "NA",
    "UNK",
    "ASKU",
    "NAV",
    "NASK",
    "QS",
    "TRC",
    "NP",
]


def required_parameters(spec: Spec) -> Iterator[Problem]:
    """A study that writes its trial design writes TS too, with all that is required."""
    given = {parameter.TSPARMCD: parameter.TSVAL for parameter in spec.study.parameters}
    if not given:
        if spec.study.arms and "TS" not in spec.study.sdtm:
            yield Problem(
                "parameter-missing",
                spec.where("arms"),
                "arms, and no trial summary (TS), which agencies ask of every study",
                f"parameters: with {some(REQUIRED, 4)}",
                "declare parameters:; where nothing can be said, TSVALNF: NI, NA, PINF … instead of TSVAL",
                "warning",
            )
        return
    wanted = [*REQUIRED]
    if given.get("STYPE") == "INTERVENTIONAL":
        wanted += INTERVENTIONAL
    if given.get("HLTSUBJI") == "N":
        wanted += PATIENTS
    missing = [name for name in wanted if name not in given]
    if missing:
        yield Problem(
            "parameter-missing",
            spec.where("parameters"),
            f"no {some(missing, 40)}",
            "the trial summary parameters that agencies require",
            "add them; where nothing can be said, TSVALNF: NI, NA, PINF … instead of TSVAL",
            "warning",
        )


def parameter_values(spec: Spec) -> Iterator[Problem]:
    """Values have the form and the terms of their parameter, null flavors are those of ISO 21090."""
    for number, parameter in enumerate(spec.study.parameters):
        where = spec.where("parameters", number, "TSVAL")
        code, value = parameter.TSPARMCD, parameter.TSVAL
        if parameter.TSVALNF and parameter.TSVALNF not in NULL_FLAVORS:
            yield Problem(
                "bad-value",
                spec.where("parameters", number, "TSVALNF"),
                f"TSVALNF {parameter.TSVALNF!r} of {code}",
                f"a null flavor of ISO 21090: {', '.join(NULL_FLAVORS)}",
                suggest(parameter.TSVALNF, NULL_FLAVORS),
            )
        if not value:
            continue
        if value in NULL_FLAVORS and not (code in CODELISTS and value in ("NA", "UNK")):
            found, wanted = f"{code} = {value!r}", "a value; what says that there is none goes to TSVALNF"
            yield Problem("bad-value", where, found, wanted, f"write TSVALNF: {value}", "warning")
        elif (expected := _expected(code, value)) is not None:
            yield Problem("bad-value", where, f"{code} = {value!r}", expected)
        elif code in CODELISTS:
            yield from _term(spec, number, code, value)


def parameter_codes(spec: Spec) -> Iterator[Problem]:
    """TSVALCD of a CDISC term is the code of TSVAL; a code has its terminology, and that its version."""
    for number, parameter in enumerate(spec.study.parameters):
        code, reference = parameter.TSPARMCD, parameter.TSVCDREF
        if parameter.TSVALCD and not reference:
            yield Problem(
                "code-without-terminology",
                spec.where("parameters", number, "TSVALCD"),
                f"TSVALCD {parameter.TSVALCD!r} of {code} without TSVCDREF",
                "the name of the terminology that the code is of",
                "write TSVCDREF: CDISC CT, UNII, SNOMED, ISO 3166-1 …",
                "warning",
            )
        published = spec.published(CODELISTS.get(code, ""))
        term = published.terms.get(parameter.TSVAL) if published else None
        if reference.startswith("CDISC") and term and parameter.TSVALCD and term.code != parameter.TSVALCD:
            yield Problem(
                "wrong-code",
                spec.where("parameters", number, "TSVALCD"),
                f"TSVALCD {parameter.TSVALCD!r} for {parameter.TSVAL}",
                f"{term.code}, the code of {parameter.TSVAL} in {published.name if published else ''}",
                f"write {term.code}",
            )


def _expected(code: str, value: str) -> str | None:
    if code in DURATIONS and not is_duration(value):
        return "an ISO 8601 duration, such as P18Y or P24M"
    if code in DATES and not is_datetime(value):
        return "an ISO 8601 date, such as 2021-03-09"
    if code in COUNTS and not (value.isascii() and value.isdigit()):
        return "a whole number"
    return None


def _term(spec: Spec, number: int, code: str, value: str) -> Iterator[Problem]:
    published = spec.published(CODELISTS[code])
    if published is None or value in published.terms or value in spec.extensions():
        return
    yield Problem(
        "not-in-codelist",
        spec.where("parameters", number, "TSVAL"),
        f"{code} = {value!r}",
        f"a submission value of {published.name} ({published.code}): {some(published.terms)}",
        suggest(value, published.terms)
        or "declare it under codelists: extend, if the codelist is extensible",
        "warning" if published.extensible else "error",
    )
