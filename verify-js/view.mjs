// Builds what the page shows of a result. Whatever a file says is put in as
// text, never as markup.

import { say, texts } from './texts.mjs';
import { endOf } from './set.mjs';

/** An element with attributes and children; null children are left out. */
export function el(name, attributes = {}, ...children) {
  const node = name.startsWith('svg:') ? document.createElementNS('http://www.w3.org/2000/svg', name.slice(4)) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) node.setAttribute(key, value);
  node.append(...children.flat().filter((c) => c !== null && c !== undefined && c !== ''));
  return node;
}

const signs = {
  ok: 'M5 12.5 10 17.5 19 7',
  warn: 'M12 6v7.5M12 17.2v.3',
  crit: 'M7 7l10 10M17 7 7 17',
  idle: 'M8 12h8',
};

function banner(tone, title, ...lines) {
  const icon = el('svg:svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true' }, el('svg:path', { d: signs[tone] }));
  return el('div', { class: `banner ${tone}` }, el('span', { class: 'sign' }, icon),
    el('div', {}, el('h2', { id: 'verdict' }, title), lines.filter(Boolean).map((l) => el('p', {}, l))));
}

/** What stands before anything is checked. */
export function empty(language, missing) {
  const t = (name) => say(language, name);
  const step = (n) => el('li', {}, el('h3', {}, t(`empty${n}`)), el('p', {}, t(`empty${n}Text`)));
  return [
    missing ? banner('idle', t('missingTitle'), t(missing)) : el('div', { class: 'lead' }, el('h2', { id: 'verdict' }, t('emptyTitle')), el('p', {}, t('emptyLead'))),
    el('ol', { class: 'steps' }, step(1), step(2), step(3)),
  ];
}

/** A day as people of a language write it. */
export function dayText(language, date) {
  return new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(`${date}T12:00:00Z`));
}

/** What stands when a file was refused. excerpt is the line to blame, or undefined. */
export function refusal(language, error, excerpt, ofRoot) {
  const t = (name, facts) => say(language, name, facts);
  const place = error.line && t(error.column ? 'lineColumn' : 'line', { line: error.line, column: error.column });
  const hint = texts[language].hints[ofRoot ? 'root' : error.code];
  const row = (name, ...value) => [el('dt', {}, t(name)), el('dd', {}, ...value)];
  return [
    banner('crit', t(ofRoot ? 'refusedRoot' : 'refused'), error.in(language), t(ofRoot ? 'refusedRootLead' : 'refusedLead')),
    excerpt ? lineShown(excerpt, error, place) : null,
    el('dl', { class: 'facts' },
      place ? row('where', place) : null,
      row('rule', t('section', { rule: error.rule })),
      row('code', el('code', {}, error.code)),
      hint ? row('next', hint) : null),
  ];
}

// The line around the place, the character to blame marked.
function lineShown(line, error, place) {
  const characters = [...line];
  const at = error.column > 0 ? error.column - 1 : -1;
  const from = Math.max(0, at - 40);
  const to = Math.min(characters.length, Math.max(at, 0) + 48);
  const part = (a, b) => characters.slice(a, b).map(visible).join('');
  const code = at < 0 ? [part(from, to)] : [part(from, at), el('mark', {}, visible(characters[at] ?? '') || '⏎'), part(at + 1, to)];
  return el('figure', { class: 'line' },
    el('pre', { tabindex: '0', role: 'group', 'aria-label': place }, el('span', { class: 'number', 'aria-hidden': 'true' }, String(error.line)),
      el('code', {}, from > 0 ? '…' : '', code, to < characters.length ? '…' : '')));
}

function visible(c) {
  return /^[\p{C}\p{Zl}\p{Zp}]$/u.test(c) ? `‹U+${c.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}›` : c;
}

/** What stands when a file is genuine. */
export function verified(language, v, { today, ended, root, note }) {
  const t = (name, facts) => say(language, name, facts);
  const h = v.set.header;
  const issuer = h.issuer_name ?? h.issuer;
  const date = dayText(language, today);
  const grace = h.dates?.grace && h.dates.expiry < today && !ended;
  const title = v.proof && !ended ? 'genuineProof' : ended ? 'genuineEnded' : grace ? 'genuineGrace' : 'genuine';
  return [
    banner(ended || grace ? 'warn' : 'ok', t(title),
      t(h.company ? 'genuineLead' : 'genuineLeadNobody', { issuer, company: h.company, date }),
      ended ? t('endedLead', { date: dayText(language, v.end) }) : null,
      grace ? t('graceLead', { expiry: dayText(language, h.dates.expiry), date: dayText(language, h.dates.grace) }) : null,
      v.proof ? t('proofLead', { number: h.number }) : null),
    note ? el('p', { class: 'note' }, t(note)) : null,
    part(t('grants'), licenses(language, v)),
    h.clients ? part(t('clients'), clients(language, h.clients)) : null,
    part(t('dates'), dates(language, h, today)),
    part(t('chain'), chain(language, v, root)),
    part(t('about'), about(language, v)),
  ];
}

function part(title, ...content) {
  return el('section', { class: 'part' }, el('h3', {}, title), ...content);
}

function licenses(language, v) {
  const t = (name, facts) => say(language, name, facts);
  if (v.set.licenses.length === 0) return el('p', {}, t('noLicenses'));
  const number = new Intl.NumberFormat(language === 'en' ? 'en-GB' : language);
  const row = (l) => {
    const name = l.names?.[language] ?? l.names?.en;
    const details = detailsOf(language, l);
    return el('tr', {},
      el('th', { scope: 'row' }, el('span', {}, name ?? l.module), name ? el('code', {}, l.module) : null,
        details.length > 0 ? el('small', {}, details.join(' · ')) : null),
      el('td', {}, t(l.kind)),
      el('td', { class: 'number' }, l.unrestricted ? t('unrestricted') : number.format(l.quantity)));
  };
  return el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': t('grants') },
    el('table', {}, el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, t('licenseHead')), el('th', { scope: 'col' }, t('kindHead')),
      el('th', { scope: 'col', class: 'number' }, t('quantityHead')))), el('tbody', {}, v.set.licenses.map(row))));
}

function detailsOf(language, l) {
  const t = (name, facts) => say(language, name, facts);
  const plan = l.plan && `${t('plan')}, ${l.plan.includes ? t('includes', { modules: l.plan.includes.join(', ') }) : t('includesNothing')}`;
  return [
    plan,
    ...['open_ended', 'hidden', 'marker'].filter((f) => l[f]).map((f) => t(f)),
    l.people && t('peopleList', { people: l.people.map((p) => texts[language].people[p]).join(', ') }),
    l.prerequisite && t('prerequisite', { module: l.prerequisite }),
    l.edit && t('edit', { module: l.edit }),
    l.version,
    l.tooltips?.[language] ?? l.tooltips?.en,
  ].filter(Boolean);
}

function clients(language, all) {
  const t = (name, facts) => say(language, name, facts);
  return el('dl', { class: 'facts' }, all.flatMap((c) => {
    const needs = [
      c.people && t('peopleList', { people: c.people.map((p) => texts[language].people[p]).join(', ') }),
      c.system && t('clientSystem', { modules: c.system.join(', ') }),
      c.user && t('clientUser', { modules: c.user.join(', ') }),
    ].filter(Boolean);
    return [el('dt', {}, el('code', {}, c.name)), el('dd', {}, needs.length > 0 ? needs.join('; ') : t('clientNothing'))];
  }));
}

// The dates in their order, with the day of the check among them.
function dates(language, h, today) {
  const t = (name, facts) => say(language, name, facts);
  const rows = [['issued', h.issued.slice(0, 10)], ...Object.entries(h.dates ?? {}), ...(h.start ? [['start', h.start]] : []), ['asOf', today]];
  rows.sort((a, b) => (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0));
  const items = rows.map(([name, date]) => el('li', { class: name === 'asOf' ? 'now' : date < today ? 'past' : undefined },
    el('span', {}, t(name)), el('time', { datetime: date }, dayText(language, date))));
  if (!endOf(h)) items.push(el('li', {}, el('span', {}, t('noEnd'))));
  return [el('ol', { class: 'dates' }, items), el('p', { class: 'hint' }, t('zone', { zone: h.time_zone }))];
}

function chain(language, v, root) {
  const t = (name, facts) => say(language, name, facts);
  const day = (date) => dayText(language, date);
  const link = (title, lines, ...prints) => el('li', {}, el('h4', {}, title), lines.filter(Boolean).map((l) => el('p', {}, l)), prints.flat());
  const print = (fingerprint, name) => el('p', { class: 'print' }, name ? el('span', {}, name) : null, el('code', {}, fingerprint));
  const span = ({ from, through }) => t('span', { from: day(from), through: day(through) });
  const h = v.set.header;
  const list = v.keyList;
  return el('ol', { class: 'chain' },
    link(t('chainRoots'), [t('chainThreshold', { threshold: root.threshold, count: root.roots.length })], v.trustedRoots.map((r) => print(r.fingerprint, r.name))),
    link(t(list.count > 1 ? 'chainLists' : 'chainList', { number: list.number }),
      [t(list.through ? 'chainListThrough' : 'chainListText', { issued: day(list.issued.slice(0, 10)), through: list.through && day(list.through) })]),
    link(t('chainIssuer', { issuer: h.issuer }), [span(v.issuerKey), t('chainCertificate', { number: v.certificate.number })], print(v.issuerKey.fingerprint)),
    link(t('chainSigning'), [span(v.signingKey)], print(v.signingKey.fingerprint)),
    link(t(v.proof ? 'chainProof' : 'chainSet', { number: h.number }), [t(v.proof ? 'chainPath' : 'chainLines', { count: v.checkpoint.size })]));
}

function about(language, v) {
  const t = (name) => say(language, name);
  const h = v.set.header;
  const code = (value) => value && el('code', {}, value);
  const rows = [
    ['issuer', h.issuer_name ? [h.issuer_name, ' ', code(h.issuer)] : code(h.issuer)],
    ['company', h.company],
    ['serial', code(h.serial)],
    ['number', String(h.number)],
    ['deployment', h.deployment],
    ['product', h.product],
    ['occupancy', h.occupancy && t(h.occupancy)],
    ['installation', code(h.installation)],
    ['demo', h.demo && t('yes')],
    ['final', h.final && t('yes')],
    ['hash', code(v.checkpoint.hash)],
    ['previous', code(h.previous)],
    ['optional', v.set.optional.length > 0 && v.set.optional.map((l) => code(l))],
  ].filter(([, value]) => value);
  return el('dl', { class: 'facts' }, rows.flatMap(([name, value]) => [el('dt', {}, t(name)), el('dd', {}, [value].flat())]));
}
