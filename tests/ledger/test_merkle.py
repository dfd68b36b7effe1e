"""The tree: known answers of the Certificate Transparency test data, and every tree of up to 40 leaves."""

from hashlib import sha256

import pytest

from portal.ledger.merkle import (
    EMPTY_ROOT,
    RightEdge,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    new_nodes,
    node_hash,
    root_hash,
)

# The eight leaves, roots, paths and consistency proofs that implementations of RFC 6962 share as test data.
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = """
e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d
fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125
aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77
d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7
4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4
76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef
ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c
5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328
""".split()
INCLUSION = {
    (0, 1): [],
    (0, 8): """
        96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7
        5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e
        6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4
    """.split(),
    (5, 8): """
        bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b
        ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0
        d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7
    """.split(),
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): """
        6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d
        5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e
        bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b
    """.split(),
}
CONSISTENCY = {
    (1, 1): [],
    (8, 8): [],
    (1, 8): INCLUSION[0, 8],
    (6, 8): """
        0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a
        ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0
        d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7
    """.split(),
    (2, 5): """
        5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e
        bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b
    """.split(),
}


class Tree:
    """A tree in memory that grows as the portal's does: only new nodes are computed."""

    def __init__(self):
        self.nodes = {}
        self.size = 0

    def grow(self, leaves):
        self.nodes |= {(0, self.size + number): leaf_hash(leaf) for number, leaf in enumerate(leaves)}
        old, self.size = self.size, self.size + len(leaves)
        for level, position, found in new_nodes(old, self.size, self.read):
            assert (level, position) not in self.nodes, "a node is computed once"
            self.nodes[level, position] = found

    def read(self, level, position):
        return self.nodes[level, position]


@pytest.fixture
def tree():
    """Return the tree over the eight shared leaves, grown in uneven steps."""
    tree = Tree()
    for start, end in ((0, 1), (1, 4), (4, 4), (4, 7), (7, 8)):
        tree.grow(LEAVES[start:end])
    return tree


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_everybody_gets(tree, size):
    assert root_hash(size, tree.read).hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_inclusion_proofs_are_those_everybody_gets(tree, index, size):
    assert [each.hex() for each in inclusion_proof(index, size, tree.read)] == INCLUSION[index, size]


@pytest.mark.parametrize(("old", "new"), CONSISTENCY)
def test_consistency_proofs_are_those_everybody_gets(tree, old, new):
    assert [each.hex() for each in consistency_proof(old, new, tree.read)] == CONSISTENCY[old, new]


def test_the_empty_tree_has_the_hash_of_nothing():
    assert root_hash(0, Tree().read) == RightEdge().root() == EMPTY_ROOT == sha256().digest()


def plain_root(leaves):
    """Return the root as RFC 6962 states it, straight from the leaves."""
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    middle = 1
    while middle * 2 < len(leaves):
        middle *= 2
    return node_hash(plain_root(leaves[:middle]), plain_root(leaves[middle:]))


def test_every_size_has_the_root_of_the_definition():
    tree, edge, leaves = Tree(), RightEdge(), [bytes([number]) for number in range(40)]
    for size in range(1, 41):
        tree.grow(leaves[size - 1 : size])
        edge.add(leaf_hash(leaves[size - 1]))
        assert root_hash(size, tree.read) == edge.root() == plain_root(leaves[:size])
    assert len(tree.nodes) - tree.size < tree.size, "a tree has fewer inner nodes than leaves"


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (8, 8), (-1, 3)])
def test_there_is_no_proof_for_what_is_not_there(tree, index, size):
    with pytest.raises(IndexError):
        inclusion_proof(index, size, tree.read)


@pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 3), (4, 3)])
def test_a_tree_shows_no_consistency_with_nothing_or_with_its_future(tree, old, new):
    with pytest.raises(IndexError):
        consistency_proof(old, new, tree.read)
