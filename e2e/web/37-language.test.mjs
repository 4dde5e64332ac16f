// Six languages: every word is from a catalogue, there is room for longer ones, and
// numbers, dates and names stand as readers of each language write them.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { closeBrowser, visiting } from './harness/browser.mjs'
import { everyView, turn } from './harness/every.mjs'
import { freshWorld } from './harness/house.mjs'
import { sidewaysScroll, tooWide } from './harness/look.mjs'
import { asAdministrator } from './harness/person.mjs'
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
      '[A-Z]{2,12}(-\\d+)?', // issuers, and serial numbers
      '\\S+@\\S+', 'https?://\\S+',
      '(new|late|First|Last)\\d+', '[a-z]+\\.[a-z0-9.-]+', '[a-z]+-\\d+', // names of licenses, sets and acts
      '([0-9a-f]{4}-)+[0-9a-f]{4}', '[0-9a-f]{16,}', '[0-9a-f]{12} · [a-z_]+', // fingerprints, and damaged records
      '[A-Z][a-z]+/[A-Z][a-z_]+', // time zones
      '\\d+ [A-Z][a-z]+ \\d{4}( – \\d+ [A-Z][a-z]+ \\d{4})?',
    ].join('|') +
    ')$',
  'u',
)

// What a damaged record is called in the database.
const records = /^[a-z_]+( \S+)?$|^damage-[\w-]+\.json$/

test('37. Every word of every page comes from the catalogue, and there is room at 320 pixels for words 40 % longer', async (t) => {
  await everyView(t, { lang: 'qps' }, async (page, view) => {
    if (!turn(view)) return
    const { path } = view
    const plain = await page.evaluate(() => {
      const found = []
      const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
      for (let n = walk.nextNode(); n; n = walk.nextNode()) {
        const e = n.parentElement
        if (!n.data.trim() || e.closest('script, style, code, kbd, [lang]:not(html), option[lang], time, [translate=no], [data-own]')) continue
        found.push(n.data.trim().replace(/\s+/g, ' '))
      }
      for (const name of ['aria-label', 'placeholder', 'title', 'alt', 'aria-valuetext']) {
        for (const e of document.querySelectorAll(`body [${name}]`)) if (e.getAttribute(name).trim() && !e.closest('[data-own], [translate=no]')) found.push(`${name}: ${e.getAttribute(name)}`)
      }
      return found
    })
    const owned = await known()
    const ours = plain.filter((text) => !text.includes('⟦') && !text.includes('⟧') && !notOurs.test(text) && !(path === '/status/damage' && records.test(text)) && !text.replace(/^[a-z-]+: /, '').split(', ').every((part) => owned.has(part)) && !owned.has(text.replace(/^[a-z-]+: /, '')))
    assert.deepEqual(ours, [])
    assert.equal(await page.locator('html').getAttribute('lang'), 'qps')
    await page.setViewportSize({ width: 320, height: 640 })
    assert.equal(await sidewaysScroll(page), 0, (await tooWide(page)).join('\n'))
  })
})

// What the customers of the world and their issuers call themselves, their people
// and their licenses, and what stands in the lists that the tests send.
let names
async function known() {
  if (names) return names
  names = new Set(['Northwind AB', 'Nordlys Drift AB', 'Fjord & Fjell AS', 'Nystart AB', 'Somebody Else AB', 'Kontoret AB', 'Kartan AB', 'host browser tests', 'browser tests', 'first administrator', 'admin', 'pott', 'Northwind account', 'Essentials', 'Premium', 'Sales', 'Service', 'Marketing'])
  for (const language of ['Dansk', 'Deutsch', 'English', 'Nederlands', 'Norsk bokmål', 'Svenska']) names.add(language)
  for (const sent of ['UTF-8', 'Windows-1252', 'User id', 'First name', 'Last name', 'Group', 'Plans', 'Number', 'Shoe size', 'Bad', 'One', 'Two', 'Newcomers', 'Late', 'Back', 'Branch', 'My computer', 'We move the servers', 'We move this installation to another machine', 'Agreement with the works council of 12 May', 'Office account', 'Company account', 'Lund', 'Oslo', 'Old Timer', 'Has 7 open requests', 'Europe/', 'Stockholm', 'nobodyatall', 'ann', 'Cake at three', 'Tea at three', 'Coffee at three', 'It is drunk', 'Olle Ekman', 'Eklund', 'Ekman', 'Ek', 'Sales people', 'Nightly report', 'read']) names.add(sent)
  // Columns of a list are called so in every language that has no other word.
  for (const column of ['user_id', 'first_name', 'last_name', 'email', 'group', 'kind', 'login', 'valid_through', 'profile', 'plans', 'extras']) names.add(column)
  for (const customer of ['northwind', 'nordlys', 'fjord', 'nystart']) {
    for (const l of (await world.api('/licenses?hidden=true', { customer })).items) names.add(l.display_name).add(l.name).add(l.tooltip)
    for (const d of (await world.api('/databases', { customer })).items) names.add(d.name)
    for (const p of (await world.api('/profiles', { customer })).items) names.add(p.name).add(p.code)
    for (let after = ''; ; ) {
      const list = await world.api(`/people?limit=500&after=${encodeURIComponent(after)}`, { customer })
      for (const p of list.items) names.add(`${p.first_name ?? ''} ${p.last_name ?? ''}`.trim()).add(p.user_id).add(p.group)
      if (!list.next) break
      after = list.next
    }
  }
  return names
}

const languages = ['en', 'sv', 'nb', 'da', 'de', 'nl']

test('6. and 37. In each language pages say which one it is', async () => {
  for (const lang of languages) {
    await asAdministrator(world, async (page) => {
      for (const path of ['/', '/licenses', '/users', '/me/appearance']) {
        await page.goto(world.url + path)
        assert.equal(await page.locator('html').getAttribute('lang'), lang, path)
      }
    }, { locale: lang })
  }
  await visiting({ locale: 'fi-FI' }, async (page) => {
    await page.goto(`${world.url}/help?lang=nb`)
    assert.equal(await page.locator('html').getAttribute('lang'), 'nb', 'what was asked for wins over what the browser speaks')
  })
})

// 2 November 2026 as each language writes it.
const day = { en: ([y, m, d]) => `${d} ${['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][m - 1]} ${y}`, sv: ([y, m, d]) => `${y}-${two(m)}-${two(d)}`, nb: ([y, m, d]) => `${two(d)}.${two(m)}.${y}`, da: ([y, m, d]) => `${two(d)}.${two(m)}.${y}`, de: ([y, m, d]) => `${two(d)}.${two(m)}.${y}`, nl: ([y, m, d]) => `${two(d)}-${two(m)}-${y}` }
const two = (n) => String(n).padStart(2, '0')

test('37. Dates and numbers stand as each language writes them', async () => {
  const large = await freshWorld()
  await large.receiveSet({ quantity: { user: 1234 } })
  const { expiry } = (await large.api('/sets')).items.find((s) => s.id === 'kontoret-9')
  const date = expiry.split('-').map(Number)
  const number = { en: '1,234', sv: '1\u00a0234', nb: '1\u00a0234', da: '1.234', de: '1.234', nl: '1.234' }
  for (const lang of languages) {
    await asAdministrator(large, async (page) => {
      await page.goto(`${large.url}/licenses?issuer=KONTORET`)
      const text = await page.locator('main').textContent()
      assert.ok(text.includes(number[lang]), `${lang}: ${number[lang]}`)
      assert.ok(text.includes(day[lang](date)), `${lang}: ${day[lang](date)}`)
    }, { locale: lang })
  }
  await large.end()
})

test('37. Names stand where readers of the language look for them', async () => {
  for (const [lang, before, behind] of [['sv', 'Zeb', 'Åsa'], ['nb', 'Øyvind', 'Åsa'], ['da', 'Øyvind', 'Åsa'], ['de', 'Åsa', 'Zeb'], ['en', 'Åsa', 'Zeb']]) {
    await asAdministrator(world, async (page) => {
      await page.goto(`${world.url}/users?sort=name`)
      const names = await page.evaluate(async () => {
        const names = []
        for (let next = location.href; next; ) {
          const shown = new DOMParser().parseFromString(await (await fetch(next)).text(), 'text/html')
          names.push(...[...shown.querySelectorAll('main tbody tr th')].map((e) => e.textContent))
          next = shown.querySelector('.pager a[rel=next]')?.getAttribute('href')
        }
        return names
      })
      assert.ok(names.length >= 300, 'everybody')
      const places = (name) => names.flatMap((n, i) => (n.trim().startsWith(name) ? [i] : []))
      assert.ok(places(before).length > 1 && places(behind).length > 1)
      assert.ok(Math.max(...places(before)) < Math.min(...places(behind)), `${lang}: ${before} before ${behind}`)
    }, { locale: lang })
  }
})
