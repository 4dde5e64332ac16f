// What one looks at on any page: what axe knows, and what moves sideways.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/**
 * Rules whose answer depends on colours or on the boxes that lines make. A theme
 * changes nothing else: a test of the style sheet, in internal/page, holds it to
 * that. All other rules say the same of a page in every theme.
 */
export const themeRules = ['color-contrast', 'link-in-text-block', 'target-size', 'scrollable-region-focusable']

/**
 * What of a page is shown and how it is laid out, in as far as rules that depend on
 * neither colours nor boxes can see it. Two widths with the same answer are the same
 * to them.
 */
export const shape = (page) => page.evaluate(() => [...document.querySelectorAll('body *')].map((e) => {
  if (!e.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true })) return '-'
  const r = e.getBoundingClientRect()
  return getComputedStyle(e).display + (r.right <= 0 || r.bottom + scrollY <= 0 ? '<' : '')
}).join())

/** The themes, the first being the one a page is asked for in. */
export const themes = ['light', 'dark', 'contrast']

/**
 * Lays what sticks to the edge of the window where it stands on the page, and what
 * scrolls in the palette open, or lets it be again: what lies under something has no
 * colour that could be told. The keyboard is tried as it is.
 */
export const layFlat = (page, flat = true) =>
  page.evaluate((flat) => {
    for (const e of document.querySelectorAll('.choose')) flat ? (e.style.position = 'static') : e.removeAttribute('style')
    for (const e of document.querySelectorAll('.palette [role=listbox]')) flat ? (e.style.maxHeight = 'none') : e.removeAttribute('style')
  }, flat)

/** What axe finds on a page: { violations, incomplete, ran }. */
export async function axe(page, { rules } = {}) {
  await layFlat(page)
  // What is behind a line where there is little room is asked for too: axe takes it for
  // hidden wherever its line is not open.
  const fold = (open) => page.evaluate((open) => {
    for (const d of document.querySelectorAll(open ? 'details.fold:not([open])' : '[data-unfolded]')) {
      d.open = open
      d.toggleAttribute('data-unfolded', open)
    }
  }, open)
  await fold(true)
  const found = await run(page, rules)
  await fold(false)
  await layFlat(page, false)
  return found
}

async function run(page, rules) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeSource)
  return page.evaluate(async (runOnly) => {
    const found = await window.axe.run(document, { runOnly, resultTypes: ['violations', 'incomplete'], preload: false, iframes: false })
    const told = (list) => list.flatMap((v) => v.nodes.map((n) => ({ rule: v.id, where: n.target.join(' '), html: n.html.slice(0, 160), why: n.failureSummary ?? v.help })))
    return {
      violations: told(found.violations),
      incomplete: told(found.incomplete),
      ran: [...found.violations, ...found.passes, ...found.incomplete, ...found.inapplicable].map((r) => r.id),
    }
  }, rules ? { type: 'rule', values: rules } : { type: 'tag', values: tags })
}

/** Shows the page in a theme: the server renders the same attribute. */
export const showIn = (page, theme) => page.evaluate((t) => document.documentElement.setAttribute('data-theme', t), theme)

/** How many pixels the page is wider than its window. */
export const sidewaysScroll = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

/** What is wider than the window, for messages. */
export const tooWide = (page) =>
  page.evaluate(() => {
    const limit = document.documentElement.clientWidth
    const scrolls = (e) => { for (let p = e.parentElement; p; p = p.parentElement) if (/(auto|scroll|hidden|clip)/.test(getComputedStyle(p).overflowX)) return true; return false }
    return [...document.querySelectorAll('body *')]
      .filter((e) => e.getBoundingClientRect().right > limit + 0.5 && !scrolls(e))
      .slice(0, 5)
      .map((e) => e.outerHTML.slice(0, 120))
  })
