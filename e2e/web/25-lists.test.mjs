// Many people at a time: lists that are sent.
import { after, test } from 'node:test'
import assert from 'node:assert/strict'
import { closeBrowser } from './harness/browser.mjs'
import { freshWorld } from './harness/house.mjs'
import { asAdministrator } from './harness/person.mjs'

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
    const rows = await page.locator('tr.crit').allTextContents()
    assert.equal(rows.length, 3)
    for (const [i, words] of [/^4\s*ny\.person3.*no-such-plan/s, /^5.*Error.+/s, /^6\s*ny\.person4.*travel-agency/s].entries()) assert.match(rows[i].trim(), words)
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
