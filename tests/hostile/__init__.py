"""Spreadsheets that mean harm: a seeded generator, and a command that reads thousands of them."""
