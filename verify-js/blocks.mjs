// Bytes, lines and blocks: sections 3.1 to 3.3 of the specification.

import { VerifyError, refuse } from './error.mjs';

export const limits = {
  bytes: 8388608,
  lineBytes: 65536,
  lines: 200000,
  setLines: 100000,
  textLines: 10000,
  signatures: 8,
  keyLists: 1000,
  roots: 16,
  threshold: 4,
};

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Lines of a file, from number first (counting from 1), decoded when asked for. */
export class Block {
  /** starts holds where each line of the file begins, and where the last ends. */
  constructor(bytes, starts, first, length) {
    this.bytes = bytes;
    this.starts = starts;
    this.first = first;
    this.length = length;
  }

  /** The bytes of line i of the block, counting from 0, without the line feed. */
  raw(i) {
    const line = this.first - 1 + i;
    return this.bytes.subarray(this.starts[line], this.starts[line + 1] - 1);
  }

  line(i) {
    return decoder.decode(this.raw(i));
  }

  /** The bytes of all lines, without their line feeds, one by one. */
  * leaves() {
    for (let i = 0; i < this.length; i++) yield this.raw(i);
  }

  /** The bytes of the block with all its line feeds. */
  text() {
    return this.bytes.subarray(this.starts[this.first - 1], this.starts[this.first - 1 + this.length]);
  }
}

/** Throws when a file is too large for anybody to look into. */
export function checkSize(bytes) {
  if (bytes.length > limits.bytes) refuse('file.too-large', { most: limits.bytes });
  if (bytes.length === 0) refuse('file.empty');
}

/** The first line of a file, as far as it can be one. */
export function firstLine(bytes) {
  const head = bytes.subarray(0, 100);
  const end = head.indexOf(10);
  return decoder.decode(end < 0 ? head : head.subarray(0, end));
}

/** Refuses a format line that says a higher version of a format such as pott-license-set. */
export function checkNotNewer(line, format, number) {
  const version = line.startsWith(`${format}/v`) ? line.slice(format.length + 2) : '';
  if (version !== '1' && /^[1-9][0-9]*$/.test(version)) refuse('version.newer', { line: number, format, version });
}

/** Refuses a line that is not the format line of version 1. */
export function checkVersion(line, format, number) {
  checkNotNewer(line, format, number);
  if (line !== `${format}/v1`) refuse('version.unknown', { line: number, format, got: line });
}

/** Splits a file into blocks. */
export function blocksOf(bytes) {
  const starts = linesOf(bytes);
  const blocks = [];
  let first = 1;
  for (let line = 1; line <= starts.length - 1; line++) {
    const empty = starts[line] - starts[line - 1] === 1;
    if (!empty) {
      if (blocks.length === 0 && line - first + 1 > limits.setLines) {
        refuse('set.too-many-lines', { line, most: limits.setLines });
      }
      continue;
    }
    if (line === first || line === starts.length - 1) refuse('file.blank-line', { line });
    blocks.push(new Block(bytes, starts, first, line - first));
    first = line + 1;
  }
  blocks.push(new Block(bytes, starts, first, starts.length - first));
  return blocks;
}

// Where each line begins, and where the last ends. Checks the bytes on the way.
function linesOf(bytes) {
  const starts = [0];
  for (let at = 0; at < bytes.length;) {
    const byte = bytes[at];
    if (byte === 10) {
      if (at - starts.at(-1) > limits.lineBytes) refuse('file.long-line', { line: starts.length, most: limits.lineBytes });
      starts.push(++at);
      if (starts.length - 1 > limits.lines) refuse('file.too-many-lines', { line: limits.lines + 1, most: limits.lines });
    } else if (byte < 0x20) {
      fail('file.control', bytes, starts, at, { byte: byte === 13 ? 'CR' : byte === 9 ? 'TAB' : `0x${byte.toString(16).padStart(2, '0')}` });
    } else if (byte < 0x80) {
      at++;
    } else {
      const length = lengthOfCharacter(bytes, at);
      if (length === 0) fail('file.not-utf8', bytes, starts, at, {});
      at += length;
    }
  }
  const left = bytes.length - starts.at(-1);
  if (left > limits.lineBytes) refuse('file.long-line', { line: starts.length, most: limits.lineBytes });
  if (left > 0) refuse('file.no-line-end', { line: starts.length });
  return starts;
}

// How many bytes the character beyond ASCII has that begins here: 2 to 4, or 0
// when there is none. No overlong forms, no surrogates, nothing past U+10FFFF.
function lengthOfCharacter(bytes, at) {
  const [lead, second] = [bytes[at], bytes[at + 1]];
  const follows = (i) => (bytes[at + i] & 0xc0) === 0x80;
  if (lead >= 0xc2 && lead <= 0xdf) return follows(1) ? 2 : 0;
  if (lead >= 0xe0 && lead <= 0xef) {
    if (lead === 0xe0 && second < 0xa0) return 0;
    if (lead === 0xed && second > 0x9f) return 0;
    return follows(1) && follows(2) ? 3 : 0;
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    if (lead === 0xf0 && second < 0x90) return 0;
    if (lead === 0xf4 && second > 0x8f) return 0;
    return follows(1) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

function fail(reason, bytes, starts, at, facts) {
  const before = decoder.decode(bytes.subarray(Math.max(starts.at(-1), at - limits.lineBytes), at));
  throw new VerifyError(reason, { line: starts.length, column: [...before].length + 1, ...facts });
}
