// The hash tree over the lines of a set (RFC 6962, section 2.1), and the path
// from one line to the root.

import { sha256 } from './sha256.mjs';

const ofLeaf = Uint8Array.of(0);
const ofNode = Uint8Array.of(1);

/** The hash of a leaf: one line without its line feed, as bytes. */
export function leafHash(line) {
  return sha256(ofLeaf, line);
}

function nodeHash(left, right) {
  return sha256(ofNode, left, right);
}

/** The root of a tree of at least one leaf; leaves are iterated once. */
export function rootHash(leaves) {
  const full = []; // roots of full trees to the left, the largest first, each with its number of leaves
  for (const line of leaves) {
    let node = { size: 1, hash: leafHash(line) };
    while (full.length > 0 && full.at(-1).size === node.size) {
      node = { size: 2 * node.size, hash: nodeHash(full.pop().hash, node.hash) };
    }
    full.push(node);
  }
  let hash = full.pop().hash;
  while (full.length > 0) hash = nodeHash(full.pop().hash, hash);
  return hash;
}

/**
 * The root to which a leaf with this hash leads as number index of size, or
 * undefined when the path has not the length it must have.
 */
export function rootOfPath(hash, index, size, path) {
  if (index >= size) return undefined;
  let at = index;
  let last = size - 1;
  let node = hash;
  for (const other of path) {
    if (last === 0) return undefined;
    if (at % 2 === 1) {
      node = nodeHash(other, node);
    } else if (at < last) {
      node = nodeHash(node, other);
    } else {
      // The last node of its row has nobody beside it and moves up as it is.
      while (at % 2 === 0) {
        at = half(at);
        last = half(last);
      }
      node = nodeHash(other, node);
    }
    at = half(at);
    last = half(last);
  }
  return last === 0 ? node : undefined;
}

// Not a shift: sizes may be beyond 32 bits.
function half(n) {
  return Math.floor(n / 2);
}

/** The path from leaf number index to the root, from the leaf up. */
export function pathTo(index, leaves) {
  let row = [...leaves].map(leafHash);
  const path = [];
  for (let at = index; row.length > 1; at = half(at)) {
    const other = at % 2 === 1 ? at - 1 : at + 1;
    if (other < row.length) path.push(row[other]);
    const above = [];
    for (let i = 0; i < row.length; i += 2) above.push(i + 1 < row.length ? nodeHash(row[i], row[i + 1]) : row[i]);
    row = above;
  }
  return path;
}

/** Whether two byte strings are equal. */
export function equal(a, b) {
  return a.length === b.length && a.every((x, i) => x === b[i]);
}
