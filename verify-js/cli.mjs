#!/usr/bin/env node
// Checks a license file or a proof on the command line:
//
//   node verify-js/cli.mjs FILE --root ROOTFILE [--at TIME] [--json]
//
// Exit codes are those of pott-verify: 0 genuine, 2 wrong usage, 3 no such
// file, 8 not genuine, 9 genuine but ended, 12 cannot be checked.

import { closeSync, openSync, readSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import process, { argv, stderr, stdout } from 'node:process';
import { readRootFile, stateOn, verify, VerifyError } from './verify.mjs';
import { isDate, isTime } from './time.mjs';
import { limits } from './blocks.mjs';

const usage = 'usage: node verify-js/cli.mjs FILE --root ROOTFILE [--at TIME] [--key-list N] [--certificate N] [--json]';

class Usage extends Error {}
class Missing extends Error {}

/** Runs the command: {code, out, err}. */
export async function run(args, clock = () => new Date()) {
  const json = args.includes('--json');
  try {
    const options = parse(args);
    return await check(options, options.at ?? clock());
  } catch (e) {
    const told = tell(e);
    return { code: told.exit, out: '', err: json ? JSON.stringify({ error: told }) + '\n' : `verify: error: ${told.message}\n` };
  }
}

function parse(args) {
  const options = {};
  const rest = [...args];
  const value = (name) => rest.shift() ?? fail(`${name} needs a value`);
  while (rest.length > 0) {
    const arg = rest.shift();
    if (arg === '--json') options.json = true;
    else if (arg === '--root') options.root = value(arg);
    else if (arg === '--at') options.at = timeOf(value(arg));
    else if (arg === '--key-list') options.keyList = count(arg, value(arg));
    else if (arg === '--certificate') options.certificate = count(arg, value(arg));
    else if (arg.startsWith('-') && arg !== '-') fail(`there is no option ${arg}`);
    else if (options.file) fail('one file at a time');
    else options.file = arg;
  }
  if (!options.file) fail(usage);
  if (!options.root) fail('--root FILE is needed: nothing can be believed without root keys');
  return options;
}

function fail(message) {
  throw new Usage(message);
}

// A day stands for its noon in UTC.
function timeOf(text) {
  if (isDate(text)) return new Date(`${text}T12:00:00Z`);
  if (isTime(text)) return new Date(text);
  return fail(`--at: "${text}" is neither a day such as 2026-06-10 nor a time such as 2026-06-10T12:00:00Z`);
}

function count(name, text) {
  return /^[0-9]{1,15}$/.test(text) ? Number(text) : fail(`${name}: "${text}" is not a number`);
}

// Reads no more than one byte beyond what a license file may have.
function read(name) {
  const buffer = new Uint8Array(limits.bytes + 1);
  let length = 0;
  try {
    const file = name === '-' ? 0 : openSync(name);
    for (let n = 1; n > 0 && length < buffer.length; length += n) n = readSync(file, buffer, length, buffer.length - length);
    if (file !== 0) closeSync(file);
    return buffer.subarray(0, length);
  } catch (e) {
    throw new Missing(e.code === 'ENOENT' ? `there is no file "${name}"` : `reading ${name}: ${e.message}`);
  }
}

async function check(options, now) {
  const file = read(options.file);
  const root = rootFrom(options.root);
  const verified = await verify(file, {
    ...root, now, highestKeyList: options.keyList, highestCertificate: options.certificate,
  });
  const { today, ended } = stateOn(verified.set.header, now);
  const out = options.json
    ? JSON.stringify({ schema: 1, verified: true, ended, today, ...verified }, null, 2) + '\n'
    : describe(verified, today);
  const err = ended ? `verify: error: the last day of the set was ${verified.end}, and today is ${today}\n` : '';
  return { code: ended ? 9 : 0, out, err };
}

function rootFrom(name) {
  const bytes = read(name);
  try {
    return readRootFile(bytes);
  } catch (e) {
    if (e instanceof VerifyError) e.ofRootFile = true;
    throw e;
  }
}

function describe(v, today) {
  const h = v.set.header;
  const rows = [
    ['issuer', h.issuer_name ? `${h.issuer} (${h.issuer_name})` : h.issuer],
    ['company', h.company],
    ['serial', h.serial],
    ['set', h.number],
    ['issued', h.issued],
    ['ends', v.end ? `${v.end} (${h.time_zone})` : 'never'],
    ['checkpoint', v.checkpoint.hash],
    ['signing key', v.signingKey.fingerprint],
    ['issuer key', v.issuerKey.fingerprint],
    ['key list', v.keyList.number],
  ].filter(([, value]) => value !== undefined).map(([name, value]) => `  ${name.padEnd(12)}${value}\n`).join('');
  const width = Math.max(6, ...v.set.licenses.map((l) => l.module.length));
  const licenses = v.set.licenses.map((l) =>
    `  ${l.module.padEnd(width)}  ${l.kind.padEnd(6)}  ${l.unrestricted ? 'unrestricted' : l.quantity}\n`).join('');
  const what = v.proof ? `genuine proof, checked as of ${today}: this license was in set ${h.number}; whether the set is in use is not said`
    : `genuine, checked as of ${today}`;
  return `${what}\n\n${rows}\n${licenses}`;
}

function tell(e) {
  if (e instanceof Usage) return { code: 'verify.usage', message: e.message, exit: 2 };
  if (e instanceof Missing) return { code: 'verify.no-file', message: e.message, exit: 3 };
  if (!(e instanceof VerifyError)) throw e;
  const place = [e.line && `line ${e.line}`, e.column && `column ${e.column}`].filter(Boolean).join(', ');
  const message = `${e.ofRootFile ? 'the root file: ' : ''}${place ? `${place}: ` : ''}${e.message} (section ${e.rule})`;
  const code = e.ofRootFile ? 'verify.bad-root-file' : e.code;
  return { code, message, line: e.line, column: e.column, rule: e.rule, reason: e.reason, exit: e.ofRootFile ? 12 : 8 };
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  process.removeAllListeners('warning'); // Node 18 says of its Ed25519 that it is new, on the stream of our errors
  const { code, out, err } = await run(argv.slice(2));
  stdout.write(out);
  stderr.write(err);
  process.exitCode = code;
}
