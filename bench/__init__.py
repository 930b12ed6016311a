"""How fast the spine is, beside its limit and its peers: ratios by CPU time (README.md)."""
