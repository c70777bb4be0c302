"""The forms of the tutorial study TUT77 as the EDC has them, in German. SYNTHETIC: the study is invented."""

from __future__ import annotations

# Item group -> form, title, item -> question as the site reads it.
FORMS: dict[str, tuple[str, str, dict[str, str]]] = {
    "IG.VISIT": ("F.VISIT", "Visite", {"VISDAT": "Datum der Visite"}),
    "IG.DM": (
        "F.DM",
        "Demografie",
        {"BRTHDAT": "Geburtsdatum", "SEX": "Geschlecht", "RACE": "Abstammung", "DOSELVL": "Zugeteilte Dosis"},
    ),
    "IG.IC": ("F.IC", "Einwilligung", {"ICDAT": "Datum der Einwilligung", "ICVERS": "Version des Formulars"}),
    "IG.IE": (
        "F.IE",
        "Ein- und Ausschlusskriterien",
        {"IEYN": "Alle Kriterien erfüllt?", "IETESTCD": "Kriterium", "IEDAT": "Datum der Prüfung"},
    ),
    "IG.EX": (
        "F.EX",
        "Studienmedikation",
        {
            "EXSTDAT": "Erste Einnahme",
            "EXENDAT": "Letzte Einnahme",
            "EXDOSE": "Dosis",
            "EXDOSU": "Einheit",
            "EXADJ": "Änderung der Dosis",
            "EXADJRSN": "Grund der Änderung",
        },
    ),
    "IG.AE": (
        "F.AE",
        "Unerwünschte Ereignisse",
        {
            "AETERM": "Bezeichnung des Ereignisses",
            "AETERM_EN": "Übersetzung der Bezeichnung",
            "AEPT": "Preferred Term",
            "AESOC": "System Organ Class",
            "AESTDAT": "Beginn",
            "AEENDAT": "Ende",
            "AETOXGR": "Schweregrad (CTCAE)",
            "AESER": "Schwerwiegend?",
            "AESDTH": "Tod?",
            "AESHOSP": "Aufnahme ins Krankenhaus?",
            "AEREL": "Zusammenhang mit der Studienmedikation?",
            "AEACN": "Maßnahme bei der Studienmedikation",
            "AEOUT": "Ausgang",
            "AEDLT": "Dosislimitierende Toxizität?",
        },
    ),
    "IG.TARGET": (
        "F.TUMOR",
        "Zielläsionen",
        {
            "TRNUM": "Nummer der Läsion",
            "TRLOC": "Organ",
            "TRMETH": "Methode",
            "TRDAT": "Datum der Aufnahme",
            "TRDIAM": "Durchmesser (mm)",
        },
    ),
    "IG.NONTARGET": (
        "F.TUMOR",
        "Nichtzielläsionen",
        {
            "NTNUM": "Nummer der Läsion",
            "NTLOC": "Organ",
            "NTMETH": "Methode",
            "NTDAT": "Datum der Aufnahme",
            "NTSTATE": "Zustand",
        },
    ),
    "IG.NEW": (
        "F.TUMOR",
        "Neue Läsionen",
        {
            "NLNUM": "Nummer der Läsion",
            "NLLOC": "Organ",
            "NLMETH": "Methode",
            "NLDAT": "Datum der Aufnahme",
        },
    ),
    "IG.RESPONSE": (
        "F.TUMOR",
        "Ansprechen nach RECIST 1.1",
        {
            "RSDAT": "Datum der Beurteilung",
            "RSTRG": "Zielläsionen",
            "RSNTRG": "Nichtzielläsionen",
            "RSNEW": "Neue Läsionen?",
            "RSOVR": "Gesamtbeurteilung",
        },
    ),
    "IG.EOT": (
        "F.EOT",
        "Ende der Behandlung",
        {"EOTDAT": "Datum", "EOTREAS": "Grund", "EOTSPEC": "Erläuterung"},
    ),
    "IG.EOS": ("F.EOS", "Ende der Studie", {"EOSDAT": "Datum", "EOSREAS": "Grund"}),
    "IG.DEATH": ("F.DEATH", "Tod", {"DTHDAT": "Todesdatum", "DTHCAUS": "Todesursache"}),
}
