"""Counts tries per account, address range or code, across all server processes; keeps keyed hashes only.

Imports the ground floor only.
"""
