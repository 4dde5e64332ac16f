// Many people at a time: jobs that tell how far they are, and people who are chosen.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { closeBrowser } from './harness/browser.mjs'
import { freshWorld } from './harness/house.mjs'
import { asAdministrator, bothWays } from './harness/person.mjs'
import { pressed, send } from './harness/forms.mjs'

after(closeBrowser)

const newcomers = (n) => `User id;First name;Last name;Group\n${Array.from({ length: n }, (_, i) => `new${String(i).padStart(3, '0')};First${i};Last${i};Newcomers`).join('\n')}\n`
const main = (page) => page.locator('main').textContent()
const count = async (world) => (await world.api('/people?q=Newcomers')).total ?? 0

/** Sends a list of 300 rows and begins its job; partly: what can be done of it, in parts. */
async function begin(page, world, partly) {
  await page.goto(`${world.url}/users/bulk`)
  await send(page, '/users/bulk', { file: { name: 'people.csv', text: newcomers(300) } })
  if (partly) {
    await page.locator('#partial').check()
    await pressed(page, page.locator('form:has(#partial) button'))
  }
  await pressed(page, page.getByRole('button', { name: 'Change 300 people' }))
  await page.waitForURL(/\/users\/bulk\/jobs\//)
  return page.url()
}

/** Looks at a page of a job again and again until it says something. */
async function until(page, url, words) {
  do await page.goto(url)
  while (!words.test(await main(page)))
}

for (const way of bothWays) {
  test(`26. A job of 300 rows tells how far it is, is there when one comes back, and stops between two rows (${way.name})`, async () => {
    const world = await freshWorld()
    await world.hold(100)
    await asAdministrator(world, async (page) => {
      const job = await begin(page, world, true)
      const bar = page.getByRole('progressbar')
      await until(page, job, /100 of 300/)
      assert.deepEqual([await bar.getAttribute('aria-valuenow'), await bar.getAttribute('aria-valuemax'), await bar.getAttribute('aria-valuetext')], ['100', '300', '100 of 300'])
      await page.goto(`${world.url}/users`)
      await world.hold(200)
      await page.goBack()
      await until(page, job, /200 of 300/)
      assert.equal(await count(world), 200)
      // Somebody else sees the same.
      await pressed(page, page.getByRole('button', { name: 'Cancel' }))
      await world.hold(-1)
      await until(page, job, /Cancelled/)
      assert.equal(await count(world), 200, 'what was done stays done, and nothing more is')
      assert.match(await main(page), /200 changed.*100 left/)
    }, way)
    await world.end()
  })

  test(`26. A job that does all or nothing has done nothing when it is cancelled (${way.name})`, async () => {
    const world = await freshWorld()
    await world.hold(120)
    await asAdministrator(world, async (page) => {
      const job = await begin(page, world, false)
      await until(page, job, /120 of 300/)
      await pressed(page, page.getByRole('button', { name: 'Cancel' }))
      await until(page, job, /Cancelled/)
      assert.equal(await count(world), 0)
      assert.match(await main(page), /0 changed.*300 left/)
    }, way)
    await world.end()
  })
}

test('26. The receipt of a job sums it up, and Undo gives back what nobody has touched since', async () => {
  const world = await freshWorld()
  await asAdministrator(world, async (page) => {
    const job = await begin(page, world, false)
    await until(page, job, /Done/)
    assert.match(await main(page), /300 changed/)
    assert.equal(await count(world), 300)
    for (const id of ['new007', 'new123']) await world.api(`/people/${id}`, { method: 'PATCH', body: { first_name: 'Renamed' } })
    await pressed(page, page.getByRole('link', { name: /^Undo/ }))
    assert.match(await main(page), /Nothing is saved yet.*2 stay as today/s, 'it says first what it would do')
    assert.equal(await count(world), 300)
    await pressed(page, page.getByRole('button', { name: 'Undo for 298 people' }))
    await until(page, page.url(), /Partly done/)
    assert.match(await main(page), /298 changed, 0 already right, 2 errors/)
    assert.equal(await count(world), 2)
    await page.goto(`${page.url()}?result=error`)
    for (const id of ['new007', 'new123']) assert.match(await main(page), new RegExp(id), 'who was left is listed')
  }, { javaScript: false })
  await world.end()
})

for (const way of bothWays) {
  test(`29. Selecting a page says how many of how many, and offers all that match (${way.name})`, async () => {
    const world = await freshWorld()
    for (let i = 0; i < 12; i++) await world.api('/people', { method: 'POST', body: { user_id: `extra${i}`, first_name: 'Extra' } })
    await asAdministrator(world, async (page) => {
      await page.goto(`${world.url}/users`)
      await page.getByRole('link', { name: 'Select all 50 on this page' }).click()
      await page.getByText('50 of 312 selected').waitFor()
      assert.equal(await page.locator('input[name=who]:checked').count(), 50)
      await pressed(page, page.getByRole('link', { name: 'Select all 312 that match' }))
      await page.getByText('312 of 312 selected').waitFor()
      await send(page, '/users/bulk/change', { act: 'give', name: 'kontoret.confidential' })
      assert.match(await main(page), /It concerns 312 people/)
      // Two have it already.
      assert.match(await main(page), /310 (rows )?will change.*2 are already|310.*2/)
      assert.equal(await page.getByRole('button', { name: 'Give 310 people Confidential activities' }).count(), 1)
    }, way)
    await world.end()
  })
}
