// The lines of a license set and its checkpoint: sections 4.5, 4.6, 5 and 6.2.

import { refuse } from './error.mjs';
import { decode, hex } from './base64.mjs';
import { flag, integer, list, object, oneOf, readLine, string, text } from './json.mjs';
import { isDate, isTime } from './time.mjs';
import { sha256 } from './sha256.mjs';
import { equal, rootHash } from './tree.mjs';
import { checkVersion } from './blocks.mjs';

const matches = (pattern) => (v) => pattern.test(v);

export const issuer = string('an issuer', matches(/^[A-Z0-9]{1,32}$/));
export const word = string('a word', matches(/^[a-z0-9-]{1,32}$/));
export const date = string('a date YYYY-MM-DD', isDate, { rule: '4.6' });
export const time = string('a time YYYY-MM-DDThh:mm:ssZ', isTime, { rule: '4.6' });
const module = string('a module', isModule);
const serial = string('a serial', matches(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/));
const hash = string('a hash', matches(/^[0-9a-f]{64}$/));
const printOfKey = string('a fingerprint', matches(/^[0-9a-f]{4}(-[0-9a-f]{4}){7}$/));
const zone = string('a time zone', (v) =>
  v.length <= 64 && v !== 'Local' && /^[A-Z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/.test(v));

export function isModule(v) {
  return v.length <= 239 && /^[A-Za-z0-9._-]+( [A-Za-z0-9._-]+)*$/.test(v);
}

/** A module as it is compared: only ASCII letters lose their case. */
export function fold(name) {
  return name.replace(/[A-Z]/g, (c) => c.toLowerCase());
}

const languages = ['sv', 'en', 'nb', 'da', 'de', 'nl'];
const texts = object(languages.map((l) => [l, text]));
const modules = list(module, { key: fold });

const kinds = ['internal', 'external', 'system', 'anonymous', 'resource'];
const people = list(oneOf(kinds, '5.3'), {
  order: kinds,
  check: (v, c, at) => { if (v.length === 1 && v[0] === 'internal') c.fail('json.default', {}, at); },
});

/** The field that heads a header: extensions that a reader must know. */
export const requires = list(word, { key: (v) => v });

/** Stops where a certificate or key list asks for an extension: none is known. */
export const stopAtRequires = stopAtUnknown([]);

/** Stops where a header asks for an extension that is not among the known. */
function stopAtUnknown(known) {
  return (name, value, cursor, at) => {
    if (name !== 'requires') return;
    const words = value.filter((w) => !known.includes(w));
    if (words.length > 0) cursor.fail('requires', { words: words.join(', ') }, at);
  };
}

const dates = object(['next_check', 'warning', 'expiry', 'grace', 'maintenance'].map((name) => [name, date]), {
  check: (v, c, places) => { if (v.grace && !v.expiry) c.fail('dates.grace', {}, places.grace); },
});

const client = object([['name', word, 'needed'], ['people', people], ['system', modules], ['user', modules]]);

export const header = object([
  ['requires', requires],
  ['issuer', issuer, 'needed'],
  ['issuer_name', text],
  ['company', text],
  ['serial', serial, 'needed'],
  ['number', integer(1), 'needed'],
  ['issued', time, 'needed'],
  ['time_zone', zone, 'needed'],
  ['dates', dates],
  ['start', date],
  ['deployment', text],
  ['product', text],
  ['occupancy', string('credentials', checkOccupancy, { rule: '5.2' })],
  ['previous', hash],
  ['installation', printOfKey],
  ['final', flag],
  ['demo', flag],
  ['clients', list(client, { key: (v) => v.name })],
], {
  after: stopAtUnknown(['start']),
  check(v, c, places) {
    if (v.start && !v.requires) c.fail('header.start-required', {}, places.start);
    if (v.requires && !v.start) c.fail('header.no-start', {}, places.requires);
    const end = v.dates?.grace > v.dates?.expiry ? v.dates.grace : v.dates?.expiry;
    if (v.start > end) c.fail('header.start', { end }, places.start);
    if (v.number === 1 && v.previous) c.fail('header.previous', {}, places.previous);
    if (v.number > 1 && !v.previous) c.fail('header.no-previous', {}, places.number);
  },
});

function checkOccupancy(v) {
  return v === 'assignment' ? 'json.default' : v === 'credentials' || v === 'login';
}

const plan = object([
  ['includes', modules],
  ['group', word],
  ['parts', list(object([['line', word, 'needed'], ['tier', word, 'needed']]), { key: (v) => v.line })],
], { mayBeEmpty: true });

export const license = object([
  ['module', module, 'needed'],
  ['kind', oneOf(['system', 'site', 'user'], '5.3'), 'needed'],
  ['quantity', integer(1), 'needed'],
  ['unrestricted', flag],
  ['open_ended', flag],
  ['hidden', flag],
  ['marker', flag],
  ['people', people],
  ['prerequisite', module],
  ['edit', module],
  ['plan', plan],
  ['version', text],
  ['names', texts],
  ['tooltips', texts],
], { check: checkLicense });

function checkLicense(v, c, places) {
  const only = (field, kind) => { if (v[field] && v.kind !== kind) c.fail('license.only', { field, kind }, places[field]); };
  only('people', 'user');
  only('edit', 'system');
  only('plan', 'user');
  const own = fold(v.module);
  if (v.prerequisite && fold(v.prerequisite) === own) c.fail('license.itself', { field: 'prerequisite' }, places.prerequisite);
  if (v.plan?.includes?.some((m) => fold(m) === own)) c.fail('license.itself', { field: 'includes' }, places.plan);
}

/** The end of a set: the last day on which everything works, or undefined. */
export function endOf(head) {
  const { expiry, grace } = head.dates ?? {};
  return grace > expiry ? grace : expiry;
}

/** Reads block 1: {header, licenses, lines, optional}. lines[i] is the line of licenses[i]. */
export function readSet(block) {
  checkVersion(block.line(0), 'pott-license-set', block.first);
  if (block.length < 2) refuse('set.no-header', { line: block.first });
  const set = { header: readLine(header, block.line(1), block.first + 1), licenses: [], lines: [], optional: [] };
  const seen = new Set();
  for (let i = 2; i < block.length; i++) {
    const line = block.first + i;
    const content = block.line(i);
    if (content.startsWith('{')) {
      if (set.optional.length > 0) refuse('set.license-late', { line });
      const read = readLine(license, content, line);
      const name = fold(read.module);
      if (seen.has(name)) refuse('set.module-twice', { line, name: read.module });
      seen.add(name);
      set.licenses.push(read);
      set.lines.push(line);
    } else {
      if (!/^optional:[a-z0-9-]{1,32}(?: .+)?$/su.test(content)) refuse('set.line', { line });
      set.optional.push(content);
    }
  }
  return set;
}

/**
 * Reads the text of a checkpoint for a header: {origin, size, root, hash}. Does
 * not look at the lines.
 */
export function readCheckpoint(block, head) {
  if (block.length !== 3) refuse('checkpoint.lines', { line: block.first });
  const origin = `${head.issuer}/pott-set/${head.serial}/${head.number}`;
  if (block.line(0) !== origin) refuse('checkpoint.origin', { line: block.first, want: origin, got: block.line(0) });
  const digits = block.line(1);
  const size = Number(digits);
  if (!/^[1-9][0-9]{0,15}$/.test(digits) || size > Number.MAX_SAFE_INTEGER) {
    refuse('checkpoint.size', { line: block.first + 1, got: digits });
  }
  const root = decode(block.line(2));
  if (root?.length !== 32) refuse('checkpoint.root', { line: block.first + 2 });
  return { origin, size, root, hash: hex(sha256(block.text())) };
}

/** Refuses a checkpoint that is not of these lines. */
export function checkLines(checkpoint, block, at) {
  if (checkpoint.size !== block.length) refuse('checkpoint.other-size', { line: at, size: checkpoint.size, count: block.length });
  if (!equal(rootHash(block.leaves()), checkpoint.root)) refuse('checkpoint.other-lines', { line: at });
}
