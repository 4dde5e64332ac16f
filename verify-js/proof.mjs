// The proof of one license: section 9.

import { refuse } from './error.mjs';
import { decode } from './base64.mjs';
import { integer, list, object, readLine, string } from './json.mjs';
import { checkVersion } from './blocks.mjs';
import { header, license } from './set.mjs';
import { equal, leafHash, rootOfPath } from './tree.mjs';

// Leaf 0 is the format line, leaf 1 the header, and what follows may be shown.
const places = [[0, 0], [1, 1], [2]].map(([least, most]) => object([
  ['index', integer(least, most), 'needed'],
  ['path', list(string('a hash in base64', (v) => decode(v)?.length === 32)), 'needed'],
]));

/**
 * Reads block 1 of a proof: {set, check}. set holds the header and the one
 * license; check(checkpoint) refuses a checkpoint to which a line does not lead.
 */
export function readProof(block) {
  checkVersion(block.line(0), 'pott-license-proof', block.first);
  if (block.length !== 7) refuse('proof.lines', { line: block.first, count: block.length });
  const read = (type, i) => readLine(type, block.line(i), block.first + i);
  const format = read(places[0], 1);
  checkVersion(block.line(2), 'pott-license-set', block.first + 2);
  const second = read(places[1], 3);
  const head = read(header, 4);
  const third = read(places[2], 5);
  const set = { header: head, licenses: [read(license, 6)], lines: [block.first + 6], optional: [] };
  const check = (checkpoint) => [format, second, third].forEach(({ index, path }, i) => {
    const root = rootOfPath(leafHash(block.raw(2 + 2 * i)), index, checkpoint.size, path.map(decode));
    if (!root || !equal(root, checkpoint.root)) refuse('proof.path', { line: block.first + 2 + 2 * i });
  });
  return { set, check };
}
