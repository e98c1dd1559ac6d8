"""Draws that come out the same on every machine and in every version of Python."""

import hashlib


class Draw:
    """A stream of numbers made from a name."""

    def __init__(self, name):
        self.name = name
        self.count = 0

    def below(self, bound):
        """A number from 0 to `bound` - 1."""
        self.count += 1
        digest = hashlib.blake2b(f"{self.name}/{self.count}".encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big") % bound

    def one(self, items):
        """One of the items."""
        return items[self.below(len(items))]

    def some(self, items, count):
        """`count` different items."""
        left = list(items)
        return [left.pop(self.below(len(left))) for _ in range(count)]


def gather(name, pool_size, size, count, shared=1):
    """`count` groups of `size` numbers below `pool_size`, of which no two share more than `shared` numbers.

    This is what keeps texts composed from one pool from being near-duplicates of each other.
    """
    draw = Draw(name)
    groups = []
    used = [0] * pool_size
    for _ in range(20_000):
        if len(groups) == count:
            return groups
        # Those used least come first, so that every text of the pool is used about equally often.
        order = sorted(draw.some(range(pool_size), pool_size), key=lambda at: used[at])
        group = []
        for at in order:
            if all(len({*group, at} & set(other)) <= shared for other in groups):
                group.append(at)
            if len(group) == size:
                break
        if len(group) == size:
            groups.append(group)
            for at in group:
                used[at] += 1
    raise ValueError(f"{name}: only {len(groups)} of {count} groups fit; write more texts for this pool")
