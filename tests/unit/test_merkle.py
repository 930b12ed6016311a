"""The record's tree is RFC 6962's, to the byte: others' programs must find the same root."""

from __future__ import annotations

import base64

from companies.audit.merkle import EMPTY_ROOT, Frontier, leaf_hash, root_of
from tests.unit.shared import shared_file, shared_json

# H(00), the leaf of an empty line, as Certificate Transparency published it.
EMPTY_LEAF = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


def test_the_leaf_of_nothing_and_the_root_of_no_leaf():
    assert leaf_hash(b"").hex() == EMPTY_LEAF
    assert root_of([leaf_hash(b"")]).hex() == EMPTY_LEAF
    assert root_of([]) == EMPTY_ROOT


def test_every_root_of_the_reference_tree():
    vectors = shared_json("tamper/rfc6962_vectors.json")
    leaves = [leaf_hash(bytes.fromhex(text)) for text in vectors["leaves_hex"]]
    assert EMPTY_ROOT.hex() == vectors["empty_root"]
    roots = {str(n): root_of(leaves[:n]).hex() for n in range(1, len(leaves) + 1)}
    assert roots == {n: root for n, root in vectors["roots"].items() if n != "0"}


def test_ninety_five_events_grow_to_the_published_roots():
    vectors = shared_json("tamper/vectors_95.json")
    lines = shared_file("tamper/events_95.jsonl").read_bytes().splitlines()
    leaves = [leaf_hash(line) for line in lines]
    old, new = vectors["old_size"], vectors["size"]
    assert base64.b64encode(root_of(leaves[:old])).decode() == vectors["old_root"]
    assert base64.b64encode(root_of(leaves[:new])).decode() == vectors["root"]


def test_a_frontier_packed_and_taken_up_again_grows_on_alike():
    leaves = [leaf_hash(str(number).encode()) for number in range(70)]
    for cut in (0, 1, 31, 64, 69):
        first = Frontier()
        for leaf in leaves[:cut]:
            first.append(leaf)
        second = Frontier(first.size, first.packed())
        for leaf in leaves[cut:]:
            second.append(leaf)
        assert second.root() == root_of(leaves)
