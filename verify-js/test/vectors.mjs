// Reads the cases of spec/vectors, as appendix B of the specification lays
// them out.

import { readFileSync, readdirSync } from 'node:fs';
import { readRootFile } from '../verify.mjs';

const folder = new URL('../../spec/vectors/', import.meta.url);

/** All cases, sorted by name: {name, headers, body, trust}; a root file has no trust. */
export function vectors() {
  return readdirSync(folder).filter((f) => f.endsWith('.txt')).sort().map((f) => vector(f.slice(0, -4)));
}

/** One case by its name. */
export function vector(name) {
  const bytes = new Uint8Array(readFileSync(new URL(`${name}.txt`, folder)));
  let end = 0;
  while (!(bytes[end] === 10 && bytes[end + 1] === 10)) end++;
  const headers = { root: [] };
  for (const line of new TextDecoder().decode(bytes.subarray(0, end)).split('\n')) {
    const colon = line.indexOf(': ');
    const [key, value] = [line.slice(0, colon), line.slice(colon + 2)];
    if (key === 'root') headers.root.push(value);
    else headers[key] = value;
  }
  const body = bytes.subarray(end + 2);
  return { name, headers, body, trust: headers.kind === 'root' ? undefined : trustOf(headers) };
}

function trustOf(h) {
  const file = ['pott-root/v1', `threshold ${h.threshold}`, ...h.root, ''].join('\n');
  return {
    ...readRootFile(file),
    now: new Date(h.now),
    highestKeyList: Number(h['highest-key-list'] ?? 0),
    highestCertificate: Number(h['highest-certificate'] ?? 0),
    today: h.today,
    proof: h.kind === 'proof',
  };
}
