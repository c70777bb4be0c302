"""What a define.xml can say otherwise than the data do."""

from __future__ import annotations

from validation.defects import Defect

_SOURCE = ("Define-XML 2.1, 5.3",)
UNREADABLE = Defect(
    "define-unreadable",
    "error",
    "a define.xml that cannot be read",
    "a whole define.xml (Define-XML 2.0 or 2.1)",
    "write or copy the file again; it was not compared with the data",
    sources=_SOURCE,
)
DATASET_ABSENT = Defect(
    "define-dataset-absent",
    "error",
    "the define.xml describes a dataset that is not there",
    "a file for each dataset of the define.xml, or def:HasNoData",
    "add the dataset, or take it out of the define.xml",
    why="a reviewer looks for a dataset that does not exist",
    sources=_SOURCE,
)
DATASET_UNDESCRIBED = Defect(
    "define-dataset-undescribed",
    "error",
    "the define.xml says nothing of this dataset",
    "an ItemGroupDef for each dataset",
    "write the define.xml again from these datasets",
    why="nobody can tell what its variables mean",
    sources=_SOURCE,
)
VARIABLE_ABSENT = Defect(
    "define-variable-absent",
    "error",
    "the define.xml describes a variable that the dataset has not",
    "each variable of the define.xml in the data",
    "write the define.xml again from these datasets",
    sources=_SOURCE,
)
VARIABLE_UNDESCRIBED = Defect(
    "define-variable-undescribed",
    "error",
    "the define.xml says nothing of this variable",
    "an ItemRef for each variable of a dataset",
    "write the define.xml again from these datasets",
    sources=_SOURCE,
)
LABEL_DIFFERS = Defect(
    "define-label-differs",
    "warning",
    "the file has another label than the define.xml",
    "one label in both",
    "write file and define.xml from one source",
    sources=_SOURCE,
)
TYPE_DIFFERS = Defect(
    "define-type-differs",
    "error",
    "the values have another type than the define.xml says",
    "text for text and ISO 8601 types, numbers for integer and float",
    "correct the DataType, or the variable",
    sources=_SOURCE,
)
NOT_OF_TYPE = Defect(
    "define-value-not-of-type",
    "error",
    "a value that is none of the DataType of the define.xml",
    "values of the DataType",
    "correct the DataType, or look at the values",
    sources=_SOURCE,
    by_value=True,
)
LENGTH_EXCEEDED = Defect(
    "define-length-exceeded",
    "error",
    "a text that is longer than the Length of the define.xml",
    "a Length of at least the longest text",
    "write the define.xml again from these datasets",
    sources=_SOURCE,
)
LENGTH_DIFFERS = Defect(
    "define-length-differs",
    "warning",
    "the file keeps another length than the define.xml says",
    "the length of the variable in the file",
    "write file and define.xml from one source",
    sources=_SOURCE,
)
DIGITS_EXCEEDED = Defect(
    "define-digits-exceeded",
    "warning",
    "a number with more decimals than SignificantDigits of the define.xml",
    "SignificantDigits of at least the most decimals",
    "correct SignificantDigits, or round the values",
    sources=_SOURCE,
)
ORDER_DIFFERS = Defect(
    "define-order-differs",
    "warning",
    "the variables stand in another order than in the define.xml",
    "one order in both",
    "write file and define.xml from one source",
    sources=_SOURCE,
)
KEYS_REPEATED = Defect(
    "define-keys-repeated",
    "error",
    "several records with the same keys of the define.xml",
    "KeySequence on variables that identify a record",
    "add the variable that tells the records apart to the keys, or remove the duplicate at its source",
    sources=_SOURCE,
)
VALUE_UNLISTED = Defect(
    "define-value-unlisted",
    "error",
    "a value that the codelist of the define.xml does not have",
    "values of the codelist",
    "add the value to the codelist, or correct the value",
    why="the define.xml tells which values a reviewer may expect",
    sources=_SOURCE,
    by_value=True,
)
MANDATORY_MISSING = Defect(
    "define-mandatory-missing",
    "error",
    "no value, though the define.xml says Mandatory",
    "a value in each record",
    "complete the variable, or write Mandatory=No",
    sources=_SOURCE,
)
FILE_DIFFERS = Defect(
    "define-file-differs",
    "warning",
    "the define.xml names another file",
    "the name of the file that holds the dataset",
    "correct the def:leaf of the dataset",
    sources=_SOURCE,
)

DEFINE_DEFECTS = tuple(value for value in tuple(globals().values()) if isinstance(value, Defect))
