// The parts, each against what it promises.

import test from 'node:test';
import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { decode, encode } from '../base64.mjs';
import { sha256 } from '../sha256.mjs';
import { sha512 } from '../sha512.mjs';
import { bySubtle, byArithmetic, faultOfKey, isPoint, verifySignature } from '../ed25519.mjs';
import { equal, leafHash, pathTo, rootHash, rootOfPath } from '../tree.mjs';
import { dayIn, daysBetween, isDate, isTime, knowsZone } from '../time.mjs';
import { readFile } from '../file.mjs';
import { header, license } from '../set.mjs';
import { reasons } from '../reasons.mjs';
import { verify, verifyKeyLists, VerifyError } from '../verify.mjs';
import { vector, vectors } from './vectors.mjs';
import { readFileSync, readdirSync } from 'node:fs';

test('SHA-256 is that of the platform, for every length up to four blocks', () => {
  for (let n = 0; n <= 260; n++) {
    const bytes = randomBytes(n);
    assert.deepEqual(Buffer.from(sha256(bytes)), createHash('sha256').update(bytes).digest());
    assert.deepEqual(sha256(bytes.subarray(0, n >> 1), bytes.subarray(n >> 1)), sha256(bytes));
  }
});

test('SHA-512 is that of the platform, for every length up to three blocks', () => {
  for (let n = 0; n <= 390; n++) {
    const bytes = randomBytes(n);
    assert.deepEqual(Buffer.from(sha512(bytes)), createHash('sha512').update(bytes).digest());
  }
});

test('base64 has one spelling', () => {
  for (let n = 0; n < 80; n++) {
    const bytes = new Uint8Array(randomBytes(n));
    const text = Buffer.from(bytes).toString('base64');
    assert.equal(encode(bytes), text);
    assert.deepEqual(decode(text), bytes);
  }
  for (const wrong of ['A', 'AA', 'AAA', 'AB==', 'AAB=', '====', 'A===', '=AAA', 'AA=A', 'AA-_', 'AAA\n', ' AAA', 'AAAA====']) {
    assert.equal(decode(wrong), undefined, wrong);
  }
});

test('the runtime and the arithmetic agree about signatures', async () => {
  for (let round = 0; round < 8; round++) {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const key = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32));
    const message = new Uint8Array(randomBytes(round * 37));
    const signature = new Uint8Array(sign(null, message, privateKey));
    assert.equal(faultOfKey(key), undefined);
    for (const [m, s, want] of [[message, signature, true], [Uint8Array.of(...message, 0), signature, false], [message, signature.map((b, i) => (i === 3 ? b ^ 1 : b)), false]]) {
      assert.equal(await byArithmetic(key, m, s), want);
      assert.equal(await bySubtle(key, m, s), want);
      assert.equal(await verifySignature(key, m, s), want);
    }
  }
});

// The vectors about second spellings and the cofactor, without the runtime.
test('the arithmetic alone decides every signature of the vectors as the runtime does', async () => {
  for (const name of ['ok-usual', 'note-high-s', 'note-second-spelling-of-r', 'note-small-order-r']) {
    const { notes, checkpoint, certificate } = readFile(vector(name).body);
    const [{ signature }] = notes.checkpoint.signatures;
    const key = decode(certificate.keys[0].key);
    const message = notes.checkpoint.block.text();
    assert.equal(await verifySignature(key, message, signature), name === 'ok-usual', checkpoint.origin);
    assert.equal(await byArithmetic(key, message, signature), name === 'ok-usual');
  }
});

test('weak and misspelled keys are told apart', () => {
  const p = 2n ** 255n - 19n;
  const bytes = (n) => Uint8Array.from({ length: 32 }, (_, i) => Number((n >> BigInt(8 * i)) & 255n));
  const sign = 1n << 255n;
  const order8 = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n;
  const cases = [
    [1n, 'key.small-order'], [0n, 'key.small-order'], [p - 1n, 'key.small-order'], [sign, 'key.small-order'],
    [order8, 'key.small-order'], [order8 | sign, 'key.small-order'], [p - order8, 'key.small-order'],
    [1n | sign, 'key.not-canonical'], [(p - 1n) | sign, 'key.not-canonical'],
    [p, 'key.not-canonical'], [p + 1n, 'key.not-canonical'], [2n ** 255n - 1n, 'key.not-canonical'],
    [2n, 'key.off-curve'], [7n | sign, 'key.off-curve'],
  ];
  for (const [n, want] of cases) assert.equal(faultOfKey(bytes(n)), want, n.toString(16));
});

test('a key is on the curve by its symbol exactly when it has a root', () => {
  let on = 0;
  for (let round = 0; round < 400; round++) {
    const bytes = new Uint8Array(randomBytes(32));
    assert.equal(faultOfKey(bytes) === undefined, isPoint(bytes), Buffer.from(bytes).toString('hex'));
    on += isPoint(bytes) ? 1 : 0;
  }
  assert.ok(on > 100 && on < 300);
});

test('each leaf of a tree of any size leads to its root, and to no other from another place', () => {
  for (let size = 1; size <= 33; size++) {
    const leaves = Array.from({ length: size }, (_, i) => Uint8Array.of(i));
    const root = rootHash(leaves);
    for (let i = 0; i < size; i++) {
      const path = pathTo(i, leaves);
      assert.ok(equal(rootOfPath(leafHash(leaves[i]), i, size, path), root));
      for (const j of [i - 1, i + 1, size]) {
        if (j < 0) continue;
        const other = rootOfPath(leafHash(leaves[i]), j, size, path);
        assert.ok(!other || !equal(other, root), `leaf ${i} as ${j} of ${size}`);
      }
      for (const wrong of [path.slice(1), [...path, root], path.slice(0, -1)]) {
        if (wrong.length === path.length) continue;
        const other = rootOfPath(leafHash(leaves[i]), i, size, wrong);
        assert.ok(!other || !equal(other, root));
      }
    }
  }
});

test('what was read is written again as the same bytes', () => {
  let lines = 0;
  for (const v of vectors().filter((v) => v.headers.expect === 'ok' && !v.headers.kind)) {
    const { set } = readFile(v.body);
    const text = new TextDecoder().decode(v.body).split('\n');
    assert.equal(header.write(set.header), text[1], v.name);
    set.licenses.forEach((l, i) => assert.equal(license.write(l), text[set.lines[i] - 1], v.name));
    lines += set.licenses.length;
  }
  assert.ok(lines > 40);
});

test('dates exist, and a day is that of its zone', () => {
  for (const d of ['0001-01-01', '2024-02-29', '2000-02-29', '9999-12-31']) assert.ok(isDate(d), d);
  for (const d of ['0000-01-01', '2023-02-29', '1900-02-29', '2026-04-31', '2026-13-01', '2026-00-10', '2026-1-1', '2026-06-00', '10000-01-01', '2026-06-10\n']) assert.ok(!isDate(d), d);
  assert.ok(isTime('2026-06-10T23:59:59Z'));
  for (const t of ['2026-06-10T24:00:00Z', '2026-06-10T23:59:60Z', '2026-06-10T23:60:00Z', '2026-06-10t23:00:00Z', '2026-06-10T23:00:00', '2026-02-30T00:00:00Z', '2026-06-10T23:00:00Z\n']) assert.ok(!isTime(t), t);
  assert.equal(daysBetween('2026-03-28', '2026-03-30'), 2);
  assert.equal(daysBetween('0001-01-01', '9999-12-31'), 3652058);
  assert.equal(dayIn('Pacific/Kiritimati', new Date('2026-06-10T12:00:00Z')), '2026-06-11');
  assert.equal(dayIn('Pacific/Pago_Pago', new Date('2026-06-10T10:00:00Z')), '2026-06-09');
  for (const z of ['UTC', 'Europe/Stockholm', 'Europe/Kiev', 'Etc/GMT+5', 'Asia/Calcutta']) assert.ok(knowsZone(z), z);
  for (const z of ['europe/stockholm', 'Europe/Atlantis', 'EUROPE/STOCKHOLM', 'Local', '']) assert.ok(!knowsZone(z), z);
});

test('every reason has a sentence in both languages with the same facts, and is given somewhere', () => {
  const folder = new URL('../', import.meta.url);
  const source = readdirSync(folder).filter((f) => f.endsWith('.mjs') && f !== 'reasons.mjs').map((f) => readFileSync(new URL(f, folder), 'utf8')).join('');
  const factsOf = (text) => [...text.matchAll(/\{[a-z]+\}/g)].map((m) => m[0]).sort().join();
  for (const [reason, { en, sv, code, rule }] of Object.entries(reasons)) {
    assert.equal(factsOf(en), factsOf(sv), reason);
    assert.match(code, /^(set|verify)\.[a-z-]+$/);
    assert.match(rule, /^\d+(\.\d+)?$/);
    const stem = reason.replace(/-(issuer|signing|list)$/, '-');
    assert.ok(source.includes(`'${reason}'`) || source.includes(`\`${stem}`), `${reason} is given nowhere`);
  }
});

test('a revocation of a set accepted before counts only when it says so, from its date on', async () => {
  const { body, trust } = vector('chain-signing-key-revoked-by-roots');
  const list = readFile(body).keyLists.at(-1);
  const { date } = list.revocations.find((r) => r.date);
  const from = new Date(`${date}T00:00:00Z`);
  const before = new Date(from.getTime() - 1);
  const code = (b, t) => verify(b, t).then(() => 'ok', (e) => e.code);
  assert.equal(await code(body, trust), 'set.revoked');
  assert.equal(await code(body, { ...trust, accepted: trust.now }), 'ok');
  assert.equal(await code(body, { ...trust, accepted: trust.now, now: before }), 'ok');
  assert.equal(await code(body, { ...trust, accepted: trust.now, now: from }), 'set.revoked');
  // The file itself knows nothing of it; a later list does.
  const older = vector('ok-usual');
  const known = [{ number: list.number + 1, text: list.text }];
  const kept = { ...older.trust, accepted: older.trust.now, known, highestKeyList: list.number + 1, highestCertificate: 9 };
  assert.equal(await code(older.body, { ...kept, now: before }), 'ok');
  assert.equal(await code(older.body, { ...kept, now: from }), 'set.revoked');
  assert.equal(await code(older.body, { ...kept, accepted: undefined }), 'set.old-key-list');
  const refused = vector('chain-signing-key-revoked-by-issuer');
  assert.equal(await code(refused.body, { ...refused.trust, accepted: refused.trust.now }), 'ok');
  const ended = vector('time-signing-key-ended');
  assert.equal(await code(ended.body, { ...ended.trust, accepted: new Date('2026-06-10T12:00:00Z') }), 'ok');
});

test('two lists with one number are told apart by their text', async () => {
  const { body, trust } = vector('ok-usual');
  const text = readFile(body).keyLists[0].text;
  await verify(body, { ...trust, known: [{ number: 1, text }] });
  const other = text.slice();
  other[30] ^= 1;
  await assert.rejects(verify(body, { ...trust, known: [{ number: 1, text: other }] }), (e) => e instanceof VerifyError && e.code === 'set.forked-key-list');
});

test('key lists travel without a set, and are remembered', async () => {
  const { body, trust } = vector('ok-rotated-roots');
  const text = new TextDecoder().decode(body);
  const lists = new TextEncoder().encode(text.slice(text.indexOf('pott-key-list/v1')));
  const known = await verifyKeyLists(lists, trust);
  assert.deepEqual(known.map((k) => k.number), [1, 2, 3]);
  await verify(body, { ...trust, known, highestKeyList: 3 });
  const code = (bytes, t = trust) => verifyKeyLists(bytes, t).then(() => 'ok', (e) => (e instanceof VerifyError ? e.code : e));
  assert.equal(await code(lists, { ...trust, highestKeyList: 4 }), 'set.old-key-list');
  assert.equal(await code(lists, { ...trust, roots: [{ name: 'other.example/root', key: trust.roots[0].key }] }), 'set.untrusted');
  assert.equal(await code(lists.subarray(0, lists.lastIndexOf(10, lists.length - 2))), 'set.malformed');
  assert.equal(await code(body), 'set.malformed');
  for (let at = 0; at < lists.length; at += 7) {
    const changed = lists.slice();
    changed[at] ^= 1;
    assert.notEqual(await code(changed), 'ok', `byte ${at}`);
  }
});
