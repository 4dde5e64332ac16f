// The proof of one license: section 9.

import { refuse } from './error.mjs';
import { decode } from './base64.mjs';
import { integer, list, object, readLine, string } from './json.mjs';
import { checkVersion } from './blocks.mjs';
import { header, license } from './set.mjs';
import { equal, leafHash, rootOfPath } from './tree.mjs';

const place = object([
  ['index', integer(0), 'needed'],
  ['path', list(string('a hash in base64', (v) => decode(v)?.length === 32)), 'needed'],
]);

/**
 * Reads block 1 of a proof: {set, check}. set holds the header and the one
 * license; check(checkpoint) refuses a checkpoint to which a line does not lead.
 */
export function readProof(block) {
  checkVersion(block.line(0), 'pott-license-proof', block.first);
  if (block.length !== 7) refuse('proof.lines', { line: block.first, count: block.length });
  const places = [1, 3, 5].map((i) => readLine(place, block.line(i), block.first + i));
  checkVersion(block.line(2), 'pott-license-set', block.first + 2);
  const set = {
    header: readLine(header, block.line(4), block.first + 4),
    licenses: [readLine(license, block.line(6), block.first + 6)],
    lines: [block.first + 6],
    optional: [],
  };
  places.forEach(({ index }, i) => {
    if (i < 2 ? index !== i : index < 2) refuse('proof.index', { line: block.first + 1 + 2 * i, index });
  });
  const check = (checkpoint) => places.forEach(({ index, path }, i) => {
    const root = rootOfPath(leafHash(block.raw(2 + 2 * i)), index, checkpoint.size, path.map(decode));
    if (!root || !equal(root, checkpoint.root)) refuse('proof.path', { line: block.first + 2 + 2 * i });
  });
  return { set, check };
}
