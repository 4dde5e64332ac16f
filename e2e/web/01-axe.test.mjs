// Nothing that axe knows is wrong on any page, in any theme, wide or narrow.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { closeBrowser } from './harness/browser.mjs'
import { everyPage } from './harness/every.mjs'
import { freshWorld } from './harness/house.mjs'
import { axe, colourRules, showIn, widthRules } from './harness/look.mjs'
import { usual } from './harness/worlds.mjs'

let world
before(async () => (world = await freshWorld(usual)))
after(closeBrowser)

// Nodes whose contrast axe cannot compute: pictures, and text on them. That the
// colours themselves are good is computed from the tokens in internal/page.
const uncertain = /^(svg|\.chart|\.bar|\.icon)|\s(svg|text|circle|path|rect)\b/

test('1. No page has an axe violation in light, dark and high contrast, at 1280 and 320 pixels', async (t) => {
  await everyPage(t, world, {}, async (page) => {
    const whole = await axe(page)
    assert.ok(whole.ran.includes('target-size'), 'target-size is among the rules that ran')
    const found = [...whole.violations]
    const incomplete = whole.incomplete.map((i) => ({ ...i, shown: 'light 1280' }))
    // Colours do not change with the width, nor boxes with the theme: every rule at
    // every size and theme only where the full sizes are asked for.
    const proof = process.env.POTT_PROOF === '1'
    const ways = [['dark', 1280, colourRules], ['contrast', 1280, colourRules], ['light', 320, widthRules], ...(proof ? [['dark', 320], ['contrast', 320]] : [])]
    for (const [theme, width, some] of ways) {
      await page.setViewportSize({ width, height: 900 })
      await showIn(page, theme)
      const look = await axe(page, { rules: proof ? undefined : some })
      found.push(...look.violations.map((v) => ({ ...v, shown: `${theme} ${width}` })))
      incomplete.push(...look.incomplete.map((i) => ({ ...i, shown: `${theme} ${width}` })))
    }
    assert.deepEqual(found, [])
    // 2. color-contrast is left open only where there is no text of the page.
    assert.deepEqual(incomplete.filter((i) => i.rule === 'color-contrast' && !uncertain.test(i.where)), [], '2. color-contrast that could not be computed')
  })
})
