package licensefile

import (
	"crypto/sha256"

	"golang.org/x/mod/sumdb/tlog"
)

// leafHashes returns the hash of each line as a leaf of the tree: that of
// tlog.RecordHash, with one buffer for all lines.
func leafHashes(lines [][]byte) []tlog.Hash {
	hashes := make([]tlog.Hash, len(lines))
	var leaf []byte
	for i, line := range lines {
		leaf = append(append(leaf[:0], leafPrefix), line...)
		hashes[i] = sha256.Sum256(leaf)
	}
	return hashes
}

// leafPrefix keeps a leaf from being taken for a node of the tree.
const leafPrefix = 0

// rootHash returns the root of the RFC 6962 tree over at least one leaf.
func rootHash(leaves []tlog.Hash) tlog.Hash {
	if len(leaves) == 1 {
		return leaves[0]
	}
	k := leftSize(len(leaves))
	return tlog.NodeHash(rootHash(leaves[:k]), rootHash(leaves[k:]))
}

// leftSize returns the largest power of two below n, for n of at least 2.
func leftSize(n int) int {
	k := 1
	for k*2 < n {
		k *= 2
	}
	return k
}

// inclusion returns the hashes that lead from leaf i to the root.
func inclusion(leaves []tlog.Hash, i int) tlog.RecordProof {
	if len(leaves) == 1 {
		return nil
	}
	k := leftSize(len(leaves))
	if i < k {
		return append(inclusion(leaves[:k], i), rootHash(leaves[k:]))
	}
	return append(inclusion(leaves[k:], i-k), rootHash(leaves[:k]))
}
