"""How exports are written: CSV, plain-text ledgers, the package with its manifest."""
