"""The count: rules, marks and ballots in; places, finalists and prizes out. No clock, no chance, no database."""
