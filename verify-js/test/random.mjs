// Writes random license files and what verify-js says of them, one JSON object
// a line, for another verifier to be compared with:
//
//   node verify-js/test/random.mjs SEED COUNT
//
// The chains are well formed and signed; what they say is rolled: who signs,
// thresholds, fences, dates around their borders, revocations. Every second
// file has a few random edits.

import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { argv, stdout } from 'node:process';
import { readRootFile, verify } from '../verify.mjs';
import { fingerprint, keyId } from '../keys.mjs';
import { pathTo, rootHash } from '../tree.mjs';

const encoder = new TextEncoder();
let state = Number(argv[2]) >>> 0;

function roll(n) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 4294967296) * n);
}

const often = (chance) => roll(1000) < chance * 1000;
const pick = (all) => all[roll(all.length)];

function some(all, least) {
  const left = [...all];
  const count = least + roll(3);
  return Array.from({ length: Math.min(count, all.length) }, () => left.splice(roll(left.length), 1)[0]);
}

// Keys 0 to 4 are roots, 5 to 8 issuers', 9 to 12 for signing, 13 a stranger's.
const keys = Array.from({ length: 14 }, (_, i) => {
  const head = Buffer.from('302e020100300506032b657004220420', 'hex');
  const secret = createPrivateKey({ key: Buffer.concat([head, Buffer.alloc(32, i + 1)]), format: 'der', type: 'pkcs8' });
  const text = createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64');
  return { secret, text };
});

function day(n) {
  return new Date(Date.UTC(2026, 0, 1) + n * 86400000).toISOString().slice(0, 10);
}

const text = (...lines) => lines.map((l) => (typeof l === 'string' ? l : JSON.stringify(l)) + '\n').join('');

// A note under the text; signers are [key name, key].
function note(content, signers) {
  const lines = new Map();
  for (const [name, key] of signers.length > 0 ? signers : [['nobody', keys[13]]]) {
    const signature = sign(null, encoder.encode(content), key.secret);
    if (often(0.01)) signature[roll(64)] ^= 1 << roll(8);
    const coded = Buffer.concat([Buffer.from(keyId(name, key.text), 'hex'), signature]).toString('base64');
    lines.set(name + key.text, `— ${name} ${coded}\n`);
  }
  return `${content}\n${some([...lines.values()], lines.size).join('')}`;
}

function fence(issued) {
  const near = (usual, from, spread) => (often(0.85) ? usual : from + roll(spread));
  const flags = Object.fromEntries(['unrestricted', 'no_expiry', 'clients'].filter(() => often(0.85)).map((f) => [f, true]));
  return {
    from: day(near(0, issued - 1, 3)), through: day(near(900, issued, 30)), last_date: day(near(1500, issued + 295, 12)),
    max_term_days: near(1100, 295, 12), max_quantity: near(100, 8, 5), max_total: near(1000, 20, 12),
    kinds: pick([['system', 'site', 'user'], ['system', 'site', 'user'], ['system', 'user']]),
    modules: often(0.85) ? ['*'] : pick([['server', 'user', 'w*', 'm *'], ['s*', 'u*', 'm', 'b y']]), ...flags,
  };
}

function revocation(index) {
  return { revoke: keys[index].text, ...(often(0.5) ? { effect: 'refuse-new' } : { effect: 'drop-on', date: day(40 + roll(200)) }) };
}

function keyList(number, before, issued) {
  const roots = some([0, 1, 2, 3, 4], 1).map((i) => ({ root: `root.example/${often(0.95) ? i : 'x' + i}`, key: keys[i].text, i }));
  const issuers = some([5, 6, 7, 8], 1).map((i) => ({ issuer: often(0.9) ? 'ACME' : 'OTHER', key: keys[i].text, fence: fence(issued) }));
  const head = {
    number, issued: `${day(number)}T00:00:00Z`, ...(often(0.1) && { through: day(issued - 1 + roll(20)) }), threshold: 1 + roll(roots.length),
    ...(often(0.04) && { algorithms: [{ name: 'later', from: day(issued - 2 + roll(20)) }] }),
  };
  const next = often(0.2) ? [{ next_root: 'next.example/1', key: keys[9 + roll(4)].text }] : [];
  const revocations = often(0.12) ? some([5, 6, 7, 8, 9, 10, 11, 12], 1).map(revocation) : [];
  const content = text('pott-key-list/v1', head, ...roots.map(({ root, key }) => ({ root, key })), ...next, ...issuers, ...revocations);
  const signers = [...roots, ...before].filter(() => often(0.96)).map(({ root, i }) => [root, keys[i]]).slice(0, 8);
  return { roots, issuers, file: note(content, signers) };
}

function certificate(issuers, issued) {
  const signing = some([9, 10, 11, 12], 1).map((i) => (often(0.98) ? i : roll(9)));
  const held = [...new Set(signing)].map((i) => ({
    key: keys[i].text, type: often(0.85) ? 'set' : 'receipt', from: day(often(0.9) ? 1 : issued - 1 + roll(3)), through: day(often(0.9) ? 800 : issued + roll(30)),
  }));
  const revoked = often(0.08) ? [{ revoke: keys[9 + roll(4)].text }] : [];
  const head = { issuer: 'ACME', number: 1 + roll(3), issued: `${day(2)}T00:00:00Z` };
  const signers = issuers.filter(() => often(0.9)).map((i) => ['ACME/pott-issuer', keys.find((k) => k.text === i.key)]);
  return { held, file: note(text('pott-issuer-certificate/v1', head, ...held, ...revoked), signers) };
}

function setLines(issued) {
  const demo = often(0.1);
  const end = issued + (demo ? 364 + roll(5) : 298 + roll(8));
  const start = often(0.2) && day(issued + roll(310));
  const head = {
    ...((often(0.03) || start && often(0.97)) && { requires: ['start'] }), issuer: 'ACME', serial: '1', number: 1, issued: `${day(issued)}T${pick(['00:00:00', '08:00:00', '23:59:59'])}Z`,
    time_zone: often(0.98) ? pick(['Europe/Stockholm', 'UTC', 'Etc/GMT+12', 'Asia/Calcutta']) : pick(['europe/stockholm', 'Mars/Olympus']),
    ...(often(0.9) && { dates: { expiry: day(end), ...(often(0.5) && { grace: day(end - 3 + roll(10)) }) } }),
    ...(start && { start }),
    ...(demo && { demo }), ...(often(0.3) && { clients: [{ name: 'web' }] }),
  };
  const licenses = some(['server', 'user', 'web', 'm x', 'm', 'B y'], 1).map((module) => (
    { module, kind: pick(['user', 'user', 'system', 'site']), quantity: 1 + roll(11), ...(often(0.1) && { unrestricted: true }) }));
  return ['pott-license-set/v1', head, ...licenses].map((l) => (typeof l === 'string' ? l : JSON.stringify(l)));
}

// Block 1 as a proof of one of the lines.
function proofOf(lines) {
  const leaves = lines.map((l) => encoder.encode(l));
  const shown = [0, 1, 2 + roll(lines.length - 2)];
  const path = (i) => pathTo(i, leaves).map((hash) => Buffer.from(hash).toString('base64'));
  return text('pott-license-proof/v1', ...shown.flatMap((index) => [{ index, path: path(index) }, lines[index]]));
}

function rootFile() {
  const lines = some([0, 1, 2, 3, 4], 2).map((i) => {
    const name = `root.example/${often(0.97) ? i : 'x' + i}`;
    return `${name}+${keyId(name, keys[i].text)}+${Buffer.concat([Buffer.of(1), Buffer.from(keys[i].text, 'base64')]).toString('base64')}`;
  });
  return text('pott-root/v1', `threshold ${often(0.8) ? 1 : 2}`, ...lines);
}

const pieces = ['"', '\\', '{', ']', ',', 'null', '0', '-1', '\\u0000', ' ', '\u2028', 'ſ', '\n', '\n\n', '\r', '—', '=', '+', '*', 'optional:x y', '\u0085', '\ufffe'];

function edited(content) {
  let file = content;
  const at = roll(file.length);
  if (often(0.5)) file = file.slice(0, at) + pick(pieces) + file.slice(at + roll(3));
  else file = file.slice(0, at) + file.slice(at + 1 + roll(4));
  return file;
}

function scenario(number) {
  const issued = 140 + roll(20);
  const lists = [];
  for (let n = 1 + roll(3); lists.length < n;) lists.push(keyList(lists.length + 1, lists.at(-1)?.roots ?? [], issued));
  const cert = certificate(lists.at(-1).issuers, issued);
  const lines = setLines(issued);
  const root = Buffer.from(rootHash(lines.map((l) => encoder.encode(l)))).toString('base64');
  const signers = cert.held.filter(() => often(0.9)).map((h) => ['ACME/pott-set/1/1', keys.find((k) => k.text === h.key)]);
  const checkpoint = note(text('ACME/pott-set/1/1', String(lines.length), root), signers);
  const proof = often(0.15);
  const file = [proof ? proofOf(lines) : text(...lines), checkpoint, cert.file, ...lists.map((l) => l.file)].join('\n');
  const ahead = Date.UTC(2026, 0, 1) + issued * 86400000;
  const now = new Date(often(0.8) ? ahead + roll(20) * 86400000 : ahead + 8 * 3600000 - 86400000 + pick([-1000, 0, 1000]));
  return {
    file: number % 2 ? edited(file) : file, proof, root: rootFile(), now: now.toISOString(),
    key_list: often(0.05) ? roll(4) : 0, certificates: often(0.1) ? Object.fromEntries([5, 6, 7, 8].map((i) => [fingerprint(keys[i].text), roll(4)])) : {},
  };
}

for (let n = 0; n < Number(argv[3]); n++) {
  const s = scenario(n);
  const trust = { ...readRootFile(s.root), now: new Date(s.now), highestKeyList: s.key_list, highestCertificate: s.certificates, proof: s.proof };
  const code = await verify(encoder.encode(s.file), trust).then(() => 'ok', (e) => e.code ?? `${e.stack}`);
  stdout.write(JSON.stringify({ ...s, code }) + '\n');
}
