// Whatever the bytes are, the answer is a refusal of this package or a set that
// was signed, and it comes after a stated amount of work.

import test from 'node:test';
import assert from 'node:assert/strict';
import { verify, VerifyError, readRootFile } from '../verify.mjs';
import { readFile } from '../file.mjs';
import { vector, vectors } from './vectors.mjs';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

// A random number generator that gives the same numbers on every run.
function dice(seed) {
  let s = seed >>> 0;
  return (n) => {
    s = (Math.imul(s, 1664525) + 1013904223) >>> 0;
    return Math.floor((s / 4294967296) * n);
  };
}

function unsigned(lines) {
  return lines.filter((l) => !l.startsWith('—')).join('\n');
}

async function outcome(bytes, trust) {
  try {
    return await verify(bytes, trust);
  } catch (e) {
    assert.ok(e instanceof VerifyError, `${e?.stack}`);
    assert.ok(e.message && e.in('sv') && e.rule && e.code);
    assert.ok(Number.isInteger(e.line) && Number.isInteger(e.column));
    return e.code;
  }
}

// Of a genuine file, only these bytes are not under somebody's signature: the
// signatures of keys that nobody asks for. ok-smallest has none of those.
test('every byte of a small file counts: with any bit of it flipped the file is refused', async () => {
  const { body, trust } = vector('ok-smallest');
  assert.equal(typeof (await outcome(body, trust)), 'object');
  for (let at = 0; at < body.length; at++) {
    for (const bit of [1, 0x20, 0x80]) {
      const changed = body.slice();
      changed[at] ^= bit;
      assert.equal(typeof (await outcome(changed, trust)), 'string', `byte ${at} ^ ${bit}: ${decoder.decode(changed.subarray(at - 20, at + 20))}`);
    }
  }
});

test('a byte of a signature nobody asks for does not count, and every other byte does', async () => {
  const { body, trust } = vector('ok-unknown-signature');
  const lines = decoder.decode(body).split('\n');
  const stranger = lines.findIndex((l) => l.startsWith('—') && !/^— (ACME\/pott-(set\/1600065823\/1|issuer)|root\.example\/root-1) /.test(l));
  const from = encoder.encode(lines.slice(0, stranger).join('\n') + '\n').length;
  const to = from + encoder.encode(lines[stranger]).length;
  const free = new Set();
  for (let at = 0; at < body.length; at++) {
    const changed = body.slice();
    changed[at] ^= 1;
    if (typeof (await outcome(changed, trust)) !== 'string') free.add(at);
  }
  assert.ok(free.size > 60, `${free.size} bytes do not count`);
  for (const at of free) assert.ok(at >= from && at < to, `byte ${at} outside the signature of a stranger`);
});

// What passes differs in signatures only: their order does not count, nor do
// those beyond what is needed.
test('lines dropped, doubled, swapped, cut and joined never pass with another text', async () => {
  const roll = dice(1);
  const { body, trust } = vector('ok-rotated-roots');
  const lines = decoder.decode(body).split('\n');
  for (let round = 0; round < 1500; round++) {
    const copy = [...lines];
    const [i, j] = [roll(copy.length), roll(copy.length)];
    const edits = [
      () => copy.splice(i, 1),
      () => copy.splice(i, 0, copy[j]),
      () => { [copy[i], copy[j]] = [copy[j], copy[i]]; },
      () => { copy[i] = copy[i].slice(0, roll(copy[i].length + 1)); },
      () => copy.splice(i, 2, `${copy[i]}${copy[i + 1] ?? ''}`),
    ];
    edits[roll(edits.length)]();
    const text = copy.join('\n');
    if ((await outcome(encoder.encode(text), trust)) instanceof Object) assert.equal(unsigned(copy), unsigned(lines));
  }
});

test('random bytes, and random bytes inside every vector, end in an answer', async () => {
  const roll = dice(2);
  const trust = vector('ok-usual').trust;
  for (let round = 0; round < 300; round++) {
    await outcome(Uint8Array.from({ length: roll(400) }, () => roll(256)), trust);
  }
  for (const v of vectors()) {
    if (!v.trust || v.body.length > 20000) continue;
    for (let round = 0; round < 6; round++) {
      const changed = v.body.slice();
      for (let n = roll(4); n >= 0; n--) changed[roll(changed.length)] = roll(256);
      await outcome(changed, v.trust);
    }
  }
});

test('random edits inside lines of JSON end in an answer', async () => {
  const roll = dice(3);
  const pieces = ['"', '\\', '{', '}', '[', ']', ',', ':', 'null', 'true', '0', '-1', '1e3', '\\u0000', '\\', '\u2028', '\u{e0041}', '__proto__', 'constructor', '"x":'];
  const { body, trust } = vector('ok-every-field');
  const text = decoder.decode(body);
  for (let round = 0; round < 2000; round++) {
    const at = roll(text.length);
    const edited = text.slice(0, at) + pieces[roll(pieces.length)] + text.slice(at + roll(6));
    await outcome(encoder.encode(edited), trust);
  }
});

test('the largest files are answered, within a minute on the slowest machine', async () => {
  const { body, trust } = vector('ok-smallest');
  const text = decoder.decode(body);
  const [head] = text.split('\n\n');
  const rest = text.slice(head.length);
  const many = (count, line) => Array.from({ length: count }, (_, i) => line(i)).join('');
  const hostile = {
    'as many lines as a set may have': head + '\n' + many(99998, (i) => `{"module":"m${i}","kind":"user","quantity":1}\n`) + rest.slice(1),
    'one line more': head + '\n' + many(99999, (i) => `{"module":"m${i}","kind":"user","quantity":1}\n`) + rest.slice(1),
    'eight mebibytes of line feeds': '\n'.repeat(8388608),
    'eight mebibytes of short lines': 'a\n'.repeat(4194304),
    'short blocks without end': 'a\n\n'.repeat(2796202),
    'one long text': head.replace('}', `,"clients":[${'['.repeat(60000)}`) + rest,
    'a byte too many': 'x'.repeat(8388609),
  };
  for (const [name, content] of Object.entries(hostile)) {
    const start = performance.now();
    const got = await outcome(encoder.encode(content), trust);
    const took = performance.now() - start;
    assert.equal(typeof got, 'string', name);
    assert.ok(took < 60000, `${name}: ${took} ms`);
  }
});

test('a root file has one form, and each byte of it counts', () => {
  const good = 'pott-root/v1\nthreshold 1\nroot.example/root-1+e95dab1b+AWoAvTb5t4ubWk+E0Utcekc0xyYORbg5YX+px3zZ2OCg\n';
  assert.equal(readRootFile(good).roots[0].name, 'root.example/root-1');
  const bad = [
    '', '\n', 'pott-root/v1\n', good.slice(0, -1), good.replace('/v1', '/v2'), good.replace('threshold 1', 'threshold 2'),
    good.replace('threshold 1', 'threshold 0'), good.replace('threshold 1', 'threshold 01'), good.replace('e95dab1b', 'e95dab1c'),
    good.replace('e95dab1b', 'E95DAB1B'), good.replace('+AWo', '+AGo'), good.replace('2OCg', '2OC='), good + good.split('\n')[2] + '\n',
    good + '\n', good.replace('\n', '\r\n'), good.replace(/\+AWo.*/, '+AQEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'),
  ];
  for (const text of bad) {
    assert.throws(() => readRootFile(text), (e) => e instanceof VerifyError && Boolean(e.rule && e.in('sv')), JSON.stringify(text));
  }
  const flipped = encoder.encode(good);
  for (let at = 0; at < flipped.length; at++) {
    flipped[at] ^= 1;
    assert.throws(() => {
      const read = readRootFile(flipped);
      // The name is covered by the key id, and the rest has one spelling.
      assert.notDeepEqual(read, readRootFile(good));
    }, (e) => e instanceof VerifyError, `byte ${at}`);
    flipped[at] ^= 1;
  }
});

test('reading alone never believes: form is right and trust is not asked', () => {
  const { body } = vector('chain-other-root');
  assert.equal(readFile(body).set.header.issuer, 'ACME');
});
