// Reads a license file, or a proof of one license, as far as form goes:
// sections 3 to 7 and 9. No keys, no clock.

import { refuse } from './error.mjs';
import { blocksOf, checkNotNewer, checkSize, firstLine, limits } from './blocks.mjs';
import { Note } from './note.mjs';
import { checkLines, readCheckpoint, readSet } from './set.mjs';
import { readProof } from './proof.mjs';
import { readCertificate, readKeyList } from './chain.mjs';

/**
 * Reads a file from bytes.
 *
 * @param {Uint8Array} bytes
 * @param {boolean} [proof] whether it must be a proof, or must not; by its first line when left out
 * @returns {{proof: boolean, set: object, checkpoint: object, notes: {checkpoint: Note, certificate: Note, lists: Note[]},
 *   certificate: object, keyLists: object[]}} set is {header, licenses, lines, optional}; of a proof it holds the one
 *   license shown
 * @throws {VerifyError}
 */
export function readFile(bytes, proof) {
  checkSize(bytes);
  const first = firstLine(bytes);
  proof ??= first.startsWith('pott-license-proof/v');
  // What a newer version looks like beyond its first line is not known here.
  checkNotNewer(first, proof ? 'pott-license-proof' : 'pott-license-set', 1);
  const blocks = blocksOf(bytes);
  // The set first: it may ask for an extension that has other blocks.
  const read = proof ? readProof(blocks[0]) : { set: readSet(blocks[0]) };
  if (blocks.length < 7 || blocks.length % 2 === 0) refuse('file.blocks', { line: blocks.at(-1).first, count: blocks.length });
  if ((blocks.length - 5) / 2 > limits.keyLists) refuse('file.too-many-lists', { line: blocks.at(-1).first, most: limits.keyLists });
  const { header } = read.set;
  const checkpoint = readCheckpoint(blocks[1], header);
  const notes = { checkpoint: new Note('checkpoint', blocks[1], blocks[2]) };
  const certificate = readCertificate(blocks[3]);
  if (certificate.issuer !== header.issuer) refuse('certificate.issuer', { line: blocks[3].first + 1, issuer: certificate.issuer, want: header.issuer });
  notes.certificate = new Note('certificate', blocks[3], blocks[4]);
  const { keyLists, notes: listNotes } = readLists(blocks.slice(5));
  notes.lists = listNotes;
  // Whether lines and checkpoint belong together comes last: a file that is out
  // of form anywhere is told so.
  if (proof) read.check(checkpoint);
  else checkLines(checkpoint, blocks[0], blocks[1].first);
  return { proof, set: read.set, checkpoint, notes, certificate, keyLists };
}

// Reads key lists 1 to the newest, two blocks each.
function readLists(blocks) {
  const keyLists = [];
  const notes = [];
  for (let i = 0; i < blocks.length; i += 2) {
    const list = readKeyList(blocks[i]);
    const want = keyLists.length + 1;
    if (list.number !== want) refuse('list.gap', { line: blocks[i].first + 1, number: list.number, want });
    notes.push(new Note('key list', blocks[i], blocks[i + 1]));
    keyLists.push(list);
  }
  return { keyLists, notes };
}

/** Reads a file of key lists without a set (section 7.7): {keyLists, notes}. */
export function readListFile(bytes) {
  checkSize(bytes);
  checkNotNewer(firstLine(bytes), 'pott-key-list', 1);
  const blocks = blocksOf(bytes);
  if (blocks.length % 2 !== 0) refuse('lists.blocks', { line: blocks.at(-1).first });
  if (blocks.length / 2 > limits.keyLists) refuse('file.too-many-lists', { line: blocks.at(-1).first, most: limits.keyLists });
  return readLists(blocks);
}
