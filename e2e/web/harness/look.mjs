// What one looks at on any page.
import { AxeBuilder } from '@axe-core/playwright'

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** Rules whose answer depends on the width of the window. */
export const widthRules = ['target-size', 'scrollable-region-focusable']

/** Rules whose answer depends on the theme. All others say the same of one document however it is shown. */
export const colourRules = ['color-contrast', 'link-in-text-block']

/** What axe finds on a page: { violations, incomplete, ran }. */
export async function axe(page, { rules } = {}) {
  // There are no frames in our pages, so it need not open a page of its own.
  const builder = new AxeBuilder({ page }).setLegacyMode(true)
  const found = await (rules ? builder.withRules(rules) : builder.withTags(tags)).analyze()
  const told = (list) => list.flatMap((v) => v.nodes.map((n) => ({ rule: v.id, where: n.target.join(' '), html: n.html.slice(0, 160), why: n.failureSummary ?? v.help })))
  return {
    violations: told(found.violations),
    incomplete: told(found.incomplete),
    ran: [...found.violations, ...found.passes, ...found.incomplete, ...found.inapplicable].map((r) => r.id),
  }
}

/** Shows the page in a theme: light, dark, contrast. The server renders the same attribute. */
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

/**
 * Gives focus to everything that takes it, in order, and returns what then lies
 * under something else at one of five points: { what, by }.
 */
export const hiddenStops = (page) =>
  page.evaluate(() => {
    const stops = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')].filter((e) => !e.disabled && e.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }))
    const hidden = []
    let walked = 0
    for (const e of stops) {
      e.focus()
      if (document.activeElement !== e) continue
      walked++
      // A control that is drawn by its label is seen where the label is.
      const r = e.getClientRects()[0]
      if (!r || r.width < 2 || r.height < 2) continue
      const inset = Math.min(3, r.width / 4, r.height / 4)
      const points = [[r.left + r.width / 2, r.top + r.height / 2], [r.left + inset, r.top + inset], [r.right - inset, r.top + inset], [r.left + inset, r.bottom - inset], [r.right - inset, r.bottom - inset]]
      for (const [x, y] of points) {
        if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) {
          // Larger than the window, or out of it: out of it is not seen at all.
          if (r.bottom <= 0 || r.top >= innerHeight || r.right <= 0 || r.left >= innerWidth) hidden.push({ what: e.outerHTML.slice(0, 120), by: 'out of the window' })
          continue
        }
        const top = document.elementFromPoint(x, y)
        if (top && top !== e && !e.contains(top) && !top.contains(e) && ![...(e.labels ?? [])].some((l) => l.contains(top))) {
          hidden.push({ what: e.outerHTML.slice(0, 120), by: top.outerHTML.slice(0, 120) })
          break
        }
      }
    }
    window.scrollTo(0, 0)
    return { hidden, walked }
  })
