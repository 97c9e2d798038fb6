"""The floor: what a good engineer writes by hand for one kind of record, in Flask and SQLAlchemy Core.

It does what our API does on `benchmarks/table_app.yaml`, and nothing that only we do (search words, stage visits, sums
by week, explanations): bearer tokens kept as hashes, rows in the reader's scope, twenty typed fields, required fields
and two validations, a stage rule, a version check, an audit row in the transaction of the write.
"""
