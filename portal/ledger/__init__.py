"""The foundation's book: double entry that the database itself keeps balanced and unchanged, open to anybody's check.

Owns accounts, entries, funds, the signed log over them, and the registers of goods and of service hours. Knows no
donor and no family. Imports the ground floor only.
"""
