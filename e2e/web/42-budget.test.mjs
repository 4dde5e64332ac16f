// What pages weigh, and how long they take, at an organisation of 10,000 people.
// Weights are promises; times depend on the machine and are only told.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import { closeBrowser, visiting } from './harness/browser.mjs'
import { freshWorld } from './harness/house.mjs'
import { signIn } from './harness/person.mjs'
import { routes } from './harness/routes.mjs'
import { twoRed } from './harness/worlds.mjs'

const kB = 1000
let world
before(async () => (world = await freshWorld({ people: 10_000, load: [twoRed] })))
after(closeBrowser)

test('With 10,000 people HTML is at most 60 kB, style 20 kB and scripts 30 kB, compressed', async (t) => {
  const cookies = new Map()
  const figures = []
  const assets = new Map()
  for (const { path, who } of await routes()) {
    if (who && !cookies.has(who)) {
      const { name, value } = await world.session(who)
      cookies.set(who, `${name}=${value}`)
    }
    const times = []
    let size
    for (let i = 0; i < 5; i++) {
      const began = performance.now()
      const answer = await fetch(world.url + path, { headers: who ? { Cookie: cookies.get(who) } : {} })
      const text = await answer.text()
      if (i > 0) times.push(performance.now() - began)
      size = gzipSync(text).length
      for (const [, asset] of text.matchAll(/(?:href|src)="(\/_\/[^"]+\.(?:css|js))"/g)) assets.set(asset, undefined)
    }
    times.sort((a, b) => a - b)
    figures.push({ path, size, median: times[1], slowest: times[3] })
    assert.ok(size <= 60 * kB, `${path} weighs ${size} bytes compressed`)
  }
  // Modules bring others along.
  const seen = new Map()
  for (const queue = [...assets.keys()]; queue.length > 0; ) {
    const asset = queue.pop()
    if (seen.has(asset)) continue
    const text = await (await fetch(world.server + asset)).text()
    seen.set(asset, gzipSync(text).length)
    for (const [, name] of text.matchAll(/(?:from|import)\s*\(?["']\.\/([^"']+)["']/g)) queue.push(asset.replace(/[^/]+$/, name))
  }
  const sum = (ending) => [...seen].filter(([a]) => a.endsWith(ending)).reduce((n, [, s]) => n + s, 0)
  assert.ok(sum('.css') > 0 && sum('.css') <= 20 * kB, `style weighs ${sum('.css')} bytes compressed`)
  assert.ok(sum('.js') > 0 && sum('.js') <= 30 * kB, `scripts weigh ${sum('.js')} bytes compressed`)
  t.diagnostic(`style ${sum('.css')} bytes, scripts ${sum('.js')} bytes, compressed`)
  for (const f of figures.sort((a, b) => b.median - a.median)) t.diagnostic(`${f.path}: ${f.size} bytes, ${f.median.toFixed(1)} ms, slowest ${f.slowest.toFixed(1)} ms`)
})

test('How soon the largest part of a page is there, and how far it moves', async (t) => {
  await visiting({}, async (page, visitor) => {
    await signIn(visitor, world, 'karin.lind')
    for (const path of ['/', '/licenses', '/users', '/status', '/audit']) {
      await page.goto(world.url + path)
      const { lcp, cls } = await page.evaluate(() => new Promise((resolve) => {
        const told = { lcp: 0, cls: 0 }
        new PerformanceObserver((l) => l.getEntries().forEach((e) => (told.lcp = e.startTime))).observe({ type: 'largest-contentful-paint', buffered: true })
        new PerformanceObserver((l) => l.getEntries().forEach((e) => (told.cls += e.hadRecentInput ? 0 : e.value))).observe({ type: 'layout-shift', buffered: true })
        requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => resolve(told), 50)))
      }))
      assert.ok(cls <= 0.05, `${path} moves by ${cls}`)
      t.diagnostic(`${path}: largest part after ${lcp.toFixed(0)} ms, moved by ${cls.toFixed(3)}`)
    }
  })
})

test('How soon a key or a click is answered', async (t) => {
  await visiting({}, async (page, visitor) => {
    await signIn(visitor, world, 'karin.lind')
    const acts = {
      '/users': async () => {
        for (let i = 0; i < 5; i++) await page.locator('input[name=who]').nth(i).click()
        await page.locator('a[data-all]').click()
      },
      '/users/olle.ek/plans': async () => {
        for (const name of ['assistant', 'assistant']) await page.locator(`[id="extra-kontoret.${name}"]`).click()
      },
      '/help': async () => {
        await page.keyboard.press('Control+k')
        await page.keyboard.type('ann', { delay: 30 })
        await page.locator('dialog [role=option]').first().waitFor()
        await page.keyboard.press('ArrowDown')
      },
      '/licenses': async () => page.locator('details.account summary').click(),
    }
    for (const [path, act] of Object.entries(acts)) {
      await page.goto(world.url + path)
      await page.evaluate(() => {
        window.__slowest = 0
        new PerformanceObserver((l) => l.getEntries().forEach((e) => { if (e.interactionId) window.__slowest = Math.max(window.__slowest, e.duration) })).observe({ type: 'event', durationThreshold: 16 })
      })
      await act()
      const slowest = await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => resolve(window.__slowest), 100)))))
      t.diagnostic(`${path}: slowest answer after ${slowest === 0 ? 'less than 16' : slowest} ms`)
    }
  })
})
