// The palette: Ctrl K from any page.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { closeBrowser } from './harness/browser.mjs'
import { freshWorld } from './harness/house.mjs'
import { as, signIn } from './harness/person.mjs'
import { usual } from './harness/worlds.mjs'

let world
before(async () => (world = await freshWorld(usual)))
after(closeBrowser)

/** Opens the palette on the page of help. */
async function open(page) {
  await page.goto(`${world.url}/help`)
  await page.keyboard.press('Control+k')
  await page.getByRole('dialog').waitFor()
}

/** What the palette offers for a text: the paths it leads to. */
async function offered(page, text) {
  const answered = page.waitForResponse((r) => r.url().endsWith(`/search.json?q=${encodeURIComponent(text)}`))
  await page.locator('dialog input').fill('?')
  await page.locator('dialog input').fill(text)
  const { parts } = await (await answered).json()
  const paths = parts.flatMap((p) => p.items.map((i) => i.path))
  await page.waitForFunction((want) => [...document.querySelectorAll('dialog [role=option]')].map((o) => o.dataset.path).join() === want, paths.join())
  return paths
}

test('39. Ctrl K, “ann” and Enter open Anna’s page', async () => {
  await as('karin.lind', world, async (page) => {
    await open(page)
    await page.keyboard.type('ann')
    const chosen = page.locator('[role=option][aria-selected=true]', { hasText: 'Anna' })
    await chosen.waitFor()
    assert.equal(await page.locator('dialog input').getAttribute('aria-activedescendant'), await chosen.getAttribute('id'))
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/users\/anna/)
    assert.match(await page.locator('h1').textContent(), /Anna/)
  })
})

test('39. … however fast they are pressed', async () => {
  await as('karin.lind', world, async (page) => {
    // What was asked for before the name was typed comes late, and the answer later.
    let first = true
    await page.route('**/search.json*', async (route) => {
      if (!first) await new Promise((resolve) => setTimeout(resolve, 200))
      first = false
      await route.continue()
    })
    await open(page)
    await page.locator('dialog [role=option]').first().waitFor()
    await page.keyboard.type('ann')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/users\/anna/)
  })
})

test('39. Esc closes the palette and gives the focus back', async () => {
  await as('karin.lind', world, async (page) => {
    await page.goto(`${world.url}/help`)
    const link = page.locator('main a').first()
    await link.focus()
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog').waitFor()
    assert.equal(await page.locator('dialog input').evaluate((e) => e === document.activeElement), true)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    assert.equal(await link.evaluate((e) => e === document.activeElement), true)
  })
})

const texts = ['', '>', 'a', 's', '@ann', '#sales']

test('39. What the role may not use is not in the palette, and all that it may do is', async () => {
  const everything = new Map()
  await as('karin.lind', world, async (page) => {
    await open(page)
    for (const text of texts) everything.set(text, await offered(page, text))
  })
  assert.ok([...everything.values()].flat().length > 40, 'an administrator is offered much')
  const counts = []
  for (const who of ['karin.lind', 'dag.ahman', 'rut.berg', 'olle.ek']) {
    await as(who, world, async (page, { context }) => {
      await open(page)
      let n = 0
      for (const [text, all] of everything) {
        const own = await offered(page, text)
        n += own.length
        for (const path of new Set([...all, ...own])) {
          const answer = await context.request.get(world.url + path)
          const about = `${who}, “${text}”: ${path} answers ${answer.status()}`
          if (own.includes(path)) assert.ok(answer.status() < 400, about)
          // What may be looked at only is not offered as something to do.
          else assert.ok(answer.status() === 403 || !/<main[^]*<button type="submit"[^]*<\/main>/.test(await answer.text()), about)
        }
      }
      counts.push(n)
    })
  }
  assert.ok(counts[0] > counts[1] && counts[1] > counts[2] && counts[2] > counts[3] && counts[3] > 0, `${counts}`)
})

test('39. What one reader looked for is not shown to the next at the same browser', async () => {
  await as('karin.lind', world, async (page, visitor) => {
    await open(page)
    await page.keyboard.type('ann')
    await page.locator('[role=option][aria-selected=true]', { hasText: 'Anna' }).waitFor()
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/users\/anna/)
    await open(page)
    await page.locator('[role=option]', { hasText: 'Anna' }).first().waitFor()
    await page.keyboard.press('Escape')
    await page.locator('details.account summary').click()
    await page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await page.waitForURL(/\/signin/)
    await signIn(visitor, world, 'olle.ek')
    await open(page)
    await page.locator('dialog [role=option]').first().waitFor()
    assert.deepEqual(await page.locator('[role=option]', { hasText: 'Anna' }).count(), 0)
  })
})

test('39. Single letters do nothing until they are switched on', async () => {
  await as('karin.lind', world, async (page) => {
    const press = async (...keys) => {
      for (const key of keys) await page.keyboard.press(key)
    }
    await page.goto(`${world.url}/help`)
    const before = await page.evaluate(() => ({ focus: document.activeElement.localName, y: scrollY }))
    await press('g', 'u', '?', '/')
    // Whatever they might begin would be over before this is answered.
    await page.evaluate(() => fetch(location.href).then((r) => r.text()))
    assert.match(page.url(), /\/help$/)
    assert.deepEqual(await page.evaluate(() => ({ focus: document.activeElement.localName, y: scrollY })), before)

    await page.goto(`${world.url}/me/appearance`)
    await page.locator('#shortcuts').check()
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.locator('.receipt').waitFor()
    await press('g', 'u')
    await page.waitForURL(/\/users$/)
    await press('?')
    await page.waitForURL(/\/help#keys$/)
    await press('/')
    assert.equal(await page.evaluate(() => document.activeElement.id), 'find')
    // In a field they are letters.
    await press('g', 'u', '?')
    assert.equal(await page.locator('#find').inputValue(), 'gu?')
  })
})
