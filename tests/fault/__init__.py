"""The service under fire: real processes killed under load, and nothing may be lost or doubled."""
