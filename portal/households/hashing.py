"""Keyed hashes that find a household again without opening it; they say nothing to anyone without the key."""

from portal.households.rules import Identity, fold_address
from portal.sealing import keyed_hash


def identity_hashes(identity: Identity) -> dict[str, str | None]:
    """Return the hash columns of a household: number, person, telephone, address."""
    return {
        "id_hash": id_hash(identity.id_number),
        "person_hash": person_hash(identity.id_number, identity.name),
        "phone_hash": keyed_hash("phone", identity.phone) if identity.phone else None,
        "address_hash": keyed_hash("address", fold_address(identity.address)) if identity.address else None,
    }


def id_hash(id_number: str) -> str:
    """Return the hash that one ID number has in every file, whatever name stands beside it."""
    return keyed_hash("id-number", id_number)


def person_hash(id_number: str, name: str) -> str:
    """Return the hash of one person: number and name together."""
    return keyed_hash("person", id_number + name)
