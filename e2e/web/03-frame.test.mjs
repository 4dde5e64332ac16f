// The frame of every page: what the keyboard reaches, what a narrow window and
// paper show, what a page says of itself.
import { after, test } from 'node:test'
import assert from 'node:assert/strict'
import { closeBrowser } from './harness/browser.mjs'
import { everyView } from './harness/every.mjs'
import { tabThrough } from './harness/keyboard.mjs'
import { sidewaysScroll, tooWide } from './harness/look.mjs'
import { printed } from './harness/paper.mjs'
import { withoutExample } from './harness/routes.mjs'

after(closeBrowser)

test('Every page is looked at: no path is without an example', async () => {
  assert.deepEqual(await withoutExample(), [], 'harness/routes.mjs says what to look at')
})

test('3., 4., 5., 6., 9., 10. and 38. Every page is reached with Tab, fits, says what it is, and prints', async (t) => {
  const told = { titles: new Map(), help: new Map(), order: undefined }
  let stops = 0
  await everyView(t, {}, async (page, view, answer) => {
    const found = []
    if (!view.reach) {
      await names(page, view, answer, told, found)
      await skips(page, found)
    }
    // 1280 pixels at 400 % are 320. What has happened on a page is looked at where
    // there is least room for it; everywhere where the full sizes are wanted.
    const small = [[320, 640], [320, 180]]
    const sizes = view.reach && process.env.POTT_PROOF !== '1' ? small : [[1280, 720], [640, 512], ...small]
    for (const [width, height] of sizes) {
      await page.setViewportSize({ width, height })
      const wide = await sidewaysScroll(page)
      if (wide > 0) found.push(`4. ${width}×${height}: ${wide} pixels too wide: ${(await tooWide(page)).join('\n')}`)
      if (height === 180) continue
      const walk = await tabThrough(page)
      stops += walk.stops
      found.push(...walk.faults.map((f) => `3. ${width}×${height}: ${f}`))
    }
    found.push(...(await printed(page)).map((f) => `38. ${f}`))
    assert.deepEqual(found, [])
  })
  t.diagnostic(`${stops} stops`)
})

/** 5. The first Tab is at “Skip to content”, which leads to the content. */
async function skips(page, found) {
  await page.keyboard.press('Tab')
  const first = await page.evaluate(() => document.activeElement.getAttribute('href'))
  if (first !== '#main') found.push(`5. the first Tab is at ${first}`)
  await page.keyboard.press('Enter')
  const now = await page.evaluate(() => document.activeElement.localName)
  if (now !== 'main') found.push(`5. skipping leads to ${now}`)
}

/** 6., 9. and 10. What a page says of itself, and where Help is. */
async function names(page, view, answer, { titles, help }, found) {
  const say = await page.evaluate(() => ({
    h1: [...document.querySelectorAll('h1')].map((e) => e.textContent),
    title: document.title,
    lang: document.documentElement.lang,
    refreshes: document.querySelectorAll('meta[http-equiv=refresh i]').length,
    first: document.querySelector('header.top .tools > *')?.className,
    help: (({ x, y }) => `${Math.round(x)},${Math.round(y)}`)(document.querySelector('header.top a.help').getBoundingClientRect()),
  }))
  const place = new URL(page.url()).pathname
  if (say.h1.length !== 1) found.push(`6. ${say.h1.length} h1`)
  if (!/^.+ · .+ · [^·]+$/.test(say.title) && place.split('/').length > 2) found.push(`6. the title is ${say.title}`)
  for (const [other, at] of titles) if (other === say.title && at !== place) found.push(`6. ${at} has the same title: ${say.title}`)
  titles.set(say.title, place)
  if (say.lang !== 'en') found.push(`6. the language is ${say.lang}`)
  if (say.refreshes || answer.headers().refresh) found.push('9. it reloads itself')
  if (say.first !== 'help') found.push(`10. the first tool is ${say.first}`)
  const spot = help.get(view.who) ?? say.help
  if (spot !== say.help) found.push(`10. Help is at ${say.help}, elsewhere at ${spot}`)
  help.set(view.who, spot)
}
