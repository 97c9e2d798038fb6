"""Is the API what /openapi.json says? schemathesis asks every operation, by example, at edges, at random, in chains."""
