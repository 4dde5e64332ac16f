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

test('21. The three groups of plans can express exactly 26 combinations', async () => {
  await asAdministrator(world, async (page) => {
    await page.goto(`${world.url}/users/tove.moe/plans`)
    const groups = await page.locator('fieldset.choice').evaluateAll((all) =>
      all.filter((f) => f.querySelector('input[name*=line]')).map((f) => ({ legend: f.querySelector('legend').textContent, names: new Set([...f.querySelectorAll('input[type=radio]')].map((r) => r.name)).size, options: f.querySelectorAll('input[type=radio]').length })),
    )
    assert.deepEqual(groups.map((g) => [g.legend, g.names, g.options]), [['Sales', 1, 3], ['Service', 1, 3], ['Marketing', 1, 3]])
    assert.equal(groups.reduce((n, g) => n * g.options, 1) - 1, 26)
  })
})

const lines = ['sales', 'service', 'marketing']
const tiers = ['', 'essentials', 'premium']

/** Sends the form of somebody's plans, with some of its fields said otherwise: [[name, value], …]. */
async function sendPlans({ page, world, who }, fields) {
  return page.evaluate(async ([path, fields]) => {
    const form = new DOMParser().parseFromString(await (await fetch(path)).text(), 'text/html').querySelector('form[data-plans]')
    const said = new Set(fields.map(([name]) => name))
    const body = new URLSearchParams([...[...new FormData(form)].filter(([name]) => !said.has(name)), ...fields, ['confirm', 'yes']])
    const answer = await fetch(form.getAttribute('action'), { method: 'POST', body, redirect: 'manual' })
    return answer.type === 'opaqueredirect' ? 303 : answer.status
  }, [`${world.url}/users/${who}/plans`, fields])
}

/** The plans somebody has, by line: { sales: ['premium'], … }. */
async function plansOf(world, who) {
  const have = Object.fromEntries(lines.map((l) => [l, []]))
  for (const { name } of (await world.api(`/people/${who}`)).plans) {
    const [line, tier] = name.replace('kontoret.', '').split('-')
    have[line]?.push(tier)
  }
  return have
}

const field = (line) => `line:KONTORET:${line}:${line}`

test('21. … each of which is stored as it was chosen', async () => {
  const roomy = await freshWorld({ load: [{ quantity: { 'service-premium': 70 } }] })
  await asAdministrator(roomy, async (page) => {
    await page.goto(`${roomy.url}/help`)
    const stored = new Set()
    for (const sales of tiers) for (const service of tiers) for (const marketing of tiers) {
      const choice = { sales, service, marketing }
      const status = await sendPlans({ page, world: roomy, who: 'tove.moe' }, lines.map((l) => [field(l), choice[l]]))
      assert.equal(status, 303, `${JSON.stringify(choice)} is taken`)
      const have = await plansOf(roomy, 'tove.moe')
      assert.deepEqual(have, Object.fromEntries(lines.map((l) => [l, choice[l] ? [choice[l]] : []])))
      if (Object.values(choice).some(Boolean)) stored.add(JSON.stringify(have))
    }
    assert.equal(stored.size, 26)
  })
  await roomy.end()
})

test('21. … and nothing that is sent stores two tiers of a line', async () => {
  const roomy = await freshWorld({ load: [{ quantity: { 'service-premium': 70 } }] })
  await asAdministrator(roomy, async (page, visitor) => {
    await page.goto(`${roomy.url}/help`)
    const names = (line) => ['essentials', 'premium'].map((t) => `kontoret.${line}-${t}`)
    for (const line of lines) {
      const two = names(line)
      for (const [what, fields] of Object.entries({
        'both in one field': [[field(line), 'essentials'], [field(line), 'premium']],
        'both, the other way round': [[field(line), 'premium'], [field(line), 'essentials']],
        'both by name': two.map((n) => ['give', n]),
        'one by name and one in its line': [['give', two[0]], [field(line), 'premium']],
        'one as the plan of a group and one in its line': [[`plan:KONTORET:${line}`, two[1]], [field(line), 'essentials']],
        'both in the lines of another': lines.flatMap((l) => [[`line:KONTORET:${line}:${l}`, l === line ? 'essentials' : 'premium']]),
        'both in one value': [[field(line), 'essentials,premium']],
      })) {
        const status = await sendPlans({ page, world: roomy, who: 'tove.moe' }, fields)
        assert.ok(status < 500, `${line}, ${what}: ${status}`)
        for (const [l, have] of Object.entries(await plansOf(roomy, 'tove.moe'))) assert.ok(have.length <= 1, `${line}, ${what}: ${have} of ${l}`)
      }
    }
    visitor.complaints.length = 0 // most of it is refused
    // Nor through the other doors.
    for (const path of ['plans/kontoret.sales-premium', 'plans/kontoret.sales-essentials']) await roomy.api(`/people/tove.moe/${path}`, { method: 'PUT', body: {} }).catch(() => {})
    for (const plan of ['kontoret.sales-premium', 'kontoret.sales-essentials']) await roomy.pott('user', 'plan', 'add', 'tove.moe', plan)
    assert.equal((await plansOf(roomy, 'tove.moe')).sales.length, 1)
  })
  await roomy.end()
})

test('22. Travel brings what it needs along and says so; what others need asks first', async () => {
  await asAdministrator(world, async (page) => {
    await page.goto(`${world.url}/users/rut.berg/plans`)
    const box = (name) => page.getByRole('checkbox', { name, exact: true })
    const three = ['Travel', 'Windows client', 'User login']
    const checked = () => Promise.all(three.map((name) => box(name).isChecked()))
    // The region is there before anything is said in it, so that it is read out.
    const status = page.getByRole('status').and(page.locator('[data-extras-status]'))
    assert.deepEqual([await status.count(), (await status.textContent()).trim(), await checked()], [1, '', [false, false, false]])
    await box('Travel').check()
    assert.deepEqual(await checked(), [true, true, true])
    await page.waitForFunction(() => document.querySelector('[data-extras-status]').textContent.includes('selected too'))
    for (const name of ['Windows client', 'User login']) assert.match(await status.textContent(), new RegExp(name))
    // Those that need it are listed before anything is taken away, and kept by whoever changes their mind.
    const ask = page.locator('.ask')
    const asked = async () => {
      await box('User login').click()
      await ask.waitFor()
      for (const name of ['Windows client', 'Travel']) assert.match(await ask.textContent(), new RegExp(name))
      assert.deepEqual(await checked(), [true, true, true], 'nothing is removed yet')
    }
    await asked()
    await ask.getByRole('button', { name: 'Keep', exact: true }).click()
    assert.deepEqual(await checked(), [true, true, true])
    await asked()
    await ask.getByRole('button', { name: /^Remove \d/ }).click()
    assert.deepEqual(await checked(), [false, false, false])
  })
})

test('22. Without JavaScript the server does the same', async () => {
  const fresh = await freshWorld()
  await asAdministrator(fresh, async (page) => {
    await page.goto(`${fresh.url}/users/rut.berg/plans`)
    await page.getByRole('checkbox', { name: 'Travel', exact: true }).check()
    await page.getByRole('button', { name: 'Review change' }).click()
    const said = await receipt(page)
    for (const name of ['Travel', 'Windows client', 'User login']) assert.match(said, new RegExp(name))
    assert.deepEqual(await extrasOf(fresh, 'rut.berg'), ['travel', 'user', 'windows'])
    await page.goto(`${fresh.url}/users/rut.berg/plans`)
    await page.getByRole('checkbox', { name: 'User login', exact: true }).uncheck()
    await page.getByRole('button', { name: 'Review change' }).click()
    const text = await page.locator('main').textContent()
    assert.match(text, /Nothing is saved yet/)
    for (const name of ['Travel', 'Windows client', 'User login']) assert.match(text, new RegExp(name))
    assert.deepEqual(await extrasOf(fresh, 'rut.berg'), ['travel', 'user', 'windows'], 'nothing is removed yet')
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
    const paths = why.locator('ol[data-path]')
    assert.equal(await paths.count(), 2, 'by the plan and by itself')
    assert.match(await paths.nth(0).textContent(), /Marketing Premium/)
    assert.doesNotMatch(await paths.nth(1).textContent(), /Marketing Premium/)
    // All of it ends with the answer.
    const last = await why.evaluate((card) => {
      const [result] = card.querySelectorAll('[data-result]')
      const behind = [...card.querySelectorAll('ol, ul')].filter((l) => l.compareDocumentPosition(result) & Node.DOCUMENT_POSITION_PRECEDING)
      return { says: result.innerText.trim().replace(/\s+/g, ' '), behind: behind.length }
    })
    assert.match(last.says, /^Result: Allowed/)
    assert.equal(last.behind, 0)
    const select = why.getByRole('combobox')
    await select.selectOption(await select.locator('option', { hasText: 'User login is taken back' }).getAttribute('value'))
    await why.getByRole('button', { name: 'Show what would change' }).click()
    const then = await page.locator('.why-card [role=status]').textContent()
    assert.match(then, /Allowed/)
    assert.match(then, /The answer stays the same/)
    assert.equal((await fresh.api('/people/anna.vik')).extras.some((h) => h.name === 'kontoret.user'), true, 'nothing was taken')
  }, { javaScript: false })
  await fresh.end()
})

// Allowed by a plan, allowed in two ways, denied with what would help, a feature of
// the whole house, and one that the person may only read.
const questions = [['olle.ek', 'kontoret.quote-cal'], ['karin.lind', 'kontoret.user'], ['tove.moe', 'kontoret.sale-cal'], ['tove.moe', 'kontoret.travel'], ['olle.ek', 'kontoret.quote'], ['olle.ek', 'kontoret.server']]

test('24. The page, the API and the command give the same steps', async () => {
  const told = ({ effect, paths, missing }) => ({ effect, paths: paths.map((p) => p.steps.map((s) => s.text)), missing: (missing ?? []).map((m) => [m.text, ...(m.fixes ?? []).map((f) => f.text)]) })
  const effects = { allow: /^Result: Allowed/, deny: /^Result: Not allowed/, 'read-only': /^Result: Read only/ }
  const seen = new Set()
  await asAdministrator(world, async (page) => {
    for (const [who, module] of questions) {
      const api = told(await world.api(`/why?person=${who}&module=${module}`))
      const { stdout, exit } = await world.pott('user', 'why', who, module, '--json')
      assert.equal(exit, 0)
      assert.deepEqual(told(JSON.parse(stdout)), api, `the command, ${who} ${module}`)
      await page.goto(`${world.url}/users/${who}/uses?why=${module}`)
      const shown = await page.locator('.why-card').evaluate((card) => {
        const texts = (all) => [...all].map((e) => [...e.childNodes].filter((n) => n.nodeType === Node.TEXT_NODE).map((n) => n.data).join('').trim())
        return {
          paths: [...card.querySelectorAll('ol[data-path]')].map((p) => texts(p.children)),
          missing: [...card.querySelectorAll('[data-missing]')].map((m) => [...texts([m]), ...texts(m.querySelectorAll('li'))]),
          result: card.querySelector('[data-result]').innerText.trim().replace(/\s+/g, ' '),
        }
      })
      assert.deepEqual([shown.paths, shown.missing], [api.paths, api.missing], `the page, ${who} ${module}`)
      assert.match(shown.result, effects[api.effect])
      seen.add(`${api.effect} ${api.paths.length > 0} ${api.missing.length > 0}`)
    }
  })
  assert.ok(seen.size >= 2 && [...seen].some((s) => s.startsWith('deny')), [...seen].join(', '))
})
