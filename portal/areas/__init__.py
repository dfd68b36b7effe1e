"""The district's areas: service centres, their communities with a grid work station each, and grids.

Imports the ground floor only.
"""
