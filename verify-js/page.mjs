// The page: takes two files, checks them where they are, and shows the verdict.

import { readRootFile, stateOn, verify, VerifyError } from './verify.mjs';
import { say, texts } from './texts.mjs';
import { empty, refusal, verified } from './view.mjs';
import { limits } from './blocks.mjs';
import * as sample from './sample.mjs';

const $ = (id) => document.getElementById(id);
const longest = 200000; // bytes shown in a text field; a longer file is checked, not shown

const page = {
  language: 'en',
  license: null, // {bytes, name, added}
  root: null,
  shown: null, // draws the present result, in whatever language
};

/* Language */

function speak(language) {
  page.language = language;
  document.documentElement.lang = language;
  document.title = say(language, 'pageTitle');
  for (const node of document.querySelectorAll('[data-text]')) node.firstChild.data = say(language, node.dataset.text);
  for (const node of document.querySelectorAll('[data-label]')) node.setAttribute('aria-label', say(language, node.dataset.label));
  for (const button of document.querySelectorAll('[data-language]')) button.setAttribute('aria-pressed', button.dataset.language === language);
  for (const which of ['license', 'root']) showSource(which);
  draw();
}

/* Files */

function showSource(which) {
  const source = page[which];
  const kilobytes = (n) => new Intl.NumberFormat(page.language, {
    style: 'unit', unit: n < 1000 ? 'byte' : 'kilobyte', unitDisplay: n < 1000 ? 'long' : 'short', maximumFractionDigits: 1,
  }).format(n < 1000 ? n : n / 1000);
  $(`${which}-from`).textContent = source?.name ? say(page.language, 'fromFile', { name: source.name, size: kilobytes(source.bytes.length) }) : '';
  if (source?.hidden) $(which).value = say(page.language, 'long');
}

async function take(file, which) {
  // One byte beyond the limit is enough to be refused.
  const bytes = new Uint8Array(await file.slice(0, limits.bytes + 1).arrayBuffer());
  const kind = which ?? (new TextDecoder().decode(bytes.subarray(0, 10)) === 'pott-root/' ? 'root' : 'license');
  const hidden = bytes.length > longest;
  page[kind] = { bytes, name: file.name, hidden };
  $(kind).value = hidden ? '' : new TextDecoder().decode(bytes);
  showSource(kind);
}

// A text field knows line feeds only, and what is pasted often lacks the last.
function typed(which) {
  const text = $(which).value;
  const added = text !== '' && !text.endsWith('\n');
  page[which] = text === '' ? null : { bytes: new TextEncoder().encode(added ? `${text}\n` : text), added };
  showSource(which);
}

/* Checking */

let turn = 0;

async function check() {
  const mine = ++turn;
  const { license, root } = page;
  if (!license || !root) {
    show(() => empty(page.language, license ? 'needRoot' : root ? 'needLicense' : undefined));
    return;
  }
  $('outcome').setAttribute('aria-busy', 'true');
  const outcome = await decide(license, root);
  if (mine !== turn) return;
  show(outcome);
}

async function decide(license, root) {
  const now = $('at').value ? new Date(`${$('at').value}T12:00:00Z`) : new Date();
  let trust;
  try {
    trust = readRootFile(root.bytes);
  } catch (error) {
    return refused(error, root.bytes, true);
  }
  try {
    const v = await verify(license.bytes, { ...trust, now });
    const state = stateOn(v.set.header, now);
    return () => verified(page.language, v, { ...state, root: trust, note: license.added && 'lineAdded' });
  } catch (error) {
    return refused(error, license.bytes, false);
  }
}

function refused(error, bytes, ofRoot) {
  if (!(error instanceof VerifyError)) throw error;
  const excerpt = error.line ? lineOf(bytes, error.line) : undefined;
  return () => refusal(page.language, error, excerpt, ofRoot);
}

function lineOf(bytes, number) {
  let from = 0;
  for (let line = 1; line < number; line++) {
    const end = bytes.indexOf(10, from);
    if (end < 0) return undefined;
    from = end + 1;
  }
  const end = bytes.indexOf(10, from);
  return new TextDecoder().decode(bytes.subarray(from, Math.min(end < 0 ? bytes.length : end, from + limits.lineBytes)));
}

function show(drawing) {
  page.shown = drawing;
  draw();
  const banner = document.querySelector('.banner div');
  $('status').textContent = banner ? [...banner.children].slice(0, 2).map((c) => c.textContent).join('. ') : '';
}

function draw() {
  $('outcome').replaceChildren(...(page.shown ?? (() => empty(page.language)))().filter(Boolean));
  $('outcome').removeAttribute('aria-busy');
}

/* Events */

let waiting;

function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(check, 250);
}

for (const which of ['license', 'root']) {
  $(which).addEventListener('input', () => { typed(which); soon(); });
  $(`${which}-file`).addEventListener('change', async (event) => {
    const [file] = event.target.files;
    event.target.value = '';
    if (file) await take(file, which);
    check();
  });
}
$('at').addEventListener('change', check);
$('input').addEventListener('submit', async (event) => {
  event.preventDefault();
  clearTimeout(waiting);
  await check();
  $('result').focus();
});
$('input').addEventListener('reset', () => {
  page.license = page.root = null;
  for (const which of ['license', 'root']) showSource(which);
  setTimeout(check);
});
$('example').addEventListener('click', async () => {
  for (const which of ['license', 'root']) {
    $(which).value = sample[which];
    typed(which);
  }
  $('at').value = sample.day;
  await check();
  $('result').focus();
});
for (const button of document.querySelectorAll('[data-language]')) {
  button.addEventListener('click', () => {
    speak(button.dataset.language);
    history.replaceState(null, '', `#${button.dataset.language}`);
  });
}

document.addEventListener('dragover', (event) => {
  event.preventDefault();
  document.body.classList.add('dragging');
});
for (const end of ['dragleave', 'drop']) {
  document.addEventListener(end, (event) => {
    if (end === 'drop' || !event.relatedTarget) document.body.classList.remove('dragging');
  });
}
document.addEventListener('drop', async (event) => {
  event.preventDefault();
  for (const file of event.dataTransfer.files) await take(file);
  check();
});

const wanted = location.hash.slice(1) || navigator.language.slice(0, 2);
speak(wanted in texts ? wanted : 'en');
