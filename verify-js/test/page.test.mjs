// The page: its texts, its example, and that nothing can leave it.

import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { say, texts } from '../texts.mjs';
import * as sample from '../sample.mjs';
import { readRootFile, verify } from '../verify.mjs';
import { reasons } from '../reasons.mjs';
import { vector } from './vectors.mjs';

const folder = new URL('../', import.meta.url);
const read = (name) => readFileSync(new URL(name, folder), 'utf8');
const modules = readdirSync(folder).filter((f) => f.endsWith('.mjs') && f !== 'cli.mjs');

test('every text stands in both languages with the same facts', () => {
  const flat = (t) => Object.entries(t).flatMap(([k, v]) => (typeof v === 'string' ? [[k, v]] : flat(v).map(([n, x]) => [`${k}.${n}`, x])));
  const facts = (text) => [...text.matchAll(/\{[a-z]+\}/g)].map((m) => m[0]).sort().join();
  const [en, sv] = [new Map(flat(texts.en)), new Map(flat(texts.sv))];
  assert.deepEqual([...en.keys()], [...sv.keys()]);
  for (const [name, text] of en) assert.equal(facts(text), facts(sv.get(name)), name);
  const codes = new Set(Object.values(reasons).map((r) => r.code));
  for (const code of Object.keys(texts.en.hints)) assert.ok(code === 'root' || codes.has(code), code);
});

test('the page says in English what the texts say', () => {
  const page = read('index.html');
  for (const [, name, shown] of page.matchAll(/data-text="(\w+)"[^>]*>([^<]*)/g)) assert.equal(shown, say('en', name), name);
  for (const [, label, name] of page.matchAll(/aria-label="([^"]*)" data-label="(\w+)"/g)) assert.equal(label, say('en', name));
});

test('the example is a vector and genuine on its day', async () => {
  const { body, headers } = vector('ok-usual');
  assert.equal(sample.license, new TextDecoder().decode(body));
  assert.ok(sample.root.includes(headers.root[0]));
  const v = await verify(new TextEncoder().encode(sample.license), { ...readRootFile(sample.root), now: new Date(`${sample.day}T12:00:00Z`) });
  assert.equal(v.set.header.company, 'Nordlys AS');
});

test('nothing in the page can send, store or run what a file says', () => {
  const page = read('index.html');
  assert.match(page, /default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'none'/);
  assert.doesNotMatch(page, /<script(?![^>]* src=)|\son\w+=|\sstyle=|https?:/);
  assert.doesNotMatch(read('page.css'), /url\(|@import|https?:/);
  for (const name of modules) {
    assert.doesNotMatch(read(name), /\bfetch\b|XMLHttpRequest|WebSocket|sendBeacon|EventSource|innerHTML|outerHTML|insertAdjacentHTML|\beval\b|new Function|localStorage|sessionStorage|document\.cookie/, name);
  }
});

test('modules import each other and, in Node only, the platform', () => {
  for (const name of modules) {
    for (const [, from] of read(name).matchAll(/(?:from |import\()'([^']+)'/g)) {
      assert.ok(from === 'node:crypto' || (from.startsWith('./') && modules.includes(from.slice(2))), `${name} imports ${from}`);
    }
  }
});
