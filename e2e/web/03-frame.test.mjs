// The frame of every page: what the keyboard reaches, what a narrow window shows,
// what a page says of itself.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { closeBrowser, visiting } from './harness/browser.mjs'
import { everyPage } from './harness/every.mjs'
import { freshWorld } from './harness/house.mjs'
import { hiddenStops, sidewaysScroll, tooWide } from './harness/look.mjs'
import { withoutExample } from './harness/routes.mjs'
import { usual } from './harness/worlds.mjs'

let world
before(async () => (world = await freshWorld(usual)))
after(closeBrowser)

test('Every page is looked at: no path is without an example', async () => {
  assert.deepEqual(await withoutExample(), [], 'harness/routes.mjs says what to look at')
})

test('3. and 4. Nothing with focus lies under something else, and no page scrolls sideways', async (t) => {
  let stops = 0
  await everyPage(t, world, {}, async (page) => {
    const found = []
    // 1280 pixels at 400 % are 320.
    for (const [width, height] of [[1280, 720], [640, 512], [320, 640], [320, 180]]) {
      await page.setViewportSize({ width, height })
      const wide = await sidewaysScroll(page)
      if (wide > 0) found.push(`${width}: ${wide} pixels too wide: ${(await tooWide(page)).join('\n')}`)
      if (height === 180) continue
      const { hidden, walked } = await hiddenStops(page)
      stops += walked
      found.push(...hidden.map((h) => `${width}×${height}: ${h.what}\n   lies under ${h.by}`))
    }
    assert.deepEqual(found, [])
  })
  t.diagnostic(`${stops} stops`)
})

test('5. The first Tab is at “Skip to content”, which leads to the content', async (t) => {
  await everyPage(t, world, {}, async (page) => {
    await page.keyboard.press('Tab')
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute('href')), '#main')
    await page.keyboard.press('Enter')
    assert.equal(await page.evaluate(() => document.activeElement.localName), 'main')
  })
})

test('6., 9. and 10. Every page has one h1, a title of its own, a language, Help in one place, and does not reload itself', async (t) => {
  const titles = new Map()
  const help = new Map()
  await everyPage(t, world, {}, async (page, route, answer) => {
    assert.equal(await page.locator('h1').count(), 1, 'one h1')
    const title = await page.title()
    assert.match(title, /^.+ · .+/, 'title: page · organisation')
    const place = new URL(page.url()).pathname
    for (const [other, at] of titles) if (other === title && at !== place) assert.fail(`${at} and ${place} have the same title: ${title}`)
    titles.set(title, place)
    assert.equal(await page.locator('html').getAttribute('lang'), 'en')
    assert.equal(await page.locator('meta[http-equiv=refresh i]').count(), 0)
    assert.equal(answer.headers().refresh, undefined)
    const { x, y } = await page.locator('header.top a.help').boundingBox()
    const spot = `${Math.round(x)},${Math.round(y)}`
    assert.equal(help.get(route.who) ?? spot, spot, 'Help is where it is on every other page')
    help.set(route.who, spot)
  })
})

test('6. The language of a page is the one that was chosen', async () => {
  for (const lang of ['sv', 'en', 'nb', 'da', 'de', 'nl']) {
    await visiting({ locale: lang }, async (page) => {
      await page.goto(`${world.url}/help`)
      assert.equal(await page.locator('html').getAttribute('lang'), lang)
    })
  }
})
