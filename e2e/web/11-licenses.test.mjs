// Licenses: numbers that are lists, and what is done with a new set.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { closeBrowser, visiting } from './harness/browser.mjs'
import { freshWorld } from './harness/house.mjs'
import { asAdministrator, bothWays, receipt, signIn, uploadSet } from './harness/person.mjs'
import { onlyMore, twoRed, usual } from './harness/worlds.mjs'

let world
before(async () => (world = await freshWorld(usual)))
after(closeBrowser)

const number = (text) => Number(text.replace(/[^\d]/g, ''))

/** The rows of the licenses page: { name, path, inUse }. */
async function licenseRows(page, url) {
  await page.goto(`${url}/licenses?issuer=KONTORET&hidden=1`)
  return page.locator('tbody tr:not(.group)').evaluateAll((rows) =>
    rows.map((r) => ({
      name: r.querySelector('th .sub').textContent,
      path: r.querySelector('th a').getAttribute('href'),
      inUse: r.querySelector('td a[href*="#holders"]')?.textContent.trim(),
    })),
  )
}

/** How many holders the list of a license has, all pages together. */
async function countHolders(page, server, path) {
  let n = 0
  for (let next = path; next; ) {
    await page.goto(server + next)
    n += await page.locator('#holders tbody tr').evaluateAll((rows) => rows.reduce((sum, r) => sum + Number(r.querySelector('td.n').textContent), 0))
    const link = page.locator('#holders .pager a[rel=next]')
    next = (await link.count()) ? await link.getAttribute('href') : undefined
  }
  return n
}

test('11. Of every license the number in use is the number of rows behind its link', async () => {
  await visiting({ javaScript: false }, async (page, visitor) => {
    await signIn(visitor, world, 'karin.lind')
    const rows = await licenseRows(page, world.url)
    assert.equal(rows.length, 29, 'all licenses of the set')
    for (const { name, path, inUse } of rows) {
      if (inUse === undefined) continue
      assert.equal(await countHolders(page, world.server, path), number(inUse), name)
    }
  })
})

test('11. … also after many were changed at once', async () => {
  const changed = await freshWorld()
  await changed.receiveSet({ quantity: { 'sales-essentials': 0, 'sales-premium': 60 } })
  const moved = await changed.pott('set', 'activate', 'kontoret-9', '--move', 'kontoret.sales-essentials=kontoret.sales-premium', '--yes')
  assert.equal(moved.exit, 0, moved.stderr)
  await visiting({ javaScript: false }, async (page, visitor) => {
    await signIn(visitor, changed, 'karin.lind')
    const row = (await licenseRows(page, changed.url)).find((r) => r.name.endsWith('sales-premium'))
    assert.equal(number(row.inUse), 48)
    assert.equal(await countHolders(page, changed.server, row.path), 48)
  })
  await changed.end()
})

test('12. A set that only raises comes in force by itself, and says what changed', async () => {
  const fresh = await freshWorld()
  await asAdministrator(fresh, async (page) => {
    await uploadSet(page, fresh, onlyMore)
    assert.match(await receipt(page), /kontoret-9|9/)
    await page.goto(`${fresh.url}/licenses/KONTORET/sales-premium`)
    assert.match(await page.locator('main').textContent(), /45/)
    const trail = await fresh.api('/audit?limit=20')
    assert.ok(trail.items.some((e) => e.action === 'set.auto-activate'), `the trail says so: ${trail.items.map((e) => e.action)}`)
  })
  await fresh.end()
})

for (const way of bothWays) {
  test(`13. Rows that take too much are red and say how much; Activate says why it cannot (${way.name})`, async () => {
    const fresh = await freshWorld({ load: [twoRed] })
    await asAdministrator(fresh, async (page) => {
      await page.goto(`${fresh.url}/licenses/review/kontoret-9`)
      const red = page.locator('tr.crit')
      assert.equal(await red.count(), 2)
      assert.match(await red.nth(0).textContent(), /\d too many/)
      assert.match(await red.nth(1).textContent(), /\d too many/)
      const activate = page.getByRole('button', { name: /Activate/ })
      assert.equal(await activate.getAttribute('aria-disabled'), 'true')
      assert.equal(await activate.getAttribute('disabled'), null)
      const why = await activate.getAttribute('aria-describedby')
      assert.ok((await page.locator(`#${why}`).textContent()).trim().length > 10, 'it says why')
      await activate.focus()
      assert.equal(await activate.evaluate((e) => e === document.activeElement), true)
      await activate.press('Enter')
      await page.waitForLoadState()
      const summary = page.locator('.faults').first()
      await summary.waitFor()
      if (way.javaScript) assert.equal(await summary.evaluate((e) => e === document.activeElement), true, 'the summary has the focus')
      const sets = await fresh.api('/sets')
      assert.equal(sets.items.find((s) => s.id === 'kontoret-8').status, 'active')
    }, way)
    await fresh.end()
  })
}

test('14. The review lists changed rows only; Show all lists 29; both files equal the table', async () => {
  await asAdministrator(world, async (page, { context }) => {
    for (const [query, want] of [['', 4], ['?all=1', 29]]) {
      await page.goto(`${world.url}/licenses/review/kontoret-9${query}`)
      const names = (await page.locator('tbody tr th .sub').allTextContents()).map((s) => s.trim())
      assert.equal(names.length, want)
      for (const kind of ['csv', 'json']) {
        const path = await page.getByRole('link', { name: kind.toUpperCase(), exact: true }).first().getAttribute('href')
        const text = await (await context.request.get(world.server + path)).text()
        if (kind === 'json') {
          const doc = JSON.parse(text)
          const list = doc.rows ?? doc.items
          assert.deepEqual(list.map((r) => r.name), names)
        } else {
          for (const name of names) assert.ok(text.includes(name), `${name} is in the CSV`)
          assert.equal(text.trim().split(/\r?\n/).length, want + 1)
        }
      }
    }
  })
})

for (const way of bothWays) {
  test(`15. Free superfluous: too few is told, enough goes to one summary, and both happen or neither (${way.name})`, async () => {
    const fresh = await freshWorld({ load: [{ quantity: { 'sales-premium': 36 } }] })
    await asAdministrator(fresh, async (page) => {
      await page.goto(`${fresh.url}/licenses/review/kontoret-9`)
      await page.locator('tr.crit').getByRole('link', { name: /Choose/ }).click()
      await page.locator('h1').waitFor()
      const rows = page.locator('form[data-free] tbody tr')
      const choose = async (i) => {
        const row = rows.nth(i)
        const box = row.locator('input[type=checkbox]')
        if (await box.count()) await box.check()
        else await row.locator('select').selectOption({ index: 1 })
      }
      await choose(2)
      await page.getByRole('button', { name: /Review/ }).click()
      assert.match(await page.locator('main').textContent(), /1 more/)
      await choose(3)
      await page.getByRole('button', { name: /Review/ }).click()
      await page.getByRole('button', { name: /Free 2 and activate/ }).or(page.getByRole('link', { name: /Go on|Review/ })).first().click()
      const last = page.getByRole('button', { name: /Free 2 and activate/ })
      if (await last.count()) await last.click()
      assert.match(await receipt(page), /./)
      const now = await fresh.api('/licenses?hidden=true')
      const premium = now.items.find((l) => l.name === 'kontoret.sales-premium')
      assert.deepEqual([premium.seats, premium.taken], [36, 36])
    }, way)
    await fresh.end()
  })
}

test('16. Everybody of a plan moves to another as part of the activation, and back', async () => {
  const fresh = await freshWorld({ load: [{ quantity: { 'sales-essentials': 0, 'sales-premium': 60 } }] })
  await asAdministrator(fresh, async (page) => {
    await page.goto(`${fresh.url}/licenses/review/kontoret-9`)
    await page.locator('tr.crit', { hasText: 'sales-essentials' }).getByRole('link', { name: /Choose/ }).click()
    await page.getByRole('combobox', { name: /Move all 10/ }).selectOption({ label: /Sales Premium/ }).catch(async () => {
      const select = page.getByRole('combobox').first()
      const value = await select.locator('option', { hasText: 'Sales Premium' }).getAttribute('value')
      await select.selectOption(value)
    })
    await page.getByRole('button', { name: /Move/ }).first().click()
    await page.goto(page.url())
    await toSummary(page)
    await page.getByRole('button', { name: /Free 10 and activate|Activate/ }).click()
    assert.match(await receipt(page), /./)
    const people = await fresh.api('/people?plan=kontoret.sales-premium&limit=100')
    assert.equal(people.total, 48)
    await page.locator('.receipt').getByRole('button', { name: /Undo/ }).or(page.locator('.receipt').getByRole('link', { name: /Undo/ })).first().click()
    const back = page.getByRole('button', { name: /Go back/ })
    if (await back.count()) await back.click()
    await page.locator('.receipt').waitFor()
    assert.equal((await fresh.api('/people?plan=kontoret.sales-essentials&limit=100')).total, 10)
    assert.equal((await fresh.api('/sets')).items.find((s) => s.id === 'kontoret-8').status, 'active')
  })
  await fresh.end()
})

/** Goes on from choosing to the one page before it happens. */
async function toSummary(page) {
  for (const name of [/^Review/, /Go on|Review and|Continue/]) {
    const step = page.getByRole('button', { name }).or(page.getByRole('link', { name })).first()
    if (await page.getByRole('button', { name: /and activate/ }).count()) return
    if (await step.count()) await step.click()
  }
}

test('16. After a final set no undo is offered', async () => {
  const fresh = await freshWorld({ load: [{ final: true, quantity: { 'marketing-essentials': 30 } }] })
  await asAdministrator(fresh, async (page) => {
    await page.goto(`${fresh.url}/licenses/review/kontoret-9`)
    await page.getByRole('button', { name: /Activate/ }).click()
    assert.match(await receipt(page), /./)
    assert.equal(await page.locator('.receipt').getByRole('button', { name: /Undo/ }).count(), 0)
  })
  await fresh.end()
})

const refused = [
  ['changed after it was issued', { spoil: 'changed' }, /signature|changed/i],
  ['for another serial number', { serial: 'SOMEBODY-1' }, /serial|belongs|made for/i],
  ['older than the one in force', { number: 6 }, /newer|older/i],
  ['issued in the future', { issued: '72h' }, /clock/i],
  ['damaged', { spoil: 'cut' }, /damaged|cut|whole/i],
]

test('18. Each spoiled file gives a message of its own, and changes nothing', async () => {
  const said = new Map()
  await asAdministrator(world, async (page) => {
    for (const [what, wish, words] of refused) {
      await uploadSet(page, world, wish)
      const text = await page.locator('main').textContent()
      assert.match(text, words, what)
      said.set(await page.locator('h1').textContent() + text.slice(0, 300), what)
      assert.equal((await world.api('/sets')).items.find((s) => s.id === 'kontoret-8').status, 'active')
    }
    assert.equal(said.size, refused.length, 'five messages')
  })
})

for (const way of bothWays) {
  test(`19. When the license has ended an administrator signs in, loads another, and the banner goes (${way.name})`, async () => {
    const fresh = await freshWorld()
    await fresh.moveClock({ days: 220 })
    await asAdministrator(fresh, async (page) => {
      await page.goto(`${fresh.url}/`)
      await page.locator('.banner').waitFor()
      await page.goto(`${fresh.url}/licenses/import`)
      const upload = page.locator('input[type=file]')
      const covered = await upload.evaluate((e) => {
        e.scrollIntoView({ block: 'center' })
        const r = e.getBoundingClientRect()
        return [[0.5, 0.5], [0.05, 0.2], [0.95, 0.2], [0.05, 0.8], [0.95, 0.8]].filter(([x, y]) => document.elementFromPoint(r.left + r.width * x, r.top + r.height * y) !== e)
      })
      assert.deepEqual(covered, [], 'nothing lies on the control for the file')
      // Kartan's set has ended too: each issuer's is renewed.
      for (const wish of [{}, { issuer: 'KARTAN', number: 5 }]) await uploadSet(page, fresh, wish)
      await page.goto(`${fresh.url}/`)
      assert.equal(await page.locator('.banner.crit, .banner.warn').count(), 0)
    }, way)
    await fresh.end()
  })
}
