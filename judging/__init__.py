"""The count: rules, marks and ballots in; places and prizes out. No clock, no chance, no database."""
