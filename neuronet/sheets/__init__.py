"""Worked sheets: a sample walked through with every formula and number, to print and to check by hand."""
