"""Looking back on a week and a quarter, and on work hours against the rest."""
