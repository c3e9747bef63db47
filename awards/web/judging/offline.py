"""The pack to print and the workbook to fill in without a connection, and its way back."""
