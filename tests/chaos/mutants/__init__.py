"""Faults of our own: each must turn the checker red, or the checker sees nothing.

A mutant has `install`, called in every process of the product that the harness starts, and may have
`change_schema` for what must be missing in the database.
"""
