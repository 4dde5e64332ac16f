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
  return page.evaluate(async (first) => {
    let n = 0
    for (let next = first; next; ) {
      const shown = new DOMParser().parseFromString(await (await fetch(next)).text(), 'text/html')
      for (const row of shown.querySelectorAll('#holders tbody tr')) n += Number(row.querySelector('td.n').textContent)
      next = shown.querySelector('#holders .pager a[rel=next]')?.getAttribute('href')
    }
    return n
  }, server + path)
}

/** Follows the number of each license to its list. Those that are for everybody have none. */
async function everyNumber(page, world, rows) {
  const kinds = new Map((await world.api('/licenses?hidden=true')).items.map((l) => [l.name, l]))
  for (const { name, path, inUse } of rows) {
    const { kind, marker } = kinds.get(name)
    assert.equal(inUse === undefined, kind === 'system' || marker === true, `${name} has a number`)
    if (inUse !== undefined) assert.equal(await countHolders(page, world.server, path), number(inUse), name)
  }
}

test('11. Of every license the number in use is the number of rows behind its link', async () => {
  await visiting({}, async (page, visitor) => {
    await signIn(visitor, world, 'karin.lind')
    const rows = await licenseRows(page, world.url)
    assert.equal(rows.length, 29, 'all licenses of the set')
    await everyNumber(page, world, rows)
  })
})

test('11. … also after many were changed at once', async () => {
  const changed = await freshWorld()
  await changed.receiveSet({ quantity: { 'sales-essentials': 0, 'sales-premium': 60 } })
  const moved = await changed.pott('set', 'activate', 'kontoret-9', '--move', 'kontoret.sales-essentials=kontoret.sales-premium', '--yes')
  assert.equal(moved.exit, 0, moved.stderr)
  await visiting({}, async (page, visitor) => {
    await signIn(visitor, changed, 'karin.lind')
    const rows = await licenseRows(page, changed.url)
    assert.equal(rows.length, 28, 'the plan that was emptied is in the set no longer')
    assert.equal(number(rows.find((r) => r.name.endsWith('sales-premium')).inUse), 48)
    await everyNumber(page, changed, rows)
  })
  await changed.end()
})

test('12. A set that only raises comes into force by itself, and says what changed', async () => {
  const fresh = await freshWorld()
  await asAdministrator(fresh, async (page) => {
    await uploadSet(page, fresh, onlyMore)
    const [said] = await page.locator('.receipt').all()
    assert.match(await said.textContent(), /kontoret-9/)
    // Row by row: what it was, and what it is.
    const rows = await said.locator('li').allTextContents()
    const expected = [['Sales Premium', 40, 45], ['Travel', 10, 15]].map(([name, was, is]) => `${name}: ${was} → ${is}`)
    assert.deepEqual(rows.sort(), expected)
    const seats = Object.fromEntries((await fresh.api('/licenses?hidden=true')).items.map((l) => [l.name, l.seats]))
    assert.deepEqual([seats['kontoret.sales-premium'], seats['kontoret.travel']], [45, 15])
    // Until somebody has seen it, other pages say the same.
    await page.goto(`${fresh.url}/licenses/history`)
    for (const row of expected) assert.match(await page.locator('main .receipt').textContent(), new RegExp(row))
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
      const state = async () => [(await fresh.api('/status')).seq, (await fresh.api('/sets')).items.map((s) => [s.id, s.status])]
      const before = await state()
      await activate.press('Enter')
      await page.waitForLoadState()
      const summary = page.locator('.faults').first()
      await summary.waitFor()
      if (way.javaScript) assert.equal(await summary.evaluate((e) => e === document.activeElement), true, 'the summary has the focus')
      assert.deepEqual(await state(), before, 'pressing changes nothing')
    }, way)
    await fresh.end()
  })
}

/** A file of values between commas: rows of cells. */
const cellsOf = (csv) => csv.replace(/^\uFEFF/, '').trim().split(/\r?\n/).map((line) => [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map((m) => m[1].replace(/^"|"$/g, '').replaceAll('""', '"')))

test('14. The review lists changed rows only; Show all lists 29; both files equal the table', async () => {
  await asAdministrator(world, async (page, { context }) => {
    for (const [query, want] of [['', 4], ['?all=1', 29]]) {
      await page.goto(`${world.url}/licenses/review/kontoret-9${query}`)
      const table = await page.locator('main tbody tr:has(th .sub)').evaluateAll((rows) => rows.map((r) => {
        const text = (e) => e.textContent.trim().replace(/\s+/g, ' ')
        const heads = [...r.closest('table').querySelectorAll('thead th')].map(text)
        const cell = (head) => r.children[heads.indexOf(head)]
        const numbers = ['Now', 'New', 'Change', 'In use'].map((head) => text(cell(head)))
        return { name: text(r.querySelector('th .sub')), numbers, results: [...cell('Result').querySelectorAll(':scope > div')].map((d) => d.firstChild.data.trim()) }
      }))
      assert.equal(table.length, want)
      if (want === 4) assert.ok(table.every((r) => r.numbers[0] !== r.numbers[1]), 'all of them change')
      const read = async (kind) => {
        const path = await page.getByRole('link', { name: kind, exact: true }).first().getAttribute('href')
        return (await context.request.get(world.server + path)).text()
      }
      const csv = cellsOf(await read('CSV')).slice(1)
      const { rows: json } = JSON.parse(await read('JSON'))
      assert.deepEqual([csv.length, json.length], [want, want])
      for (const [i, { name, numbers, results }] of table.entries()) {
        const [, code, ...cells] = csv[i]
        assert.deepEqual([code, json[i].name], [name, name])
        assert.deepEqual(cells.slice(0, 4), [json[i].total, json[i].new_total, json[i].change, json[i].in_use ?? ''].map(String), `${name}: the files say the same`)
        for (const [n, shown] of numbers.entries()) {
          if (/^[-−+]?[\d,]+$/.test(shown)) assert.equal(Number(shown.replaceAll(',', '').replace('−', '-')), Number(cells[n]), `${name}: ${shown}`)
        }
        assert.equal(cells[4], results.join('; '), name)
        assert.notEqual(cells[4], '', name)
      }
    }
  })
})

for (const way of bothWays) {
  test(`15. Free superfluous: too few is told, enough goes to one summary, and both happen (${way.name})`, async () => {
    const fresh = await freshWorld({ load: [{ quantity: { 'sales-premium': 36 } }] })
    await asAdministrator(fresh, async (page) => {
      await page.goto(`${fresh.url}/licenses/review/kontoret-9`)
      await page.locator('tr.crit').getByRole('link', { name: /Choose who/ }).click()
      const boxes = page.getByRole('checkbox')
      await boxes.nth(4).check()
      await page.getByRole('button', { name: 'Review and go on' }).click()
      assert.match(await page.locator('main').textContent(), /1 more needed/)
      assert.equal(await boxes.nth(4).isChecked(), true, 'what was chosen is kept')
      await boxes.nth(5).check()
      await page.getByRole('button', { name: 'Review and go on' }).click()
      await goOn(page)
      await page.getByRole('button', { name: 'Free 2 and activate' }).click()
      assert.match(await receipt(page), /2 places freed/)
      const premium = (await fresh.api('/licenses?hidden=true')).items.find((l) => l.name === 'kontoret.sales-premium')
      assert.deepEqual([premium.seats, premium.taken], [36, 36])
    }, way)
    await fresh.end()
  })
}

test('15. Where the activation fails nothing was freed', async () => {
  const fresh = await freshWorld({ load: [{ quantity: { 'sales-premium': 36 } }] })
  await asAdministrator(fresh, async (page) => {
    await page.goto(`${fresh.url}/licenses/review/kontoret-9`)
    await page.locator('tr.crit').getByRole('link', { name: /Choose who/ }).click()
    for (const i of [4, 5]) await page.getByRole('checkbox').nth(i).check()
    await page.getByRole('button', { name: 'Review and go on' }).click()
    await goOn(page)
    // Meanwhile one of the places that were spare is taken: it no longer fits.
    await fresh.api('/people/tove.moe/plan', { method: 'PUT', body: { plan: 'kontoret.sales-premium' } })
    await page.getByRole('button', { name: 'Free 2 and activate' }).click()
    assert.match(await page.locator('main').textContent(), /Nothing was activated/)
    const premium = (await fresh.api('/licenses?hidden=true')).items.find((l) => l.name === 'kontoret.sales-premium')
    assert.deepEqual([premium.seats, premium.taken], [40, 39], 'nobody has lost anything')
  })
  await fresh.end()
})

/** Goes on from the choices to the one page before it happens. */
const goOn = (page) => page.getByRole('link', { name: 'Go on to the summary' }).click()

test('16. Everybody of a plan moves to another as part of the activation, and back', async () => {
  const fresh = await freshWorld({ load: [{ quantity: { 'sales-essentials': 0, 'sales-premium': 60 } }] })
  await asAdministrator(fresh, async (page) => {
    await page.goto(`${fresh.url}/licenses/review/kontoret-9`)
    await page.locator('tr.crit').getByRole('link', { name: /Choose who/ }).click()
    const form = page.locator('form', { has: page.getByRole('button', { name: 'Move all 10 with the activation' }) })
    await form.getByRole('combobox').selectOption(await form.locator('option', { hasText: 'Sales Premium' }).getAttribute('value'))
    await form.getByRole('button').click()
    await goOn(page)
    const before = await holds(fresh)
    assert.deepEqual([before.essentials.length, before.premium.length], [10, 38])
    await page.getByRole('button', { name: /activate/i }).first().click()
    await receipt(page)
    // Ten of ten have moved, and the set is in force: in one step, which is one entry.
    const after = await holds(fresh)
    assert.deepEqual(after, { essentials: [], premium: [...before.premium, ...before.essentials].sort(), active: ['kontoret-9'] })
    const trail = (await fresh.api('/audit?limit=100')).items
    const activated = trail.find((e) => e.action === 'set.activate')
    const moves = trail.filter((e) => e.seq === activated.seq && e.person)
    assert.equal(new Set(moves.map((e) => e.person)).size, 10, 'all of it was written at once')
    // Undo restores the set and the people.
    await page.locator('.receipt').getByRole('link', { name: 'Undo' }).or(page.locator('.receipt').getByRole('button', { name: 'Undo' })).click()
    assert.match(await receipt(page), /kontoret-8 is in force again/)
    assert.deepEqual(await holds(fresh), before)
  })
  await fresh.end()
})

/** Who has the two plans of sales, and which of Kontoret's sets is in force. */
async function holds(world) {
  const on = async (plan) => (await world.api(`/people?plan=kontoret.${plan}&limit=100`)).items.map((p) => p.user_id).sort()
  const active = (await world.api('/sets')).items.filter((s) => s.issuer === 'KONTORET' && s.status === 'active').map((s) => s.id)
  const listed = (await world.api('/licenses?hidden=true')).items.some((l) => l.name === 'kontoret.sales-essentials')
  return { essentials: listed ? await on('sales-essentials') : [], premium: await on('sales-premium'), active }
}

test('17. Whoever has something in hand is marked before choosing, and cannot be chosen', async () => {
  const fresh = await freshWorld({ load: [{ quantity: { 'sales-premium': 36 } }] })
  await fresh.blockers({ 'bjorn.dahl': 'Has 7 open requests' })
  await asAdministrator(fresh, async (page) => {
    await page.goto(`${fresh.url}/licenses/review/kontoret-9`)
    await page.locator('tr.crit').getByRole('link', { name: /Choose who/ }).click()
    const bjorn = page.locator('tbody tr', { hasText: 'bjorn.dahl' })
    assert.match(await bjorn.textContent(), /7 open requests/)
    assert.equal(await bjorn.getByRole('checkbox').count(), 0)
    // Not by a forged choice either.
    const { number: his } = await fresh.api('/people/bjorn.dahl')
    await page.goto(`${fresh.url}/licenses/review/kontoret-9?c=remove~kontoret.sales-premium~~${his}`)
    assert.match(await page.locator('.faults').first().textContent(), /Björn|7 open requests|choice/i)
    assert.equal((await fresh.api('/people/bjorn.dahl')).plans.length, 1)
  })
  await fresh.end()
})

test('16. After a final set no undo is offered', async () => {
  const fresh = await freshWorld({ load: [{ final: true, quantity: { 'marketing-essentials': 30 } }] })
  await asAdministrator(fresh, async (page) => {
    await page.goto(`${fresh.url}/licenses/review/kontoret-9`)
    await page.getByRole('button', { name: /Activate/ }).click()
    await receipt(page)
    assert.equal(await page.locator('.receipt').getByText('Undo').count(), 0)
    // Nor elsewhere, nor to whoever sends the form all the same.
    const back = page.locator('a[href*="roll-back"]')
    await page.goto(`${fresh.url}/licenses/history`)
    assert.equal(await back.count(), 0)
    assert.match(await page.locator('main').textContent(), /marked kontoret-9 final/)
    await Promise.all([page.waitForEvent('load'), page.evaluate((to) => {
      const form = document.querySelector('form:has(input[name=csrf])')
      form.action = to
      for (const e of form.querySelectorAll('input:not([name=csrf])')) e.remove()
      form.append(Object.assign(document.createElement('input'), { name: 'issuer', value: 'KONTORET' }))
      form.submit()
    }, `${fresh.url}/licenses/history/roll-back`)])
    assert.match(await page.locator('main').textContent(), /final/i)
    assert.deepEqual((await holds(fresh)).active, ['kontoret-9'])
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

/** The points of the control for a file at which something lies on it. */
const covers = (page) => page.locator('input[type=file]').evaluate((e) => {
  e.scrollIntoView({ block: 'center' })
  const r = e.getBoundingClientRect()
  return [[0.5, 0.5], [0.05, 0.2], [0.95, 0.2], [0.05, 0.8], [0.95, 0.8]].filter(([x, y]) => document.elementFromPoint(r.left + r.width * x, r.top + r.height * y) !== e)
})

for (const way of bothWays) {
  test(`19. When the license has ended an administrator signs in, loads another, and the banner goes (${way.name})`, async () => {
    const fresh = await freshWorld()
    await fresh.moveClock({ days: 220 })
    await fresh.setPassword('karin.lind', 'correct horse battery')
    await visiting(way, async (page) => {
      // Signing in needs no license.
      await page.goto(`${fresh.url}/`)
      await page.getByLabel('User id').fill('karin.lind')
      await page.getByLabel('Password', { exact: true }).fill('correct horse battery')
      await page.getByRole('button', { name: 'Sign in', exact: true }).click()
      await page.locator('.banner').waitFor()
      await page.goto(`${fresh.url}/licenses/import`)
      assert.deepEqual(await covers(page), [], 'nothing lies on the control for the file')
      // Kartan's set has ended too: each issuer's is renewed.
      for (const wish of [{}, { issuer: 'KARTAN', number: 5 }]) {
        await uploadSet(page, fresh, wish)
        await page.goto(`${fresh.url}/licenses/import`)
        assert.deepEqual(await covers(page), [], 'nothing lies on the control for the file')
      }
      await page.goto(`${fresh.url}/`)
      assert.equal(await page.locator('.banner.crit, .banner.warn').count(), 0)
    })
    await fresh.end()
  })
}
