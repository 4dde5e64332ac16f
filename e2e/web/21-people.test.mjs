// People: what they are given, and why they may use what they may use.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { closeBrowser } from './harness/browser.mjs'
import { freshWorld } from './harness/house.mjs'
import { asAdministrator, receipt } from './harness/person.mjs'

let world
before(async () => (world = await freshWorld()))
after(closeBrowser)

const extrasOf = async (w, id) => (await w.api(`/people/${id}`)).extras.map((h) => h.name.split('.')[1]).sort()

test('21. The three groups of plans can express exactly 26 combinations, and never two tiers of one line', async () => {
  await asAdministrator(world, async (page, { context }) => {
    await page.goto(`${world.url}/users/tove.moe/plans`)
    const groups = await page.locator('fieldset.choice').evaluateAll((all) =>
      all.filter((f) => f.querySelector('input[name*=line]')).map((f) => ({ legend: f.querySelector('legend').textContent, names: new Set([...f.querySelectorAll('input[type=radio]')].map((r) => r.name)).size, options: f.querySelectorAll('input[type=radio]').length })),
    )
    assert.deepEqual(groups.map((g) => [g.legend, g.names, g.options]), [['Sales', 1, 3], ['Service', 1, 3], ['Marketing', 1, 3]])
    assert.equal(groups.reduce((n, g) => n * g.options, 1) - 1, 26)
    // A form that says both tiers stores one at most.
    const form = await page.locator('form[data-plans]').evaluate((f) => ({ action: f.action, fields: [...new FormData(f)] }))
    const line = form.fields.find(([name]) => /line.*sales/.test(name))[0]
    const body = new URLSearchParams(form.fields.filter(([name]) => name !== line))
    for (const tier of ['essentials', 'premium']) body.append(line, tier)
    await context.request.post(form.action, { data: body.toString(), headers: { 'Content-Type': 'application/x-www-form-urlencoded', Origin: world.server, 'Sec-Fetch-Site': 'same-origin' }, maxRedirects: 0 })
    const plans = (await world.api('/people/tove.moe')).plans.filter((p) => p.name.includes('sales-'))
    assert.ok(plans.length <= 1, `${plans.length} tiers of one line`)
  })
})

test('22. Travel brings what it needs along and says so; what others need asks first', async () => {
  await asAdministrator(world, async (page) => {
    await page.goto(`${world.url}/users/rut.berg/plans`)
    const box = (name) => page.getByRole('checkbox', { name, exact: true })
    await box('Travel').check()
    assert.equal(await box('Windows client').isChecked(), true)
    assert.equal(await box('User login').isChecked(), true)
    const status = page.locator('[data-extras-status]')
    await page.waitForFunction(() => document.querySelector('[data-extras-status]').textContent.includes('selected too'))
    assert.match(await status.textContent(), /Windows client/)
    await box('User login').click()
    const ask = page.locator('.ask')
    await ask.waitFor()
    assert.match(await ask.textContent(), /Windows client.*Travel|Travel.*Windows client/)
    await ask.getByRole('button', { name: /^Remove \d/ }).click()
    for (const name of ['Travel', 'Windows client', 'User login']) assert.equal(await box(name).isChecked(), false, name)
  })
})

test('22. Without JavaScript the server does the same', async () => {
  const fresh = await freshWorld()
  await asAdministrator(fresh, async (page) => {
    await page.goto(`${fresh.url}/users/rut.berg/plans`)
    await page.getByRole('checkbox', { name: 'Travel', exact: true }).check()
    await page.getByRole('button', { name: 'Review change' }).click()
    assert.match(await receipt(page), /./)
    assert.deepEqual(await extrasOf(fresh, 'rut.berg'), ['travel', 'user', 'windows'])
    await page.goto(`${fresh.url}/users/rut.berg/plans`)
    await page.getByRole('checkbox', { name: 'User login', exact: true }).uncheck()
    await page.getByRole('button', { name: 'Review change' }).click()
    const text = await page.locator('main').textContent()
    assert.match(text, /Nothing is saved yet/)
    for (const name of ['Travel', 'Windows client', 'User login']) assert.match(text, new RegExp(name))
    await page.getByRole('button', { name: /Make .* change/ }).click()
    await receipt(page)
    assert.deepEqual(await extrasOf(fresh, 'rut.berg'), [])
  }, { javaScript: false })
  await fresh.end()
})

test('23. Why shows every path and ends with the answer; what if takes one away', async () => {
  const fresh = await freshWorld()
  await fresh.api('/people/anna.vik/extras/kontoret.user', { method: 'PUT', body: {} })
  await asAdministrator(fresh, async (page) => {
    await page.goto(`${fresh.url}/users/anna.vik/uses?why=kontoret.user`)
    const why = page.locator('.why-card')
    assert.equal(await why.locator('ol[data-path]').count(), 2, 'by the plan and by itself')
    assert.match(await why.locator('.state').first().textContent(), /allowed|may|yes/i)
    const select = why.getByRole('combobox')
    await select.selectOption(await select.locator('option', { hasText: 'User login is taken back' }).getAttribute('value'))
    await why.getByRole('button', { name: 'Show what would change' }).click()
    assert.match(await page.locator('.why-card [role=status]').textContent(), /The answer stays the same/)
  }, { javaScript: false })
  await fresh.end()
})

test('24. The page, the API and the command give the same steps', async () => {
  const { stdout } = await world.pott('user', 'why', 'olle.ek', 'kontoret.quote-cal', '--json')
  const command = JSON.parse(stdout)
  const steps = (doc) => doc.paths.flatMap((p) => p.steps.map((s) => s.text))
  const api = await world.api('/why?person=olle.ek&module=kontoret.quote-cal')
  assert.deepEqual(steps(command), steps(api))
  await asAdministrator(world, async (page) => {
    await page.goto(`${world.url}/users/olle.ek/uses?why=kontoret.quote-cal`)
    assert.deepEqual(await page.locator('.why-card ol[data-path] > li').allTextContents(), steps(api))
  })
})
