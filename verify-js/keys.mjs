// Public keys, their names, and the root file: sections 4.5, 7.1 and 7.2.

import { refuse } from './error.mjs';
import { decode, encode, hex } from './base64.mjs';
import { sha256 } from './sha256.mjs';
import { faultOfKey } from './ed25519.mjs';
import { string } from './json.mjs';
import { blocksOf, checkNotNewer, checkSize, checkVersion, firstLine, limits } from './blocks.mjs';

const ascii = new TextEncoder();

/** Whether a text may name a key. */
export function isKeyName(name) {
  return /^[!-*,-~]{1,255}$/.test(name);
}

/** The key id of an Ed25519 key under a name, in hexadecimal digits. */
export function keyId(name, key) {
  return hex(sha256(ascii.encode(name), Uint8Array.of(10, 1), decode(key)).subarray(0, 4));
}

/** The fingerprint that people compare, of a key in base64. */
export function fingerprint(key) {
  return hex(sha256(decode(key)).subarray(0, 16)).match(/..../g).join('-');
}

// The same few keys stand in a file again and again.
let checked = new Map();

/** What is wrong with a key in base64: undefined, or a reason. */
export function faultOf(key) {
  if (!checked.has(key)) {
    const bytes = decode(key);
    const fault = bytes?.length === 32 ? faultOfKey(bytes) : 'key.form';
    if (checked.size > 1000) checked = new Map();
    checked.set(key, fault);
  }
  return checked.get(key);
}

/** The type of a key in a line of JSON. Its value is the base64 as it stands. */
export const keyType = string('a key', (v) => faultOf(v) ?? true);

/** The type of a key name in a line of JSON. */
export const keyNameType = string('a key name', isKeyName);

/**
 * Reads a root file from bytes or a text: {threshold, roots: [{name, key}]},
 * keys in base64.
 */
export function readRootFile(file) {
  const bytes = typeof file === 'string' ? new TextEncoder().encode(file) : file;
  checkSize(bytes);
  checkNotNewer(firstLine(bytes), 'pott-root', 1);
  const [block, ...more] = blocksOf(bytes);
  checkVersion(block.line(0), 'pott-root', 1);
  if (more.length > 0) refuse('file.blank-line', { line: block.length + 1, rule: '7.2' });
  const threshold = /^threshold ([1-9][0-9]{0,15})$/.exec(block.length > 1 ? block.line(1) : '')?.[1];
  if (!threshold) refuse('root.threshold-line', { line: Math.min(2, block.length) });
  if (block.length - 2 > limits.roots) refuse('root.count', { line: 2, most: limits.roots });
  const roots = [];
  for (let i = 2; i < block.length; i++) {
    const root = readRootKey(block.line(i), i + 1);
    if (roots.some((r) => r.key === root.key)) refuse('root.twice', { line: i + 1 });
    roots.push(root);
  }
  if (threshold > roots.length || threshold > limits.threshold) refuse('root.threshold', { line: 2, threshold, count: roots.length });
  return { threshold: Number(threshold), roots };
}

function readRootKey(line, number) {
  const [name, id, coded] = splitThree(line);
  const bytes = decode(coded);
  if (!isKeyName(name) || !/^[0-9a-f]{8}$/.test(id) || !bytes?.length) refuse('root.key-line', { line: number });
  if (bytes[0] !== 1) refuse('root.algorithm', { line: number, name });
  const key = encode(bytes.subarray(1));
  if (faultOf(key)) refuse('root.key', { line: number, name });
  if (keyId(name, key) !== id) refuse('root.key-id', { line: number, name });
  return { name, key };
}

// Base64 may hold plus signs: only the first two part the fields.
function splitThree(line) {
  const first = line.indexOf('+');
  const second = line.indexOf('+', first + 1);
  if (first < 0 || second < 0) return ['', '', ''];
  return [line.slice(0, first), line.slice(first + 1, second), line.slice(second + 1)];
}
