"""The gate before everything that becomes public: which texts those are, what may stand in them, who may say why.

A wish's public text has its own editor and passes in `wishes.publishing`.
Knows no family: whoever starts the portal hands in how the sealed register is
searched. Imports the ground floor, the detector and the audit trail only.
"""
