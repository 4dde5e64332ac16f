// Many people at a time: lists that are sent, jobs, and people who are chosen.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { closeBrowser } from './harness/browser.mjs'
import { freshWorld } from './harness/house.mjs'
import { asAdministrator, bothWays } from './harness/person.mjs'

let world
before(async () => (world = await freshWorld()))
after(closeBrowser)

/** Text as Windows writes it in the north of Europe. */
const windows1252 = (text) => Buffer.from(text, 'latin1')

async function sendList(page, w, buffer) {
  await page.goto(`${w.url}/users/bulk`)
  await page.locator('#file').setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer })
  await page.getByRole('button', { name: 'See what would happen' }).click()
  await page.waitForURL(/\/users\/bulk\/list\//)
}

test('25. A list with three bad rows names them, saves nothing, and comes back clean once corrected', async () => {
  const fresh = await freshWorld()
  const head = 'User id;First name;Last name;Group;Plans\r\n'
  const good = 'ny.person1;Åke;Öberg;Sales;kontoret.sales-essentials\r\nny.person2;Øyvind;Sjö;Sales;\r\n'
  const bad = 'ny.person3;Bo;Ek;Sales;kontoret.no-such-plan\r\n;Utan;Namn;Sales;\r\nny.person4;Eva;Lind;Sales;kontoret.travel-agency\r\n'
  await asAdministrator(fresh, async (page, { context }) => {
    await sendList(page, fresh, windows1252(head + good + bad))
    const main = page.locator('main')
    assert.match(await main.textContent(), /Nothing is saved yet/)
    assert.match(await main.textContent(), /3 have errors/)
    assert.match(await main.textContent(), /Åke/)
    assert.equal((await fresh.api('/people?q=ny.person')).total ?? 0, 0)
    const link = await page.getByRole('link', { name: 'Download rows with errors' }).getAttribute('href')
    const file = await (await context.request.get(fresh.server + link)).text()
    assert.equal(file.trim().split(/\r?\n/).length, 4, 'the head and the three rows')
    const corrected = file.replaceAll('kontoret.no-such-plan', '').replaceAll('kontoret.travel-agency', '').replace(/^([;,])Utan|^""?([;,])Utan/m, (m, a, b) => `ny.person5${a ?? b}Utan`)
    await sendList(page, fresh, Buffer.from(corrected))
    assert.match(await main.textContent(), /0 have errors/)
  }, { javaScript: false })
  await fresh.end()
})

test('26. A job of 300 rows tells how far it is, is there when one comes back, sums up, and can be undone', async () => {
  const fresh = await freshWorld()
  const rows = Array.from({ length: 300 }, (_, i) => `new${String(i).padStart(3, '0')};First${i};Last${i};Newcomers`)
  await asAdministrator(fresh, async (page) => {
    await sendList(page, fresh, Buffer.from(`User id;First name;Last name;Group\n${rows.join('\n')}\n`))
    await page.getByRole('button', { name: 'Change 300 people' }).click()
    await page.waitForURL(/\/users\/bulk\/jobs\//)
    const job = page.url()
    await page.goto(`${fresh.url}/users`)
    for (let i = 0; i < 40 && !/Done/.test(await page.locator('main').textContent()); i++) await page.goto(job)
    assert.match(await page.locator('main').textContent(), /300/)
    assert.equal((await fresh.api('/people?q=Newcomers')).total, 300)
    await page.getByRole('button', { name: /Undo/ }).click()
    await page.waitForLoadState()
    const undoing = page.url()
    for (let i = 0; i < 40 && !/Done/.test(await page.locator('main').textContent()); i++) await page.goto(undoing)
    assert.equal((await fresh.api('/people?q=Newcomers')).total ?? 0, 0)
  }, { javaScript: false })
  await fresh.end()
})

for (const way of bothWays) {
  test(`29. Selecting a page says how many of how many, and offers all that match (${way.name})`, async () => {
    await asAdministrator(world, async (page) => {
      await page.goto(`${world.url}/users`)
      await page.getByRole('link', { name: 'Select all 50 on this page' }).click()
      await page.waitForLoadState()
      await page.getByText('50 of 300 selected').waitFor()
      await page.getByRole('link', { name: 'Select all 300 that match' }).click()
      await page.getByText('300 of 300 selected').waitFor()
      await page.locator('#act').selectOption({ label: 'Give a license' })
      await page.locator('#name').selectOption(await page.locator('#name option', { hasText: 'Confidential activities' }).first().getAttribute('value'))
      await page.getByRole('button', { name: 'Review the change' }).click()
      await page.waitForLoadState()
      assert.match(await page.locator('main').textContent(), /Give (298|300) people Confidential activities/)
    }, way)
  })
}
