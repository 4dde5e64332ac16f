// Status, notifications, damage and the audit trail.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { closeBrowser, visiting } from './harness/browser.mjs'
import { freshWorld } from './harness/house.mjs'
import { as, asAdministrator, receipt, signIn } from './harness/person.mjs'

let world
before(async () => (world = await freshWorld()))
after(closeBrowser)

const tell = (w, text) => w.api('/events', { method: 'POST', body: { type: 'message', texts: { en: text } } })

test('35. A new notification shows up in an open session without moving focus or rows; updates can be paused', async () => {
  await asAdministrator(world, async (page) => {
    const events = async () => (await world.api('/events')).items.length
    const before = await events()
    await page.goto(`${world.url}/status`)
    const link = page.locator('main a').first()
    await link.focus()
    const rows = await page.locator('[data-events] tbody tr').count()
    await tell(world, 'The coffee machine is back')
    const news = /^Show \d+ new$/
    const show = page.getByRole('button', { name: news })
    await show.waitFor({ timeout: 60_000 })
    // It says how many there are: one, and what the server itself may have told meanwhile.
    while ((await show.textContent()) !== `Show ${(await events()) - before} new`) await new Promise((resolve) => setTimeout(resolve, 100))
    assert.equal(await page.locator('[data-events] tbody tr').count(), rows, 'no row has moved')
    assert.equal(await link.evaluate((e) => e === document.activeElement), true, 'the focus has not moved')
    assert.match(await page.locator('[aria-live=polite]').textContent(), /\d+ new notifications?/)
    await show.click()
    await page.getByText('The coffee machine is back').first().waitFor()
    await page.getByRole('button', { name: 'Pause updates' }).click()
    await asAdministrator(world, async (other) => {
      await other.goto(`${world.url}/status`)
      await tell(world, 'The coffee machine is gone')
      await other.getByRole('button', { name: news }).waitFor({ timeout: 60_000 })
    })
    assert.equal(await show.count(), 0, 'whoever has paused is not told')
    await page.getByRole('button', { name: 'Resume updates' }).click()
    await show.waitFor({ timeout: 60_000 })
  })
})

test('While there is no connection a strip says so, and what was typed stays', async () => {
  await asAdministrator(world, async (page) => {
    await page.goto(`${world.url}/users/new`)
    await page.locator('#user_id').fill('half.typed')
    const strip = page.locator('.strip[role=status]')
    assert.equal(await strip.count(), 0)
    await page.context().setOffline(true)
    await strip.waitFor()
    assert.match(await strip.textContent(), /No connection/)
    assert.equal(await page.locator('#user_id').inputValue(), 'half.typed')
    await page.context().setOffline(false)
    await strip.waitFor({ state: 'detached' })
  })
})

test('35. No login lets an administrator in and stops others', async () => {
  const fresh = await freshWorld()
  for (const who of ['karin.lind', 'olle.ek']) await fresh.setPassword(who, 'correct horse battery')
  await fresh.api('/events', { method: 'POST', body: { type: 'no-login', texts: { en: 'We move the servers' } } })
  const tries = async (who) => {
    let inside
    await visiting({ javaScript: false }, async (page) => {
      await page.goto(`${fresh.url}/signin`)
      assert.match(await page.locator('main').textContent(), /We move the servers/)
      await page.getByLabel('User id').fill(who)
      await page.getByLabel('Password', { exact: true }).fill('correct horse battery')
      await page.getByRole('button', { name: 'Sign in', exact: true }).click()
      await page.waitForLoadState()
      inside = !page.url().includes('/signin')
    })
    return inside
  }
  assert.equal(await tries('karin.lind'), true)
  assert.equal(await tries('olle.ek'), false)
  await fresh.end()
})

test('36. Verify says Intact with the count, Broken with the right number, and Cannot be checked where nothing was', async () => {
  const fresh = await freshWorld()
  // Northwind is the one with most to tell.
  const [{ installation }] = await fresh.readBehindTheBack('SELECT installation FROM audit GROUP BY installation ORDER BY count(*) DESC LIMIT 1')
  await asAdministrator(fresh, async (page) => {
    const verify = async (from = '', to = '') => {
      await page.goto(`${fresh.url}/audit/verify`)
      await page.locator('#from').fill(from)
      await page.locator('#to').fill(to)
      await page.getByRole('button', { name: 'Verify the range' }).click()
      const verdict = page.locator('.verdict')
      await verdict.waitFor()
      return { text: (await verdict.textContent()).replace(/\s+/g, ' '), green: (await verdict.locator('.state.ok').count()) > 0 }
    }
    const count = async () => Number((await fresh.readBehindTheBack('SELECT count(*) AS n FROM audit WHERE installation = ?', installation))[0].n)
    const before = await count()
    const intact = await verify()
    assert.match(intact.text, /Intact/)
    assert.equal(intact.green, true)
    // Every entry there is; one more may be written meanwhile.
    const [checked, after] = [Number(/([\d,]+) entries checked/.exec(intact.text)[1].replace(/,/g, '')), await count()]
    assert.ok(before <= checked && checked <= after && after - before <= 1, `${checked} of ${before} to ${after}`)

    const nothing = await verify('9000')
    assert.match(nothing.text, /Cannot be checked/)
    assert.equal(nothing.green, false)

    const [{ seq, n }] = await fresh.readBehindTheBack("SELECT seq, n FROM audit WHERE installation = ? AND action = 'person.add' ORDER BY seq DESC LIMIT 1", installation)
    assert.equal(await fresh.editBehindTheBack('UPDATE audit SET action = ? WHERE installation = ? AND seq = ? AND n = ?', 'person.forged', installation, seq, n), 1)
    const broken = await verify()
    assert.match(broken.text, new RegExp(`Broken at #${seq}(?!\\d)`))
    assert.equal(broken.green, false)
    // What lies before it is as it was; a range that holds it is not.
    const earlier = await verify('1', String(seq - 1))
    assert.match(earlier.text, /Intact/)
    assert.match((await verify(String(seq), String(seq))).text, new RegExp(`Broken at #${seq}(?!\\d)`))
  }, { javaScript: false })
  await fresh.end()
})
