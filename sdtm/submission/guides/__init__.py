"""Drafts of the reviewer's guides: cSDRG of the tabulations, ADRG of the analysis datasets.

The sections follow the structure of the PHUSE templates (Clinical Study Data Reviewer's Guide, Analysis Data
Reviewer's Guide); all words are the toolkit's own. A run writes what spec and data say as content
(``reports/guides.json``); ``sdtm guides`` and ``sdtm package`` add the findings and their comments and make the
documents.
"""
