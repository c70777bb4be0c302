"""The column in which a derivation says which row of SRCDOM it chose; for the trace, not for the dataset."""

SOURCE_ROW = "SRCROW"
