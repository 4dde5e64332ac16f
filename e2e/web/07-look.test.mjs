// Languages, themes, print and forced colours, on every page.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { closeBrowser, newVisitor, visiting } from './harness/browser.mjs'
import { everyPage } from './harness/every.mjs'
import { freshWorld } from './harness/house.mjs'
import { sidewaysScroll, tooWide } from './harness/look.mjs'
import { signIn } from './harness/person.mjs'
import { usual } from './harness/worlds.mjs'

let world
before(async () => (world = await freshWorld(usual)))
after(closeBrowser)

// Text that no catalogue of ours holds: what customers and issuers wrote, code
// names, dates and numbers. It is marked in the pages, or recognised here.
const notOurs = new RegExp(
  '^(' +
    [
      'Pott \\S+', // and its version
      '[\\p{P}\\p{S}\\d\\s]*', // numbers
      '[A-Z]{2,12}', // issuers
      '\\S+@\\S+', 'https?://\\S+',
      '[a-z]+\\.[a-z0-9.-]+', '[a-z]+-\\d+', // names of licenses, sets and acts
      '([0-9a-f]{4}-)+[0-9a-f]{4}', '[0-9a-f]{16,}', // fingerprints
      '[A-Z][a-z]+/[A-Z][a-z_]+', // time zones
      '\\d+ [A-Z][a-z]+ \\d{4}( – \\d+ [A-Z][a-z]+ \\d{4})?',
    ].join('|') +
    ')$',
  'u',
)

// Facts of the audit trail are codes: a key and a value.
const facts = /^[a-z_]+( \S+)?( · [a-z_]+ \S+)*$/

test('37. Every word of every page comes from the catalogue', async (t) => {
  await everyPage(t, world, { lang: 'qps' }, async (page, { path }) => {
    const plain = await page.evaluate(() => {
      const found = []
      const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
      for (let n = walk.nextNode(); n; n = walk.nextNode()) {
        const e = n.parentElement
        if (!n.data.trim() || e.closest('script, style, code, [lang]:not(html), option[lang], time, [translate=no], [data-own]')) continue
        found.push(n.data.trim().replace(/\s+/g, ' '))
      }
      for (const name of ['aria-label', 'placeholder', 'title', 'alt', 'aria-valuetext']) {
        for (const e of document.querySelectorAll(`body [${name}]`)) if (e.getAttribute(name).trim() && !e.closest('[data-own], [translate=no]')) found.push(`${name}: ${e.getAttribute(name)}`)
      }
      return found
    })
    const owned = await known()
    assert.deepEqual(plain.filter((text) => !text.includes('⟦') && !text.includes('⟧') && !notOurs.test(text) && !(/^\/(audit|$)/.test(path) && facts.test(text)) && !owned.has(text.replace(/^[a-z-]+: /, ''))), [])
  })
})

// What Northwind and its issuers call themselves, their people and their licenses.
let names
async function known() {
  if (names) return names
  names = new Set(['Northwind AB', 'Kontoret AB', 'Kartan AB', 'host browser tests', 'browser tests', 'first administrator', 'admin', 'pott', 'Northwind account', 'Essentials', 'Premium', 'Sales', 'Service', 'Marketing'])
  for (const language of ['Dansk', 'Deutsch', 'English', 'Nederlands', 'Norsk bokmål', 'Svenska']) names.add(language)
  for (const l of (await world.api('/licenses?hidden=true')).items) names.add(l.display_name).add(l.name).add(l.tooltip)
  for (let after = ''; ; ) {
    const list = await world.api(`/people?limit=500&after=${encodeURIComponent(after)}`)
    for (const p of list.items) names.add(`${p.first_name ?? ''} ${p.last_name ?? ''}`.trim()).add(p.user_id).add(p.group)
    if (!list.next) break
    after = list.next
  }
  return names
}

test('37. With words 40 % longer no page scrolls sideways at 320 pixels', async (t) => {
  await everyPage(t, world, { lang: 'qps', width: 320, height: 640 }, async (page) => {
    assert.equal(await sidewaysScroll(page), 0, (await tooWide(page)).join('\n'))
  })
})

test('38. What is printed hides navigation and opens all details', async (t) => {
  await everyPage(t, world, { javaScript: true }, async (page) => {
    await page.emulateMedia({ media: 'print' })
    const shown = await page.evaluate(() => ({
      nav: [...document.querySelectorAll('nav.main, .tools, .skip, button')].filter((e) => e.checkVisibility()).map((e) => e.outerHTML.slice(0, 80)),
      closed: [...document.querySelectorAll('main details')].filter((d) => [...d.children].some((c) => c.localName !== 'summary' && getComputedStyle(c).display !== 'none' && !c.checkVisibility({ contentVisibilityAuto: true }))).map((d) => d.outerHTML.slice(0, 80)),
    }))
    assert.deepEqual(shown, { nav: [], closed: [] })
    await page.emulateMedia({ media: null })
  })
})

test('38. The theme that was chosen is in the first paint, with and without JavaScript', async () => {
  for (const javaScript of [true, false]) {
    for (const [theme, background] of [['dark', 'rgb(15, 18, 22)'], ['light', 'rgb(255, 255, 255)'], ['contrast', 'rgb(255, 255, 255)']]) {
      // The browser prefers the other one.
      await visiting({ javaScript, colorScheme: theme === 'dark' ? 'light' : 'dark' }, async (page, { context }) => {
        await context.addCookies([{ name: 'pott_theme', value: theme, url: world.url }])
        await page.goto(`${world.url}/help`, { waitUntil: 'commit' })
        await page.waitForSelector('h1')
        assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor), background)
        await page.reload()
        assert.equal(await page.locator('html').getAttribute('data-theme'), theme)
      })
    }
  }
})

test('7. With forced colours the current page, severe rows and bars can be told from others', async (t) => {
  const visitor = await newVisitor({ forcedColors: 'active' })
  await signIn(visitor, world, 'karin.lind')
  // Each is taken with its state and without: the pictures must differ.
  const cases = [
    ['the current page of the menu', '/licenses', 'nav.main a[aria-current=page]', (e) => e.removeAttribute('aria-current')],
    ['the current tab', '/licenses', '.tabs a[aria-current=page]', (e) => e.removeAttribute('aria-current')],
    ['a row that blocks', '/licenses/review/kontoret-9', 'tr.crit', (e) => e.classList.remove('crit')],
    ['a row to look at', '/licenses?issuer=KONTORET', 'tr.warn', (e) => e.classList.remove('warn')],
    ['a bar and its ground', '/licenses', '.bar .part', (e) => e.remove()],
  ]
  for (const [what, path, selector, plain] of cases) {
    await t.test(what, async () => {
      await visitor.page.goto(world.url + path)
      const e = visitor.page.locator(selector).first()
      await e.waitFor({ timeout: 2000 })
      const seen = selector.includes('.bar') ? visitor.page.locator('.bar').first() : e
      const handle = await e.elementHandle()
      const spot = await seen.boundingBox()
      const picture = () => visitor.page.screenshot({ clip: spot })
      const marked = await picture()
      await handle.evaluate(plain)
      assert.notDeepEqual(marked, await picture(), 'it looks the same without its state')
    })
  }
  await visitor.leave()
})
