// Signed notes: section 6.3. The signatures of a note are over the bytes of its
// text with its line feeds, without the blank line.

import { refuse } from './error.mjs';
import { decode, hex } from './base64.mjs';
import { isKeyName, keyId } from './keys.mjs';
import { verifySignature } from './ed25519.mjs';
import { limits } from './blocks.mjs';

/** A note: its text, and what stands under it. */
export class Note {
  /**
   * @param {string} what   what a refusal calls it: 'checkpoint', 'certificate' or 'key list'
   * @param {Block} text    its text
   * @param {Block} signed  its signature lines
   */
  constructor(what, text, signed) {
    this.what = what;
    this.block = text;
    this.signatures = readSignatures(signed);
    this.verdicts = new Map();
  }

  /**
   * Whether a key signed the note under a name. A line of that key that does
   * not verify refuses the whole note.
   */
  async signedBy(name, key) {
    const id = keyId(name, key);
    const line = this.signatures.find((s) => s.name === name && s.id === id);
    if (!line) return false;
    const asked = `${name} ${key}`;
    if (!this.verdicts.has(asked)) {
      this.verdicts.set(asked, await verifySignature(decode(key), this.block.text(), line.signature));
    }
    if (!this.verdicts.get(asked)) refuse('signature.false', { line: line.line, what: this.what, name });
    return true;
  }
}

function readSignatures(block) {
  if (block.length > limits.signatures) refuse('note.too-many', { line: block.first + limits.signatures, most: limits.signatures });
  const seen = new Set();
  const signatures = [];
  for (let i = 0; i < block.length; i++) {
    const line = block.first + i;
    const s = readSignature(block.line(i), line);
    const same = `${s.name} ${s.id}`;
    if (seen.has(same)) refuse('note.twice', { line, name: s.name });
    seen.add(same);
    signatures.push(s);
  }
  return signatures;
}

function readSignature(text, line) {
  const [dash, name, coded, ...more] = text.split(' ', 5);
  if (dash !== '\u2014' || coded === undefined || more.length > 0) refuse('note.signature-line', { line });
  if (!isKeyName(name)) refuse('note.key-name', { line, column: 3, name });
  const bytes = decode(coded);
  const column = 4 + name.length;
  if (!bytes) refuse('note.base64', { line, column });
  if (bytes.length < 5) refuse('note.short', { line, column });
  return { name, id: hex(bytes.subarray(0, 4)), signature: bytes.slice(4), line };
}
