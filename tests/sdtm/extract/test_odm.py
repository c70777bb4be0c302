"""ODM-XML written by the tests: snapshots, transactional files, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Read = Callable[..., Any]

METADATA = """<Study OID="S"><MetaDataVersion OID="1" Name="1">
<ItemGroupDef OID="IG.AE" Name="AE"><ItemRef ItemOID="I.TERM"/><ItemRef ItemOID="I.SEV"/></ItemGroupDef>
<ItemGroupDef OID="IG.NONE" Name="none"><ItemRef ItemOID="I.X"/></ItemGroupDef>
<ItemDef OID="I.TERM" Name="TERM"><Question><TranslatedText xml:lang="de">Was?</TranslatedText>
<TranslatedText xml:lang="en">What
  happened?</TranslatedText></Question></ItemDef><ItemDef OID="I.SEV" Name="Severity"/>
</MetaDataVersion></Study>"""


def odm(data: str, kind: str = "Snapshot", metadata: str = METADATA, prolog: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{prolog}<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3"'
        f' xmlns:v="urn:vendor" ODMVersion="1.3.2" FileType="{kind}" FileOID="f">{metadata}'
        f'<ClinicalData StudyOID="S" MetaDataVersionOID="1">{data}</ClinicalData></ODM>'
    )


def subject(key: str, *groups: str, kind: str = "", site: str = "") -> str:
    """One subject, visit SE.V1 and form F.AE with these item groups."""
    transaction = f' TransactionType="{kind}"' if kind else ""
    reference = f'<SiteRef LocationOID="{site}"/>' if site else ""
    return (
        f'<SubjectData SubjectKey="{key}"{transaction}>{reference}<StudyEventData StudyEventOID="SE.V1"'
        f' StudyEventRepeatKey="1"><FormData FormOID="F.AE">{"".join(groups)}</FormData></StudyEventData>'
        "</SubjectData>"
    )


def group(items: str, repeat: str = "", kind: str = "", oid: str = "IG.AE") -> str:
    key = f' ItemGroupRepeatKey="{repeat}"' if repeat else ""
    transaction = f' TransactionType="{kind}"' if kind else ""
    return f'<ItemGroupData ItemGroupOID="{oid}"{key}{transaction}>{items}</ItemGroupData>'


def item(oid: str, value: str, kind: str = "") -> str:
    transaction = f' TransactionType="{kind}"' if kind else ""
    return f'<ItemData ItemOID="{oid}" Value="{value}"{transaction}/>'


def test_a_snapshot(read: Read, cells: Read) -> None:
    data = subject(
        "001",
        group(
            item("I.TERM", "007 &lt;x&gt; ") + '<ItemDataString ItemOID="I.NEW">1.10</ItemDataString>', "1"
        ),
        group(item("I.TERM", "恶心") + '<ItemData ItemOID="I.SEV" IsNull="Yes"/>', "2"),
        site="01",
    )
    found = read(odm(data), name="a.xml")
    assert cells(found) == {
        "StudyOID": ["S", "S"],
        "SubjectKey": ["001", "001"],
        "LocationOID": ["01", "01"],
        "StudyEventOID": ["SE.V1", "SE.V1"],
        "StudyEventRepeatKey": ["1", "1"],
        "FormOID": ["F.AE", "F.AE"],
        "FormRepeatKey": [None, None],
        "ItemGroupOID": ["IG.AE", "IG.AE"],
        "ItemGroupRepeatKey": ["1", "2"],
        "I.TERM": ["007 <x> ", "恶心"],
        "I.SEV": [None, None],
        "I.NEW": ["1.10", None],
    }
    assert found.table.labels == {"I.TERM": "What happened?", "I.SEV": "Severity"}
    assert found.table.rows.tolist() == [1, 2]
    assert found.findings == ()


def test_two_events_without_repeat_keys_are_two_rows(read: Read, cells: Read) -> None:
    # trap 12
    found = read(odm(subject("001", group(item("I.TERM", "a")), group(item("I.TERM", "b")))), name="a.xml")
    assert cells(found)["I.TERM"] == ["a", "b"]
    [finding] = found.findings
    assert (finding.rule, finding.severity, finding.places[0].row) == ("repeated-record", "warning", 2)


def test_an_item_twice_in_one_record(read: Read, cells: Read) -> None:
    found = read(odm(subject("1", group(item("I.TERM", "a") + item("I.TERM", "b")))), name="a.xml")
    assert cells(found)["I.TERM"] == ["b"]
    assert [(f.rule, f.places[0].column) for f in found.findings] == [("repeated-item", "I.TERM")]


def test_units_stand_beside_their_values(read: Read, cells: Read) -> None:
    value = '<ItemData ItemOID="I.W" Value="70"><MeasurementUnitRef MeasurementUnitOID="KG"/></ItemData>'
    found = read(odm(subject("1", group(value), group(item("I.W", "71"), "2"))), name="a.xml")
    assert cells(found)["I.W_UNIT"] == ["KG", None]


def test_what_is_not_read_is_noted(read: Read) -> None:
    data = subject("1", group("<AuditRecord/>" + item("I.TERM", "a")))
    found = read(odm(data.replace("<SubjectData", '<SubjectData v:Name="x"')), name="a.xml")
    assert found.table.files[0].notes == (
        "audit records not read: 1",
        "attributes of other namespaces were not read: SubjectData/Name",
    )


def transactions(*parts: str) -> str:
    return odm("".join(parts), "Transactional", "")


def test_transactions_are_played_in_order(read: Read, cells: Read) -> None:
    found = read(
        transactions(
            subject("1", group(item("A", "a1") + item("B", "b1"), "1", "Insert"), kind="Context"),
            subject("1", group(item("A", "a2"), "2", "Insert"), kind="Context"),
            subject("2", group(item("A", "x"), "1"), kind="Upsert"),  # inherited
            subject("1", group(item("A", "a1 new"), "1", "Update"), kind="Context"),
            subject("1", group("", "2", "Remove"), kind="Context"),
            subject(
                "2",
                group(item("A", "y", "Update") + item("C", "c", "Insert"), "1", "Context"),
                kind="Context",
            ),
            subject(
                "2", group('<ItemData ItemOID="C" TransactionType="Remove"/>', "1", "Update"), kind="Context"
            ),
            subject("3", group(item("A", "gone"), "1", "Insert"), kind="Context"),
            '<SubjectData SubjectKey="3" TransactionType="Remove"/>',
        ),
        name="a.xml",
    )
    values = cells(found)
    assert {name: values[name] for name in ("SubjectKey", "ItemGroupRepeatKey", "A", "B", "C")} == {
        "SubjectKey": ["1", "2"],
        "ItemGroupRepeatKey": ["1", "1"],
        "A": ["a1 new", "y"],
        "B": ["b1", None],
        "C": [None, None],
    }
    assert found.table.rows.tolist() == [1, 3]
    assert "records removed by transactions: 2" in found.table.files[0].notes
    assert found.findings == ()


def test_transactions_of_records_that_are_not_there_are_told(read: Read, cells: Read) -> None:
    found = read(
        transactions(
            subject("1", group(item("A", "ghost"), "1", "Update"), kind="Context"),
            subject("1", group("", "9", "Remove"), kind="Context"),
        ),
        name="a.xml",
    )
    assert cells(found)["A"] == ["ghost"]  # kept, for nothing is lost
    [finding] = found.findings
    assert (finding.rule, finding.severity, finding.count) == ("transaction-without-record", "error", 2)


def test_an_update_that_fits_two_records_is_not_guessed(read: Read, cells: Read) -> None:
    found = read(
        transactions(
            subject(
                "1",
                group(item("A", "a"), kind="Insert"),
                group(item("A", "b"), kind="Insert"),
                kind="Context",
            ),
            subject("1", group(item("A", "c"), kind="Update"), kind="Context"),
        ),
        name="a.xml",
    )
    assert cells(found)["A"] == ["a", "b"]
    assert {f.rule for f in found.findings} == {"ambiguous-transaction", "repeated-record"}


def test_several_item_groups_need_a_name(read: Read, refused: Read, cells: Read) -> None:
    data = odm(subject("1", group(item("I.TERM", "a")), group(item("I.X", "b"), oid="IG.VS")))
    [problem] = refused(data, name="a.xml")
    assert (problem.id, problem.found) == (
        "several-item-groups",
        "2 item groups: IG.AE, IG.VS, and none is declared",
    )
    assert cells(read(data, name="a.xml", item_group="IG.VS"))["I.X"] == ["b"]
    [problem] = refused(data, name="a.xml", item_group="IG.A")
    assert (problem.id, problem.do) == ("unknown-item-group", "did you mean IG.AE or IG.VS?")


def test_an_item_group_without_data(read: Read, cells: Read) -> None:
    found = read(odm(subject("1", group(item("I.TERM", "a")))), name="a.xml", item_group="IG.NONE")
    assert cells(found)["I.X"] == []
    assert [f.rule for f in found.findings] == ["no-rows"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_an_external_entity_is_refused_unread(refused: Read, folder: Any, encoding: str) -> None:
    secret = folder.parent / "secret.txt"
    secret.write_text("secret")
    prolog = f'<!-- x -->\n<!DOCTYPE ODM [<!ENTITY e SYSTEM "{secret.as_uri()}">]>\n'
    text = odm(subject("1", group(item("I.TERM", "a") + "&e;")), prolog=prolog)
    [problem] = refused(text.replace("UTF-8", encoding).encode(encoding), name="a.xml")
    assert (problem.id, problem.where.file, problem.where.line) == ("external-entity", "a.xml", 3)
    assert "secret" not in problem.found


def test_entities_that_grow_are_refused(refused: Read) -> None:
    prolog = '<!DOCTYPE ODM [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    assert refused(odm("&b;", prolog=prolog), name="a.xml")[0].id == "external-entity"


def test_xml_that_is_cut_has_its_line(refused: Read) -> None:
    text = odm(subject("1", group(item("I.TERM", "a"))))
    [problem] = refused(text[:-40], name="a.xml")
    assert (problem.id, problem.where.line) == ("damaged-file", text.count("\n") + 1)


def test_a_byte_that_is_not_in_the_encoding(refused: Read) -> None:
    text = odm(subject("1", group(item("I.TERM", "Müller"))))
    [problem] = refused(text.encode("cp1252"), name="a.xml")
    assert (problem.id, problem.where.line) == ("undecodable-byte", text.count("\n") + 1)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "empty-file"),
        ("no xml", "damaged-file"),
        ("<a/>", "not-odm"),
        (odm("").replace("odm/v1.3", "odm/v2.0"), "not-odm"),
        (odm(""), "empty-file"),
    ],
)
def test_files_that_are_no_clinical_data(refused: Read, text: str, rule: str) -> None:
    assert refused(text, name="a.xml")[0].id == rule


def test_a_huge_value(refused: Read) -> None:
    [problem] = refused(odm(subject("1", group(item("I.TERM", "x" * 11_000_000)))), name="a.xml")
    assert (problem.id, problem.where.row, problem.where.column) == ("cell-too-large", 1, "I.TERM")


CODED = """<Study OID="S"><MetaDataVersion OID="1" Name="1">
<ItemGroupDef OID="IG.AE" Name="AE"><ItemRef ItemOID="I.TERM"/><ItemRef ItemOID="I.SEV"/><ItemRef ItemOID="I.SER"/>
</ItemGroupDef><ItemDef OID="I.TERM" Name="TERM"/>
<ItemDef OID="I.SEV" Name="Severity" DataType="integer"><CodeListRef CodeListOID="CL.SEV"/></ItemDef>
<ItemDef OID="I.SER" Name="Serious" DataType="text"><CodeListRef CodeListOID="CL.NY"/></ItemDef>
<CodeList OID="CL.SEV" Name="Severity" DataType="integer">
<CodeListItem CodedValue="1"><Decode><TranslatedText xml:lang="de">leicht</TranslatedText>
<TranslatedText xml:lang="en">Mild</TranslatedText></Decode></CodeListItem>
<CodeListItem CodedValue="2"><Decode><TranslatedText>Moderate</TranslatedText></Decode></CodeListItem>
</CodeList>
<CodeList OID="CL.NY" Name="Yes or no" DataType="text"><EnumeratedItem CodedValue="Y"/>
<CodeListItem CodedValue="N"><Decode><TranslatedText>N</TranslatedText></Decode></CodeListItem></CodeList>
</MetaDataVersion></Study>"""


def severities(*values: str) -> str:
    return subject("1", *(group(item("I.SEV", v) + item("I.SER", "N"), str(i)) for i, v in enumerate(values)))


def test_decodes_stand_beside_their_codes(read: Read, cells: Read) -> None:
    """ODM 1.3.2: CodeListItem/Decode. A codelist that says no more than its values makes no column."""
    found = read(odm(severities("1", "2", ""), metadata=CODED), name="a.xml")
    told = cells(found)
    assert told["I.SEV"] == ["1", "2", ""]
    assert told["I.SEV_DECODE"] == ["Mild", "Moderate", ""]
    assert list(told)[-4:] == ["I.TERM", "I.SEV", "I.SEV_DECODE", "I.SER"]
    assert found.table.labels["I.SEV_DECODE"] == "Severity (decode)"
    assert found.table.decodes == {"I.SEV_DECODE": "I.SEV"}
    assert found.findings == ()


def test_a_code_that_is_in_no_codelist_stays_and_is_told(read: Read, cells: Read) -> None:
    found = read(odm(severities("2", "9", "9"), metadata=CODED), name="a.xml")
    assert cells(found)["I.SEV_DECODE"] == ["Moderate", "9", "9"]
    (finding,) = found.findings
    assert (finding.rule, finding.severity, finding.count) == ("value-without-format-label", "warning", 2)
    assert [(p.row, p.column, p.value) for p in finding.places] == [(2, "I.SEV", "9"), (3, "I.SEV", "9")]
    assert "codelist CL.SEV" in finding.found


def test_versions_of_the_metadata_that_differ_decode_nothing(read: Read, cells: Read) -> None:
    second = CODED.split('<Study OID="S">')[1].replace('MetaDataVersion OID="1"', 'MetaDataVersion OID="2"')
    both = CODED.replace("</Study>", second.replace("Moderate", "Severe"))
    found = read(odm(severities("1", "2"), metadata=both), name="a.xml")
    assert cells(found)["I.SEV_DECODE"] == ["Mild", "2"]
    (finding,) = found.findings
    assert finding.rule == "ambiguous-decode" and finding.places[0].row == 2
    assert finding.found == "'2' of I.SEV stands for 'Moderate' or 'Severe'"


def test_an_item_of_the_file_is_not_replaced_by_decodes(read: Read, cells: Read) -> None:
    own = group(item("I.SEV", "1") + item("I.SEV_DECODE", "as entered"))
    found = read(odm(subject("1", own), metadata=CODED), name="a.xml")
    assert cells(found)["I.SEV_DECODE"] == ["as entered"]
    assert found.table.decodes == {}
    assert found.table.files[0].notes == (
        "I.SEV_DECODE is an item of the file; the decodes of I.SEV are not added",
    )


def test_files_of_which_one_has_no_codelist_are_one_table_of_codes(read: Read, cells: Read) -> None:
    plain = CODED.replace('<CodeListRef CodeListOID="CL.SEV"/>', "")
    files = {"a.xml": odm(severities("1"), metadata=CODED), "b.xml": odm(severities("2"), metadata=plain)}
    found = read(files, file="*.xml", format="odm")
    assert cells(found)["I.SEV"] == ["1", "2"] and "I.SEV_DECODE" not in found.table.frame
    assert found.table.files[0].notes == ("not decoded, since not every file decodes them: I.SEV_DECODE",)


def test_a_profile_shows_decodes_and_takes_no_key_from_them(folder: Any) -> None:
    from sdtm.extract.profile import profile

    several = "".join(
        subject("1", group(item("I.TERM", term) + item("I.SEV", severity)))
        for term, severity in (("Rash", "1"), ("Rash", "2"), ("Ache", "1"), ("Ache", "2"))
    )
    (folder / "a.xml").write_text(odm(several, metadata=CODED), encoding="utf-8")
    (found,) = profile(folder)
    shown = {column.name: column for column in found.columns}
    assert shown["I.SEV_DECODE"].examples == ("Mild", "Moderate")
    assert found.keys == (("I.TERM", "I.SEV"),)
