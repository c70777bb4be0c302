"""A study spec from nothing but raw files: what they tell, each part marked as a draft with its evidence.

One kind of evidence is one module (names, labels, values, dates); what follows from it is another (domains,
subjects, visits, keys, mappings, findings). Everything rests on the standards and on conventions of the field
(CDASH, the suffixes of EDC exports), nothing on a study. What is unsure becomes a question, never a guess.
"""
