"""Words that depend on a number."""

from specs.words import counted


def test_one_and_several():
    assert counted(1, "record") == "1 record"
    assert counted(0, "record") == "0 records"
    assert counted(1234, "record") == "1,234 records"
    assert counted(2, "subject has", "subjects have") == "2 subjects have"
