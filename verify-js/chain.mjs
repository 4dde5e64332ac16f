// Key lists and issuer certificates: sections 7.3 and 7.4.

import { refuse } from './error.mjs';
import { decode } from './base64.mjs';
import { flag, integer, list, object, oneOf, readLine, string } from './json.mjs';
import { keyNameType, keyType } from './keys.mjs';
import { daysBetween } from './time.mjs';
import { date, issuer, requires, stopAtRequires, time, word } from './set.mjs';
import { checkVersion, limits } from './blocks.mjs';

const otherAlgorithm = (rule) => string('a word other than ed25519', (v) => v !== 'ed25519' && /^[a-z0-9-]{1,32}$/.test(v), { rule });

const algorithm = object([
  ['name', otherAlgorithm('7.3'), 'needed'],
  ['from', date, 'needed'],
]);

const listHeader = object([
  ['requires', requires],
  ['number', integer(1), 'needed'],
  ['issued', time, 'needed'],
  ['through', date],
  ['threshold', integer(1, limits.threshold), 'needed'],
  ['algorithms', list(algorithm, { key: (v) => v.name })],
], { after: stopAtRequires });

// Keys of other algorithms beside an Ed25519 key. Their form is checked, and no
// signature of theirs is asked for.
const sizes = { 'ml-dsa-65': 1952 };
const also = list(object([
  ['algorithm', otherAlgorithm('7.6'), 'needed'],
  ['key', string('base64 of at least one byte', (v) => decode(v)?.length > 0, { rule: '7.6' }), 'needed'],
], {
  check(v, c, places) {
    const size = Object.hasOwn(sizes, v.algorithm) ? sizes[v.algorithm] : undefined;
    if (size && decode(v.key).length !== size) c.fail('also.size', { algorithm: v.algorithm, size }, places.key);
  },
}), { key: (v) => v.algorithm });

const kinds = ['system', 'site', 'user'];

const fence = object([
  ['from', date, 'needed'],
  ['through', date, 'needed'],
  ['last_date', date, 'needed'],
  ['max_term_days', integer(1, 2147483647), 'needed'],
  ['max_quantity', integer(1), 'needed'],
  ['max_total', integer(1), 'needed'],
  ['kinds', list(oneOf(kinds, '7.3'), { order: kinds }), 'needed'],
  ['modules', list(string('a pattern of modules', isPattern, { rule: '7.3' })), 'needed'],
  ['unrestricted', flag],
  ['no_expiry', flag],
  ['clients', flag],
], { check: checkSpan });

function checkSpan(v, c, places) {
  if (v.through < v.from) c.fail('span', { from: v.from, through: v.through }, places.through);
}

// A folded module, or the beginning of one and a star. A beginning may end with
// the space inside a module.
function isPattern(v) {
  if (v === '*') return true;
  if (v.endsWith('*')) return v.length <= 240 && /^[a-z0-9._-]+( [a-z0-9._-]+)* ?\*$/.test(v);
  return v.length <= 239 && /^[a-z0-9._-]+( [a-z0-9._-]+)*$/.test(v);
}

/** Whether a pattern of a fence allows a folded module. */
export function allows(pattern, folded) {
  return pattern.endsWith('*') ? folded.startsWith(pattern.slice(0, -1)) : folded === pattern;
}

// The lines after the header of a key list, in the order of their kinds.
const listLines = [
  ['root', object([['root', keyNameType, 'needed'], ['key', keyType, 'needed'], ['also', also]])],
  ['next_root', object([['next_root', keyNameType, 'needed'], ['key', keyType, 'needed'], ['also', also]])],
  ['issuer', object([['issuer', issuer, 'needed'], ['key', keyType, 'needed'], ['fence', fence, 'needed'], ['also', also]])],
  ['revoke', object([
    ['revoke', keyType, 'needed'], ['effect', oneOf(['refuse-new', 'drop-on'], '7.3'), 'needed'], ['date', date],
  ], {
    check(v, c, places) {
      if (v.effect === 'drop-on' && !v.date) c.fail('json.field-missing', { name: 'date' });
      if (v.effect === 'refuse-new' && v.date) c.fail('list.date', {}, places.date);
    },
  })],
];

const certificateHeader = object([
  ['requires', requires],
  ['issuer', issuer, 'needed'],
  ['number', integer(1), 'needed'],
  ['issued', time, 'needed'],
], { after: stopAtRequires });

const certificateLines = [
  ['key', object([
    ['key', keyType, 'needed'], ['type', word, 'needed'], ['from', date, 'needed'], ['through', date, 'needed'], ['also', also],
  ], { check: checkSpan })],
  ['revoke', object([['revoke', keyType, 'needed']])],
];

// Reads a text of a format line, a header, and lines of kinds in an order, and
// hands each line to take(kind, value, line). rule is the section about it.
function readText(block, format, rule, headerType, kindsOfLines, take) {
  checkVersion(block.line(0), format, block.first);
  if (block.length > limits.textLines) refuse('text.too-many-lines', { line: block.first + limits.textLines, most: limits.textLines });
  if (block.length < 2) refuse('text.no-header', { line: block.first, rule });
  const head = readLine(headerType, block.line(1), block.first + 1);
  let reached = 0;
  for (let i = 2; i < block.length; i++) {
    const line = block.first + i;
    const content = block.line(i);
    const kind = kindsOfLines.findIndex(([name]) => content.startsWith(`{"${name}":`));
    if (kind < 0) refuse('text.line', { line, rule, kinds: kindsOfLines.map(([name]) => name).join(', ') });
    if (kind < reached) refuse('text.order', { line, rule });
    reached = kind;
    take(kindsOfLines[kind][0], readLine(kindsOfLines[kind][1], content, line), line);
  }
  return head;
}

// Remembers the second keys of a kind of line, and refuses one that comes again:
// two holders of one key would count as two.
function onceAlso() {
  const seen = once('7.6');
  return (v, line) => v.also?.forEach(({ key }) => seen(key, line));
}

// Remembers names, and refuses one that comes again.
function once(rule) {
  const seen = new Set();
  return (name, line) => {
    if (seen.has(name)) refuse('text.twice', { line, name, rule });
    seen.add(name);
  };
}

/** Reads the text of a key list. */
export function readKeyList(block) {
  const read = { roots: [], nextRoots: [], issuers: [], revocations: [] };
  const unique = {};
  for (const k of ['rootKey', 'rootName', 'nextKey', 'nextName', 'issuerKey', 'revoked']) unique[k] = once('7.3');
  const second = { root: onceAlso(), next_root: onceAlso(), issuer: onceAlso(), revoke() {} };
  const revokedLines = [];
  const head = readText(block, 'pott-key-list', '7.3', listHeader, listLines, (kind, v, line) => {
    second[kind](v, line);
    if (kind === 'root') {
      unique.rootKey(v.key, line);
      unique.rootName(v.root, line);
      read.roots.push({ name: v.root, key: v.key });
    } else if (kind === 'next_root') {
      unique.nextKey(v.key, line);
      unique.nextName(v.next_root, line);
      read.nextRoots.push({ name: v.next_root, key: v.key });
    } else if (kind === 'issuer') {
      unique.issuerKey(v.key, line);
      read.issuers.push(v);
    } else {
      unique.revoked(v.revoke, line);
      read.revocations.push(v);
      revokedLines.push(line);
    }
    if (Math.max(read.roots.length, read.nextRoots.length) > limits.roots) refuse('list.roots', { line, most: limits.roots });
  });
  const result = { ...head, ...read, text: block.text() };
  checkKeyList(result, block.first + 1, revokedLines);
  return result;
}

function checkKeyList(l, line, revokedLines) {
  if (l.roots.length === 0) refuse('list.no-roots', { line });
  if (l.threshold > l.roots.length) refuse('list.threshold', { line, threshold: l.threshold, count: l.roots.length });
  const roots = new Set(l.roots.map((r) => r.key));
  const both = l.issuers.find((i) => roots.has(i.key));
  if (both) refuse('list.issuer-is-root', { line, issuer: both.issuer });
  l.revocations.forEach((r, i) => {
    if (r.date && daysBetween(l.issued.slice(0, 10), r.date) < 14) refuse('list.drop-soon', { line: revokedLines[i], date: r.date });
  });
}

/** Reads the text of an issuer certificate. */
export function readCertificate(block) {
  const read = { keys: [], revoked: [] };
  const keyOnce = once('7.4');
  const revokedOnce = once('7.4');
  const second = onceAlso();
  const head = readText(block, 'pott-issuer-certificate', '7.4', certificateHeader, certificateLines, (kind, v, line) => {
    if (kind === 'key') {
      keyOnce(v.key, line);
      second(v, line);
      read.keys.push(v);
    } else {
      revokedOnce(v.revoke, line);
      read.revoked.push(v.revoke);
    }
  });
  if (read.keys.length === 0) refuse('certificate.no-keys', { line: block.first + 1 });
  return { ...head, ...read };
}
