"""Noncompartmental analysis of concentrations, all profiles at once as rows of padded arrays.

``profiles`` orders the points, ``below_limit`` decides about values below the limit, ``starting_point`` about
time 0, ``areas`` and ``terminal`` calculate, ``parameters`` puts it together, ``units`` and ``codes`` name it.
Sources: Gabrielsson and Weiner, Pharmacokinetic and Pharmacodynamic Data Analysis, 5th ed. (2016), 2.8;
Gibaldi and Perrier, Pharmacokinetics, 2nd ed. (1982), 11; the Phoenix WinNonlin user's guide.
"""
