// Nothing that axe knows is wrong on any page, whatever has happened there, in any
// theme, wide or narrow.
import { after, test } from 'node:test'
import assert from 'node:assert/strict'
import { closeBrowser } from './harness/browser.mjs'
import { everyView } from './harness/every.mjs'
import { axe, showIn, themeRules, themes } from './harness/look.mjs'

after(closeBrowser)

// Nodes whose contrast axe cannot compute: pictures, and text on them. That the
// colours themselves are good is computed from the tokens in internal/page.
const uncertain = /^(svg|\.chart|\.bar|\.icon)|\s(svg|text|circle|path|rect)\b/

test('1. No page has an axe violation in light, dark and high contrast, at 1280 and 320 pixels', async (t) => {
  await everyView(t, {}, async (page, { overlay, reach }) => {
    const found = []
    const incomplete = []
    for (const width of [1280, 320]) {
      await page.setViewportSize({ width, height: 900 })
      for (const theme of themes) {
        // What has happened on a page shows its themes where there is least room.
        if (reach && width > 320 && theme !== themes[0] && process.env.POTT_PROOF !== '1') continue
        await showIn(page, theme)
        // A theme changes colours and lines and nothing else, which a test of the
        // style sheet holds it to: what does not depend on them is asked once for
        // each width, and in every theme where the full sizes are wanted.
        const whole = theme === themes[0] || process.env.POTT_PROOF === '1'
        const look = await axe(page, { rules: whole ? undefined : themeRules })
        for (const rule of whole ? ['target-size', 'color-contrast', 'label'] : themeRules) assert.ok(look.ran.includes(rule), `${rule} ran`)
        const told = (v) => ({ ...v, shown: `${theme} ${width}` })
        found.push(...look.violations.map(told))
        incomplete.push(...look.incomplete.map(told))
      }
    }
    assert.deepEqual(found, [])
    // 2. color-contrast is left open only where there is no text of the page, or
    // where a menu that is open lies over it.
    if (overlay) incomplete.splice(0, incomplete.length, ...incomplete.filter((i) => i.where.includes(overlay)))
    assert.deepEqual(incomplete.filter((i) => i.rule === 'color-contrast' && !uncertain.test(i.where)), [], '2. color-contrast that could not be computed')
  })
})
