// Public keys, their names, and the root file: sections 4.5, 7.1 and 7.2.

import { VerifyError, refuse } from './error.mjs';
import { decode, encode, hex } from './base64.mjs';
import { sha256 } from './sha256.mjs';
import { faultOfKey } from './ed25519.mjs';
import { string } from './json.mjs';
import { checkVersion, limits } from './blocks.mjs';

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

// Checking a key costs a fifth of a millisecond, and the same few keys stand in
// a file again and again.
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
  const content = typeof file === 'string' ? file : decodeRoot(file);
  if (content.length > 65536) refuse('root.malformed', { why: 'too large' });
  const lines = content.split('\n');
  if (lines.pop() !== '') refuse('root.line-end', { line: lines.length + 1 });
  try {
    checkVersion(lines[0] ?? '', 'pott-root', 1);
  } catch (e) {
    throw new VerifyError('root.first-line', { line: 1, got: e.facts.got ?? lines[0] });
  }
  const threshold = Number(/^threshold ([1-9])$/.exec(lines[1] ?? '')?.[1] ?? refuse('root.threshold-line', { line: 2 }));
  const roots = lines.slice(2).map((line, i) => readRootKey(line, i + 3));
  const keys = new Set(roots.map((r) => r.key));
  if (keys.size < roots.length) refuse('root.twice');
  if (threshold > roots.length || threshold > limits.threshold) {
    refuse('root.threshold', { line: 2, threshold, count: roots.length });
  }
  return { threshold, roots };
}

function decodeRoot(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return refuse('root.malformed', { why: 'not UTF-8' });
  }
}

function readRootKey(line, number) {
  const [name, id, coded] = splitThree(line);
  const bytes = decode(coded);
  if (!isKeyName(name) || bytes?.length !== 33 || bytes[0] !== 1) refuse('root.key-line', { line: number });
  const key = encode(bytes.subarray(1));
  const fault = faultOf(key);
  if (fault) refuse('root.key', { line: number, name });
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
