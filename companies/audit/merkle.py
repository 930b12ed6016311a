"""RFC 6962 tree hashing over SHA-256, pure. Leaf = H(00 ‖ data), node = H(01 ‖ left ‖ right)."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """The leaf of one canonical line (without its LF)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The parent of two nodes."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """The full subtrees of a growing tree, largest first: enough to add leaves and root."""

    def __init__(self, size: int = 0, nodes: bytes = b"") -> None:
        self.size = size
        self.nodes = [nodes[i : i + 32] for i in range(0, len(nodes), 32)]
        if len(self.nodes) != bin(size).count("1"):
            raise ValueError("the frontier does not fit the size")

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash; each trailing one bit of the size joins two equal subtrees."""
        node, size = leaf, self.size
        while size & 1:
            node = node_hash(self.nodes.pop(), node)
            size >>= 1
        self.nodes.append(node)
        self.size += 1

    def root(self) -> bytes:
        """The root: subtrees joined from the right."""
        if not self.nodes:
            return EMPTY_ROOT
        node = self.nodes[-1]
        for left in reversed(self.nodes[:-1]):
            node = node_hash(left, node)
        return node

    def packed(self) -> bytes:
        """The nodes in one byte string, as TreeHead keeps them."""
        return b"".join(self.nodes)


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes in order."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()
