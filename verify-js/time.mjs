// Days and times as the format writes them, and the zones in which days are
// meant.

import { zones } from './zones.mjs';

const daysOfMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether a text is a date YYYY-MM-DD that exists, from year 1 to 9999. */
export function isDate(text) {
  const m = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (!m) return false;
  const [year, month, day] = [Number(m[1]), Number(m[2]), Number(m[3])];
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= daysOfMonth[month - 1] + (month === 2 && leap ? 1 : 0);
}

/** Whether a text is a time YYYY-MM-DDThh:mm:ssZ that exists. A minute has 60 seconds. */
export function isTime(text) {
  return /^.{10}T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/.test(text) && isDate(text.slice(0, 10));
}

/** Milliseconds since 1970 of a time that isTime takes. */
export function millis(time) {
  return Date.parse(time);
}

/** The day in UTC of a Date, as YYYY-MM-DD. */
export function utcDay(when) {
  return when.toISOString().slice(0, 10);
}

/** Days from one date to another; less than 0 when the second is earlier. */
export function daysBetween(from, to) {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86400000);
}

/**
 * Whether this verifier can tell what day it is in a zone. Names count letter
 * for letter, although the runtime would take them in any letter case.
 */
export function knowsZone(name) {
  if (!zones().has(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** The day of a Date in a zone that knowsZone knows. */
export function dayIn(zone, when) {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone, calendar: 'gregory', numberingSystem: 'latn', year: 'numeric', month: '2-digit', day: '2-digit',
  });
  const part = Object.fromEntries(format.formatToParts(when).map((p) => [p.type, p.value]));
  return `${part.year.padStart(4, '0')}-${part.month}-${part.day}`;
}
