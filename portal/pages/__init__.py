"""Home, about, privacy, how it works, language and display choices, health.

Reads publication only.
"""
