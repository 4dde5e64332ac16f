// Reads the JSON of spec/license-file.md, section 4: a subset in which every
// value has exactly one spelling. A type is an object with read(cursor), which
// returns the value or throws a refusal, and write(value), which returns the
// text; writing what was read gives the same bytes.

import { refuse } from './error.mjs';

const largest = Number.MAX_SAFE_INTEGER;

/** A place in one line. Columns count characters from 1. */
export class Cursor {
  constructor(text, line) {
    this.text = text;
    this.line = line;
    this.at = 0;
  }

  fail(reason, facts = {}, at = this.at) {
    let column = 1;
    for (let i = 0; i < at && i < this.text.length; i++) {
      const c = this.text.charCodeAt(i);
      if (c < 0xdc00 || c > 0xdfff) column++;
    }
    refuse(reason, { line: this.line, column, ...facts });
  }

  next() {
    return this.text[this.at];
  }

  /** Takes a text that must stand here. */
  take(text) {
    if (!this.text.startsWith(text, this.at)) this.fail('json.expected', { what: text, got: this.found() });
    this.at += text.length;
  }

  found() {
    return this.at < this.text.length ? String.fromCodePoint(this.text.codePointAt(this.at)) : 'the end of the line';
  }
}

/** Reads a line that holds one object and nothing else. */
export function readLine(type, text, line) {
  const cursor = new Cursor(text, line);
  const value = type.read(cursor);
  if (cursor.at < text.length) cursor.fail('json.after-end');
  return value;
}

/** An integer of at least `least`, at most 2^53 - 1. */
export function integer(least, most = largest) {
  return {
    read(c) {
      const start = c.at;
      const digits = /^(?:0|[1-9][0-9]*)(?![0-9.eE+-])/.exec(c.text.slice(start, start + 20))?.[0];
      if (digits === undefined) c.fail(/[0-9-]/.test(c.next() ?? '') ? 'json.integer-form' : 'json.not-integer');
      const value = Number(digits);
      if (digits.length > 16 || value > most) c.fail('json.integer-large', { most });
      if (value < least) c.fail('json.integer-small', { least });
      c.at += digits.length;
      return value;
    },
    write: String,
  };
}

/** A flag that stands is true; one that is false is left out. */
export const flag = {
  read(c) {
    if (c.text.startsWith('false', c.at)) c.fail('json.default');
    if (!c.text.startsWith('true', c.at)) c.fail('json.not-flag');
    c.at += 4;
    return true;
  },
  write: () => 'true',
};

const short = { '"': '"', '\\': '\\', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const shortOf = Object.fromEntries(Object.entries(short).map(([letter, char]) => [char, letter]));

/** A string of which forbidden, if given, names a reason against a character. */
function readString(c, forbidden) {
  if (c.next() !== '"') c.fail('json.not-string', { got: c.found() });
  let value = '';
  for (c.at++; ;) {
    const start = c.at;
    const code = c.text.codePointAt(start);
    if (code === undefined) c.fail('json.open-string');
    if (code === 0x22) break;
    const char = code === 0x5c ? readEscape(c) : String.fromCodePoint(code);
    if (code !== 0x5c) c.at += char.length;
    if (forbidden?.(char.codePointAt(0))) c.fail('text.invisible', { char }, start);
    value += char;
  }
  c.at++;
  return value;
}

function readEscape(c) {
  const letter = c.text[c.at + 1];
  if (letter in short) {
    c.at += 2;
    return short[letter];
  }
  const hex = /^\\u00([01][0-9a-f])/.exec(c.text.slice(c.at, c.at + 6));
  if (!hex) c.fail('json.escape');
  const char = String.fromCharCode(parseInt(hex[1], 16));
  if (char in shortOf) c.fail('json.long-escape');
  c.at += 6;
  return char;
}

function writeString(value) {
  return '"' + value.replace(/["\\\u0000-\u001f]/g, (char) =>
    '\\' + (shortOf[char] ?? 'u' + char.charCodeAt(0).toString(16).padStart(4, '0'))) + '"';
}

/**
 * A string of one form. right(value) says whether it has the form, or names the
 * reason why not; what names the form in a refusal, rule the section about it.
 */
export function string(what, right, { reason = 'json.form', rule } = {}) {
  return {
    read(c) {
      const start = c.at;
      const value = readString(c);
      const verdict = right(value);
      if (verdict !== true) c.fail(typeof verdict === 'string' ? verdict : reason, { what, got: value, rule }, start);
      return value;
    },
    write: writeString,
  };
}

/** One of a few words. */
export function oneOf(words, rule) {
  return string(words.join(', '), (v) => words.includes(v), { reason: 'json.not-one-of', rule });
}

// Characters that cannot be seen and could make two different texts look the
// same (section 4.4), as pairs of first and last.
const invisible = [
  0x00, 0x1f, 0x7f, 0x9f, 0xad, 0xad, 0x34f, 0x34f, 0x61c, 0x61c, 0x180e, 0x180e, 0x200b, 0x200f, 0x2028, 0x202e,
  0x2060, 0x206f, 0xfe00, 0xfe0f, 0xfeff, 0xfeff, 0xfff9, 0xffff, 0xe0000, 0xe0fff,
];

function isInvisible(code) {
  for (let i = 0; i < invisible.length; i += 2) {
    if (code >= invisible[i] && code <= invisible[i + 1]) return true;
  }
  return false;
}

/** A string that people read. */
export const text = {
  read(c) {
    const start = c.at;
    const value = readString(c, isInvisible);
    if (value === '') c.fail('text.empty', {}, start);
    return value;
  },
  write: writeString,
};

/**
 * An array of at least one element. keys(element), if given, must differ
 * between elements; order, if given, is the order in which elements stand.
 */
export function list(type, { key, order, check } = {}) {
  return {
    read(c) {
      const start = c.at;
      if (c.next() !== '[') c.fail('json.not-array', { got: c.found() });
      c.at++;
      if (c.next() === ']') c.fail('json.empty-array', {}, start);
      const values = [];
      const seen = new Set();
      for (;;) {
        const here = c.at;
        const value = type.read(c);
        const name = key ? key(value) : value;
        if (key && seen.has(name)) c.fail('array.twice', { name }, here);
        seen.add(name);
        if (order && values.length > 0 && order.indexOf(value) <= order.indexOf(values.at(-1))) {
          c.fail('array.order', { name: value, order: order.join(', ') }, here);
        }
        values.push(value);
        if (c.next() !== ',') break;
        c.at++;
      }
      c.take(']');
      check?.(values, c, start);
      return values;
    },
    write: (values) => '[' + values.map(type.write).join(',') + ']',
  };
}

/**
 * An object. fields is an array of [name, type, 'needed' or nothing] in the
 * order in which they stand. mayBeEmpty allows {}; check(value, cursor, places)
 * refuses what the fields alone do not show, with the place of each field in
 * places; after(name, value, cursor, place) is asked as soon as a field is read.
 */
export function object(fields, { mayBeEmpty = false, check, after } = {}) {
  const place = new Map(fields.map(([name], i) => [name, i]));
  return {
    read(c) {
      const start = c.at;
      if (c.next() !== '{') c.fail('json.not-object', { got: c.found() });
      c.at++;
      const value = Object.create(null);
      const places = Object.create(null);
      let next = 0;
      if (c.next() !== '}') {
        for (;;) {
          next = readField(c, fields, place, next, value, places);
          const [name] = fields[next - 1];
          after?.(name, value[name], c, places[name]);
          if (c.next() !== ',') break;
          c.at++;
        }
      } else if (!mayBeEmpty) {
        c.fail('json.empty-object', {}, start);
      }
      const end = c.at;
      c.take('}');
      needNone(c, fields, next, fields.length, end);
      check?.(value, c, places);
      return value;
    },
    write: (value) => '{' + fields.filter(([name]) => value[name] !== undefined)
      .map(([name, type]) => `"${name}":${type.write(value[name])}`).join(',') + '}',
  };
}

// Reads one field into value and returns the place of the field that may
// follow.
function readField(c, fields, place, next, value, places) {
  const start = c.at;
  if (c.next() !== '"') c.fail('json.not-field', { got: c.found() });
  const end = c.text.indexOf('"', start + 1);
  const name = end < 0 ? '' : c.text.slice(start + 1, end);
  const i = place.get(name);
  if (i === undefined) c.fail('json.unknown-field', { name: end < 0 ? c.text.slice(start + 1) : name });
  if (name in value) c.fail('json.field-twice', { name });
  if (i < next) c.fail('json.field-order', { name });
  needNone(c, fields, next, i, start);
  c.at = end + 1;
  c.take(':');
  if (c.text.startsWith('null', c.at)) c.fail('json.null', { name });
  places[name] = start;
  value[name] = fields[i][1].read(c);
  return i + 1;
}

function needNone(c, fields, from, to, at) {
  for (let i = from; i < to; i++) {
    if (fields[i][2] === 'needed') c.fail('json.field-missing', { name: fields[i][0] }, at);
  }
}
