// What was changed behind the server's back is found while it runs, told, and put
// right again.
import { after, test } from 'node:test'
import assert from 'node:assert/strict'
import { closeBrowser } from './harness/browser.mjs'
import { freshWorld } from './harness/house.mjs'
import { asAdministrator, bothWays, receipt } from './harness/person.mjs'
import { send } from './harness/forms.mjs'

after(closeBrowser)

const premium = async (world) => (await world.api('/licenses?hidden=true')).items.find((l) => l.name === 'kontoret.sales-premium')
const acts = async (world) => (await world.api('/audit?limit=50')).items.map((e) => e.action)

/** Waits until the server has looked at every record once more, from its first to its last. */
async function oneRound(world) {
  const ended = async () => (await world.api('/integrity')).round.ended
  // The round that goes on may have been past the place already.
  for (let round = 0; round < 2; round++) {
    const before = await ended()
    while ((await ended()) === before) await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

for (const way of bothWays) {
  test(`20. A row that is edited in the database raises a banner by itself, is shown as damaged, and comes back (${way.name})`, async () => {
    const world = await freshWorld({ verify: '1s' })
    await asAdministrator(world, async (page) => {
      await page.goto(`${world.url}/`)
      assert.equal(await page.locator('.banner').count(), 0)
      assert.equal(await world.editBehindTheBack("UPDATE license SET seats = 99 WHERE module = 'sales-premium'"), 1)
      await oneRound(world)

      await page.goto(`${world.url}/`)
      const banner = page.locator('.banner.crit')
      assert.match(await banner.textContent(), /1 record was changed outside the system/)
      const row = page.locator('tbody tr', { hasText: 'kontoret.sales-premium' })
      await page.goto(`${world.url}/licenses?issuer=KONTORET`)
      // What it says is not believed: the signed file says 40.
      assert.match(await row.textContent(), /40/)
      assert.match(await row.textContent(), /Changed outside the system/)
      assert.equal(await row.evaluate((e) => e.classList.contains('crit')), true)
      assert.deepEqual([(await premium(world)).seats, (await premium(world)).taken], [40, 38])

      await banner.getByRole('link').first().click()
      await page.locator('main tbody tr', { hasText: 'license KONTORET/sales-premium' }).getByRole('link', { name: 'Sales Premium' }).click()
      assert.match(await page.locator('main').textContent(), /99/)
      await send(page, new URL(page.url()).pathname.replace('/northwind', ''), { action: 'restore', reason: 'Somebody typed in the database' })
      assert.match(await page.locator('main').textContent(), /Nothing is changed yet/)
      await send(page, new URL(page.url()).pathname.replace('/northwind', ''), { code: await world.confirm() }, 'button[value=repair]')
      assert.match(await receipt(page), /The license Sales Premium/)

      await page.goto(`${world.url}/licenses?issuer=KONTORET`)
      assert.equal(await page.locator('.banner').count(), 0)
      assert.doesNotMatch(await row.textContent(), /changed outside/i)
      const [stored] = await world.readBehindTheBack("SELECT seats FROM license WHERE module = 'sales-premium'")
      assert.equal(Number(stored.seats), 40)

      await page.goto(`${world.url}/audit`)
      const trail = await acts(world)
      assert.ok(trail.includes('event.start') && trail.includes('repair.restore'), trail.join(' '))
    }, way)
    await world.end()
  })
}
