// A refusal says what is wrong, where, and which rule of spec/license-file.md
// it breaks.

import { reasons, terms } from './reasons.mjs';

/** What the verifier throws for everything it refuses, and nothing else. */
export class VerifyError extends Error {
  /**
   * @param {string} reason a key of the table in reasons.mjs
   * @param {object} facts  what the sentence of that reason tells; `line` and
   *                        `column` count from 1, 0 means "no one place";
   *                        `rule` is a section nearer than that of the reason
   */
  constructor(reason, { line = 0, column = 0, rule, ...facts } = {}) {
    const known = reasons[reason];
    super(sentence(known.en, facts));
    this.name = 'VerifyError';
    this.reason = reason;
    this.code = known.code;
    /** The section of the specification that decides. */
    this.rule = rule ?? known.rule;
    this.line = line;
    this.column = column;
    this.facts = facts;
  }

  /** The refusal as one sentence in a language of this package: en or sv. */
  in(language) {
    if (language !== 'sv') return this.message;
    const facts = Object.fromEntries(Object.entries(this.facts).map(([name, fact]) =>
      [name, name === 'what' || name === 'got' ? terms[fact] ?? fact : fact]));
    return sentence(reasons[this.reason].sv, facts);
  }
}

/** Throws a refusal. */
export function refuse(reason, facts) {
  throw new VerifyError(reason, facts);
}

function sentence(text, facts) {
  return text.replace(/\{([a-z]+)\}/g, (whole, name) => (name in facts ? show(facts[name]) : whole));
}

// What a file says may hold anything; a refusal that repeats it shows it in
// letters that cannot hide or move what stands around them.
function show(value) {
  const text = String(value);
  const short = text.length > 80 ? text.slice(0, 79).replace(/[\ud800-\udbff]$/, '') + '…' : text;
  return short.replace(/[\p{C}\p{Z}\p{M}]/gu, (c) =>
    c === ' ' || c === '\u00a0' ? c : 'U+' + c.codePointAt(0).toString(16).toUpperCase().padStart(4, '0'));
}
