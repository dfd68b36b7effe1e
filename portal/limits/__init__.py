"""Limits and deadlines an administrator may set: their defaults, bounds, and the values in force.

Imports the ground floor only.
"""
