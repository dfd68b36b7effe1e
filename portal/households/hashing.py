"""Keyed hashes that find a household again without opening it; they say nothing to anyone without the key."""

import re

from portal.households.rules import Identity, fold_address
from portal.redaction.folding import fold
from portal.sealing import keyed_hash


def identity_hashes(identity: Identity) -> dict[str, str | None]:
    """Return the hash columns of a household: number, person, telephones, address, both names."""
    return {
        "id_hash": id_hash(identity.id_number),
        "person_hash": person_hash(identity.id_number, identity.name),
        "phone_hash": phone_hash(identity.phone) if identity.phone else None,
        "guardian_phone_hash": phone_hash(identity.guardian_phone) if identity.guardian_phone else None,
        "address_hash": address_hash(identity.address, identity.address_key) if identity.address else None,
        "name_hash": name_hash(identity.name),
        "guardian_hash": name_hash(identity.guardian) if identity.guardian else None,
    }


_NOT_A_LETTER = re.compile(r"[\W_]+")


def plain_name(name: str) -> str:
    """Return a name as it is compared, however it is spaced, dotted or written large."""
    return _NOT_A_LETTER.sub("", fold(name).text).casefold()


def name_hash(name: str) -> str:
    """Return the hash by which a name is found in a text that is to become public."""
    return keyed_hash("name", plain_name(name))


def id_hash(id_number: str) -> str:
    """Return the hash that one ID number has in every file, whatever name stands beside it."""
    return keyed_hash("id-number", id_number)


def person_hash(id_number: str, name: str) -> str:
    """Return the hash of one person: number and name together."""
    return keyed_hash("person", id_number + name)


def address_hash(address: str, key: str | None = None) -> str:
    """Return the hash of one door; `key` is its address as whoever read it compares addresses."""
    return keyed_hash("address", key or fold_address(address))


def phone_hash(phone: str) -> str:
    """Return the hash of a telephone number."""
    return keyed_hash("phone", phone)
