"""One voucher's whole life over HTTP, as the people of the cast: `make journey`."""
