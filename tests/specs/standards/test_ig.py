"""Expected rows are read off SDTMIG 3.4 and SDTM 2.0 by section, not off our tables."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specs.problems import ProblemsFound
from specs.standards import implementation_guide

GUIDE = implementation_guide()
OBSERVATION_CLASSES = ("Interventions", "Events", "Findings", "Findings About")


def names(dataset: str, class_name: str = "") -> list[str]:
    return [variable.name for variable in GUIDE.variables(dataset, class_name)]


def test_an_unknown_version_names_the_known_ones():
    with pytest.raises(ProblemsFound) as caught:
        implementation_guide("3.9")
    assert caught.value.problems[0].found == '"3.9"'
    assert "3.4" in caught.value.problems[0].expected


def test_the_guide_is_read_once():
    assert implementation_guide("3.4") is GUIDE


def test_a_dataset_has_label_class_structure_and_keys():
    ae = GUIDE.datasets["AE"]
    assert (ae.label, ae.class_name) == ("Adverse Events", "Events")
    assert ae.structure == "One record per adverse event per subject"
    assert ae.keys == ("STUDYID", "USUBJID", "AEDECOD", "AESTDTC")


def test_datasets_of_the_guide_and_of_the_model_are_known():
    # SDTMIG 3.4 has 63 datasets; AC, TX, DR, POOLDEF, DI and APRELSUB stand in SDTM 2.0 only.
    assert len(GUIDE.datasets) == 69
    assert GUIDE.datasets["DI"].label == "Device Identifiers"
    assert names("TX")[-1] == "TXVAL"
    assert GUIDE.variable("TX", "TXVAL").core == ""


# SDTMIG 3.4, the specification of each domain: number of variables, first, topic, last.
@pytest.mark.parametrize(
    ("dataset", "count", "topic", "last"),
    [
        ("AE", 60, "AETERM", "AEENTPT"),
        ("DM", 32, "SUBJID", "DMDY"),
        ("VS", 38, "VSTESTCD", "VSRFTDTC"),
        ("LB", 62, "LBTESTCD", "LBPDUR"),
        ("EX", 37, "EXTRT", "EXRFTDTC"),
        ("DS", 16, "DSTERM", "DSSTDY"),
        ("TU", 31, "TUTESTCD", "TUDY"),
        ("SE", 13, "ETCD", "SEUPDES"),
        ("SV", 16, "VISITNUM", "SVUPDES"),
        ("TS", 11, "TSPARMCD", "TSVCDVER"),
        ("RELREC", 7, "", "RELID"),
        ("CO", 13, "COVAL", "CODY"),
    ],
)
def test_a_dataset_lists_the_variables_of_its_specification(dataset, count, topic, last):
    assert len(names(dataset)) == count
    assert names(dataset)[0] == "STUDYID"
    assert names(dataset)[-1] == last
    assert GUIDE.topic(dataset) == topic


def test_a_variable_has_the_attributes_of_the_specification():
    aeser = GUIDE.variable("AE", "AESER")
    assert (aeser.label, aeser.type, aeser.role, aeser.core) == (
        "Serious Event",
        "Char",
        "Record Qualifier",
        "Exp",
    )
    assert aeser.codelists == ("C66742",)
    assert GUIDE.variable("AE", "AESTDTC").value_domain == "ISO 8601 datetime or interval"
    assert GUIDE.variable("AE", "DOMAIN").value_list == "AE"
    assert GUIDE.variable("VS", "VSSTRESN").type == "Num"


def test_several_codelists_of_one_variable_stay_several():
    assert GUIDE.variable("DS", "DSDECOD").codelists == ("C66727", "C114118", "C150811")


# SDTMIG 3.4, 8.4: the ten variables of supplemental qualifiers.
SUPPQUAL = ["STUDYID", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "QNAM", "QLABEL", "QVAL", "QORIG", "QEVAL"]


@pytest.mark.parametrize(("dataset", "domain"), [("SUPPAE", "AE"), ("SUPPDM", "DM"), ("SUPPQSCG", "QS")])
def test_every_supplemental_dataset_has_the_ten_variables(dataset, domain):
    assert names(dataset) == SUPPQUAL
    assert GUIDE.topic(dataset) == "QNAM"
    assert GUIDE.variable(dataset, "RDOMAIN").value_list == domain
    assert GUIDE.dataset(dataset).label == f"Supplemental Qualifiers for {dataset[4:]}"
    assert GUIDE.dataset(dataset).keys == (
        "STUDYID",
        "RDOMAIN",
        "USUBJID",
        "IDVAR",
        "IDVARVAL",
        "QNAM",
    )


def test_a_split_domain_is_its_parent_under_another_name():
    assert GUIDE.dataset("QSCG").name == "QSCG"
    assert GUIDE.dataset("QSCG").class_name == "Findings"
    assert GUIDE.variables("QSCG") == GUIDE.variables("QS")


def test_a_trial_design_dataset_is_not_split():
    assert GUIDE.dataset("TSXX") is None


@pytest.mark.parametrize("name", ["SUPP", "SUPPA", "SUPPABCDE", "SUPP..", "suppae", "ae", ""])
def test_a_name_that_is_no_dataset_is_not_known(name):
    assert GUIDE.dataset(name) is None
    assert GUIDE.variables(name) == ()
    assert GUIDE.variable(name, "STUDYID") is None
    assert GUIDE.topic(name) == ""


def test_a_domain_of_the_sponsor_follows_its_class():
    listed = {variable.name: variable for variable in GUIDE.variables("XE", "Events")}
    required = [name for name, variable in listed.items() if variable.core == "Req"]
    # SDTM 2.0, 3.1.4: these are needed in every domain of a general observation class.
    assert required == ["STUDYID", "DOMAIN", "USUBJID", "XESEQ", "XETERM"]
    assert listed["DOMAIN"].value_list == "XE"
    assert {variable.core for variable in listed.values()} == {"Req", "Perm"}
    assert GUIDE.topic("XE", "Events") == "XETERM"
    assert GUIDE.dataset("XE", "Events").class_name == "Events"
    roles = [variable.role for variable in listed.values()]
    assert roles.index("Topic") == max(i for i, role in enumerate(roles) if role == "Identifier") + 1
    assert set(roles[roles.index("Timing") :]) == {"Timing"}


def test_a_class_is_read_in_any_capitals():
    assert GUIDE.variables("XF", "FINDINGS ABOUT") == GUIDE.variables("XF", "Findings About")
    assert "XFOBJ" in names("XF", "findings-about")
    assert "XFOBJ" not in names("XF", "Findings")


def test_a_mistyped_class_is_a_problem_with_the_near_one():
    with pytest.raises(ProblemsFound) as caught:
        GUIDE.variables("XF", "Findigs")
    assert "did you mean Findings" in caught.value.problems[0].do


def test_a_class_does_not_override_the_guide():
    assert GUIDE.variables("AE", "Findings") == GUIDE.variables("AE")


def test_a_special_purpose_domain_of_the_sponsor_has_no_shared_variables():
    assert GUIDE.variables("XS", "Special-Purpose") == ()
    assert GUIDE.dataset("XS", "Special-Purpose").class_name == "Special-Purpose"


def test_the_model_answers_where_the_guide_is_silent():
    visitdy = GUIDE.variable("DS", "VISITDY")
    assert (visitdy.label, visitdy.type, visitdy.core) == ("Planned Study Day of Visit", "Num", "Perm")
    lobxfl = GUIDE.variable("PC", "PCLOBXFL")
    assert (lobxfl.label, lobxfl.codelists) == ("Last Observation Before Exposure Flag", ("C66742",))
    assert GUIDE.variable("LB", "LBLOC").codelists == ("C74456",)
    # In DS and MH only some datasets have a codelist for the category, so none is taken over.
    assert GUIDE.variable("XE", "XECAT", "Events").codelists == ()


# SDTM 2.0, usage restrictions.
@pytest.mark.parametrize(
    ("dataset", "variable"),
    [
        ("LB", "LBUSCHFL"),  # not in human clinical trials
        ("AE", "RPHASE"),
        ("AE", "AESTAT"),  # not in AE
        ("VS", "VSSTDTC"),  # not in Findings
        ("CE", "CESINTV"),  # AE only
        ("LB", "LBBEATNO"),  # EG only
        ("VS", "VSPTFL"),  # specimen-based domains only
        ("QS", "QSEVAL"),
        ("DM", "VISITNUM"),  # special-purpose datasets are specified completely
        ("AE", "VSDTC"),
        ("AE", "NOSUCH"),
    ],
)
def test_a_variable_that_the_model_does_not_allow_there_is_none(dataset, variable):
    assert GUIDE.variable(dataset, variable) is None


@pytest.mark.parametrize(("dataset", "variable"), [("PC", "PCPTFL"), ("EG", "EGBEATNO"), ("VS", "VSEVAL")])
def test_a_variable_is_allowed_where_its_restriction_says(dataset, variable):
    assert GUIDE.variable(dataset, variable).core in ("Perm", "Exp")


def test_order_puts_what_the_guide_does_not_list_where_the_model_has_it():
    given_names = [
        "EPOCH",
        "DSDTC",
        "VISITDY",
        "VISIT",
        "DSTERM",
        "USUBJID",
        "VISITNUM",
        "DSSTDTC",
        "STUDYID",
    ]
    assert GUIDE.order("DS", given_names) == [
        "STUDYID",
        "USUBJID",
        "DSTERM",
        "VISITNUM",
        "VISIT",
        "VISITDY",
        "EPOCH",
        "DSDTC",
        "DSSTDTC",
    ]
    assert GUIDE.order("PC", ["PCBLFL", "PCFAST", "PCLOBXFL", "PCSTRESC"]) == [
        "PCSTRESC",
        "PCLOBXFL",
        "PCBLFL",
        "PCFAST",
    ]


def test_order_leaves_unknown_names_to_the_end_by_name():
    assert GUIDE.order("AE", ["ZZ", "AETERM", "AA", "STUDYID"]) == ["STUDYID", "AETERM", "AA", "ZZ"]


def test_order_of_a_dataset_without_class_knows_identifiers_and_timing():
    assert GUIDE.order("XX", ["XXTERM", "XXDTC", "EPOCH", "USUBJID", "XXSEQ", "STUDYID"]) == [
        "STUDYID",
        "USUBJID",
        "XXSEQ",
        "EPOCH",
        "XXDTC",
        "XXTERM",
    ]


@pytest.mark.parametrize("dataset", sorted(GUIDE.datasets))
def test_the_order_of_the_model_never_contradicts_the_guide(dataset):
    listed = names(dataset)
    assert len(listed) >= 4
    assert GUIDE.order(dataset, reversed(listed)) == listed
    orders = [variable.order for variable in GUIDE.variables(dataset)]
    assert orders == sorted(set(orders))


@pytest.mark.parametrize(
    "dataset", [d.name for d in GUIDE.datasets.values() if d.class_name in OBSERVATION_CLASSES]
)
def test_no_row_of_the_guide_breaks_a_restriction_of_the_model(dataset):
    # A domain of its class with the same code is what the model alone would give it.
    class_name = GUIDE.datasets[dataset].class_name
    model = {variable.name for variable in GUIDE._custom(GUIDE.datasets[dataset]).listed.values()}
    assert class_name in OBSERVATION_CLASSES
    assert set(names(dataset)) <= model


def test_every_variable_fits_a_transport_file():
    for dataset in GUIDE.datasets:
        for variable in GUIDE.variables(dataset):
            assert len(variable.name) <= 8
            assert len(variable.label) <= 40
            assert variable.type in ("Char", "Num")
            assert variable.core in ("Req", "Exp", "Perm", "")


@given(
    dataset=st.sampled_from(sorted(GUIDE.datasets)),
    extra=st.lists(st.text("ABXZ19", min_size=1, max_size=8), unique=True, max_size=4),
    data=st.data(),
)
def test_order_keeps_every_name_and_does_not_depend_on_the_order_given(dataset, extra, data):
    given_names = list(dict.fromkeys([*names(dataset), *extra]))
    shuffled = data.draw(st.permutations(given_names))
    assert GUIDE.order(dataset, shuffled) == GUIDE.order(dataset, given_names)
    assert sorted(GUIDE.order(dataset, shuffled)) == sorted(given_names)
