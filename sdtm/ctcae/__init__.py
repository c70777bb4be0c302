"""CTCAE 4.03 and 5.0 for laboratory values: criteria as a table, and grades of whole columns.

Sources: National Cancer Institute, Common Terminology Criteria for Adverse Events v4.03 (14 June 2010, NIH
09-5410) and v5.0 (27 November 2017); a work of the United States Government.
"""
