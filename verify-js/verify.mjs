// Decides whether a license file or a proof is to be believed: section 8 of the
// specification, rule by rule in its order.

import { VerifyError, refuse } from './error.mjs';
import { readFile, readListFile } from './file.mjs';
import { endOf, fold } from './set.mjs';
import { blocksOf } from './blocks.mjs';
import { allows, readKeyList } from './chain.mjs';
import { fingerprint } from './keys.mjs';
import { equal } from './tree.mjs';
import { dayIn, daysBetween, knowsZone, millis, utcDay } from './time.mjs';

export { VerifyError };
export { readRootFile } from './keys.mjs';

const day = 86400000;

/**
 * Verifies a license file or a proof.
 *
 * @param {Uint8Array} bytes the file
 * @param {object} trust
 * @param {{name: string, key: string}[]} trust.roots  the root file's keys, in base64
 * @param {number} trust.threshold                     how many of them must have signed
 * @param {Date} trust.now                             the verifier's time
 * @param {number} [trust.highestKeyList]              number of the newest key list accepted before
 * @param {{number: number, text: Uint8Array}[]} [trust.known] key lists accepted before
 * @param {Object<string, number>|number} [trust.highestCertificate] by the fingerprint of an issuer's key, or one for all
 *                                                     keys, the number of the newest certificate it signed that was
 *                                                     accepted before
 * @param {Date} [trust.accepted]                      of a set accepted before, the time of that (section 8.7)
 * @param {boolean} [trust.proof]                      whether the file must be a proof, or must not
 * @param {string} [trust.today]                       a date on which the set must not have ended (section 8.6)
 * @returns {Promise<object>} what was verified and who vouches for it
 * @throws {VerifyError} and nothing else, for any bytes
 */
export async function verify(bytes, trust) {
  const file = readFile(bytes, trust.proof);
  const { set, notes, certificate, keyLists } = file;
  const newest = keyLists.at(-1);
  checkKnownLists(keyLists, trust);
  await checkLists(keyLists, notes.lists);
  await checkRoots(notes.lists, trust);
  checkAlgorithms(newest, set.header, trust.accepted ?? trust.now);
  const issuer = await issuerLine(set.header.issuer, newest, notes.certificate);
  const signing = await signingKey(certificate, notes.checkpoint, file.checkpoint.origin, newest);
  checkCertificateNumber(issuer.key, certificate.number, trust);
  checkRevocations(issuer, signing, certificate, newest, trust);
  checkTimes(set.header, issuer.fence, signing, newest, trust.accepted ?? trust.now);
  checkFence(set, issuer.fence);
  if (!knowsZone(set.header.time_zone)) refuse('zone', { line: 2, zone: set.header.time_zone });
  const end = endOf(set.header);
  if (trust.today && end && end < trust.today) refuse('ended', { end, today: trust.today });
  return {
    proof: file.proof,
    set: { header: set.header, licenses: set.licenses, optional: set.optional },
    end,
    checkpoint: { origin: file.checkpoint.origin, size: file.checkpoint.size, hash: file.checkpoint.hash },
    keyList: { number: newest.number, issued: newest.issued, through: newest.through, count: keyLists.length },
    certificate: { number: certificate.number, issued: certificate.issued },
    roots: newest.roots.map((r) => ({ name: r.name, fingerprint: fingerprint(r.key) })),
    trustedRoots: trust.roots.map((r) => ({ name: r.name, fingerprint: fingerprint(r.key) })),
    issuerKey: { fingerprint: fingerprint(issuer.key), from: issuer.fence.from, through: issuer.fence.through },
    signingKey: { fingerprint: fingerprint(signing.key), from: signing.from, through: signing.through },
  };
}

/**
 * Verifies a file of key lists without a set (section 7.7) and returns what to
 * remember of them, for trust.known: [{number, text}].
 */
export async function verifyKeyLists(bytes, trust) {
  const { keyLists, notes } = readListFile(bytes);
  checkKnownLists(keyLists, trust);
  await checkLists(keyLists, notes);
  await checkRoots(notes, trust);
  return keyLists.map(({ number, text }) => ({ number, text }));
}

/** The day of a time in the zone of a set, and whether the set has ended on it. */
export function stateOn(header, when) {
  const today = dayIn(header.time_zone, when);
  const end = endOf(header);
  return { today, ended: end !== undefined && end < today };
}

// Rules 1 and 2.
function checkKnownLists(lists, { highestKeyList = 0, known = [], accepted }) {
  const newest = lists.at(-1).number;
  if (!accepted && newest < highestKeyList) refuse('chain.old-list', { number: newest, highest: highestKeyList });
  for (const { number, text } of known) {
    const same = lists[number - 1];
    if (same && !equal(same.text, text)) refuse('chain.forked-list', { number });
  }
}

// Rule 3.
async function checkLists(lists, notes) {
  for (let i = 0; i < lists.length; i++) {
    await checkQuorum(lists[i].number, notes[i], lists[i], lists[i].number);
    if (i > 0) await checkQuorum(lists[i].number, notes[i], lists[i - 1], lists[i - 1].number);
  }
}

async function checkQuorum(number, note, { roots, threshold }, of) {
  const count = await countSigners(note, roots);
  if (count < threshold) refuse('chain.quorum', { number, of, count, threshold });
}

// The keys of roots differ, so each that signed counts once.
async function countSigners(note, roots) {
  let count = 0;
  for (const { name, key } of roots) if (await note.signedBy(name, key)) count++;
  return count;
}

// Rule 4.
async function checkRoots(notes, { roots, threshold }) {
  let most = 0;
  for (const note of notes) most = Math.max(most, await countSigners(note, roots));
  if (most < threshold) refuse('chain.roots', { count: most, threshold });
}

// An algorithm is required of sets issued from its day on, and of any set that is
// looked at from that day on: who can forge Ed25519 can write any day of issue.
function checkAlgorithms(list, header, now) {
  const wanted = list.algorithms?.find((a) => a.from <= header.issued.slice(0, 10) || a.from <= utcDay(now));
  if (wanted) refuse('chain.algorithm', { name: wanted.name, from: wanted.from });
}

// Rule 5: the first line of the issuer whose key signed the certificate.
async function issuerLine(issuer, list, note) {
  const lines = list.issuers.filter((i) => i.issuer === issuer);
  let found;
  for (const line of lines) if (await note.signedBy(`${issuer}/pott-issuer`, line.key)) found ??= line;
  return found ?? refuse('chain.issuer', { issuer, number: list.number });
}

// Rules 6 and 7.
async function signingKey(certificate, note, origin, list) {
  let found;
  for (const key of certificate.keys) {
    if (key.type === 'set' && await note.signedBy(origin, key.key)) found ??= key;
  }
  if (!found) refuse('chain.signing-key');
  const above = [...list.roots, ...list.issuers].some((k) => k.key === found.key);
  if (above) refuse('chain.levels');
  return found;
}

// Rule 8.
function checkCertificateNumber(key, number, { highestCertificate = 0, accepted }) {
  const highest = typeof highestCertificate === 'object' ? highestCertificate[fingerprint(key)] ?? 0 : highestCertificate;
  if (!accepted && number < highest) refuse('chain.old-certificate', { number, highest });
}

// Rule 9.
function checkRevocations(issuer, signing, certificate, list, trust) {
  const byRoots = trust.accepted ? dropped(list, trust) : new Set(list.revocations.map((r) => r.revoke));
  const byIssuer = trust.accepted ? [] : certificate.revoked;
  const fail = (what, key) => refuse('chain.revoked', { what, key: fingerprint(key) });
  if (byRoots.has(issuer.key)) fail('issuer', issuer.key);
  if (byRoots.has(signing.key) || byIssuer.includes(signing.key)) fail('signing', signing.key);
}

// The keys whose sets are dropped by now, accepted or not, by the newest list
// that is known.
function dropped(list, { now, known = [] }) {
  const newest = known.reduce((n, k) => (k.number > n.number ? k : n), list);
  const { revocations } = newest === list ? list : readKeyList(blocksOf(newest.text)[0]);
  return new Set(revocations.filter((r) => r.date && r.date <= utcDay(now)).map((r) => r.revoke));
}

// Rules 10 to 12.
function checkTimes(header, fence, signing, list, now) {
  if (millis(header.issued) > now.getTime() + day) refuse('time.ahead', { line: 2, issued: header.issued });
  const issued = header.issued.slice(0, 10);
  const today = utcDay(now);
  for (const [what, span] of [['issuer', fence], ['signing', signing], ['list', { from: '0001-01-01', through: list.through ?? '9999-12-31' }]]) {
    if (issued < span.from || issued > span.through) refuse(`time.issued-outside-${what}`, { issued, from: span.from, through: span.through });
    if (today > span.through) refuse(`time.ended-${what}`, { today, through: span.through });
  }
}

// Rules 13 to 15.
function checkFence({ header, licenses, lines }, fence) {
  if (header.clients && !fence.clients) refuse('fence.clients', { line: 2 });
  checkEnd(header, fence);
  let total = 0;
  licenses.forEach((l, i) => {
    const fail = (reason, facts) => refuse(reason, { line: lines[i], module: l.module, ...facts });
    if (!fence.modules.some((p) => allows(p, fold(l.module)))) fail('fence.module', { allowed: fence.modules.join(', ') });
    if (!fence.kinds.includes(l.kind)) fail('fence.kind', { kind: l.kind });
    if (l.unrestricted && !fence.unrestricted) fail('fence.unrestricted');
    if (l.quantity > fence.max_quantity) fail('fence.quantity', { quantity: l.quantity, most: fence.max_quantity });
    if (l.quantity > fence.max_total - total) fail('fence.total', { most: fence.max_total });
    total += l.quantity;
  });
}

function checkEnd(header, fence) {
  const end = endOf(header);
  const term = end && daysBetween(header.issued.slice(0, 10), end);
  if (!end && !fence.no_expiry) refuse('fence.no-expiry', { line: 2 });
  if (end > fence.last_date) refuse('fence.last-date', { line: 2, end, last: fence.last_date });
  if (term > fence.max_term_days) refuse('fence.term', { line: 2, days: term, most: fence.max_term_days });
  if (header.demo && !(term <= 366)) refuse('fence.demo', { line: 2 });
}
