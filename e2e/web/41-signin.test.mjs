// Signing in: passwords, passkeys, another provider, one-time links, the recovery
// door; what forms say when they cannot be done.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { closeBrowser, visiting } from './harness/browser.mjs'
import { freshWorld } from './harness/house.mjs'
import { as, bothWays, passkeyAtHand, receipt, signIn } from './harness/person.mjs'
import { openProvider } from './harness/provider.mjs'

const password = 'correct horse battery'
let world
before(async () => {
  world = await freshWorld()
  await world.setPassword('karin.lind', password)
})
after(closeBrowser)

async function signInWith(page, user, secret) {
  await page.goto(`${world.url}/signin`)
  await page.getByLabel('User id').fill(user)
  await page.getByLabel('Password', { exact: true }).fill(secret)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.waitForLoadState()
}

for (const way of bothWays) {
  test(`Somebody signs in with a password, works, and signs out (${way.name})`, async () => {
    await visiting(way, async (page) => {
      await page.goto(`${world.url}/licenses`)
      assert.match(page.url(), /\/signin/, 'whoever has not signed in is sent to the door')
      await page.getByLabel('User id').fill('karin.lind')
      await page.getByLabel('Password', { exact: true }).fill(password)
      await page.getByRole('button', { name: 'Sign in', exact: true }).click()
      await page.waitForURL(/\/licenses$/)
      assert.match(await page.locator('header').textContent(), /Karin Lind/)
      await page.locator('details.account summary').click()
      await page.getByRole('button', { name: 'Sign out', exact: true }).click()
      await page.waitForURL(/\/signin/)
      await page.goto(`${world.url}/licenses`)
      assert.match(page.url(), /\/signin/)
    })
  })
}

const sentence = 'en lång mening om cyklar'

for (const javaScript of [true, false]) {
  test(`A password is chosen and signs in (${javaScript ? 'with' : 'without'} JavaScript)`, async () => {
    const who = javaScript ? 'olle.ek' : 'rut.berg'
    await visiting({ javaScript }, async (page, visitor) => {
      await signIn(visitor, world, who)
      await page.goto(`${world.url}/me/signin`)
      await page.getByLabel('New password').fill(sentence)
      await page.getByRole('button', { name: 'Save password' }).click()
      await page.getByText('The password is saved.').waitFor()
    })
    await visiting({ javaScript }, async (page) => {
      await page.goto(`${world.url}/me/appearance`)
      assert.match(page.url(), /\/signin\?next=/)
      await page.getByLabel('User id').fill(who)
      await page.getByLabel('Password').fill('something else altogether')
      await page.getByRole('button', { name: 'Sign in', exact: true }).click()
      await page.getByText('is not right').first().waitFor()
      assert.match(await page.title(), /^Error: /)
      assert.equal(await page.getByLabel('User id').inputValue(), who)
      await page.getByLabel('Password').fill(sentence)
      await page.getByRole('button', { name: 'Sign in', exact: true }).click()
      await page.waitForURL(/\/me\/appearance$/)
    })
  })
}

test('A passkey is registered, and signs in afterwards', async () => {
  await visiting({}, async (page) => {
    await passkeyAtHand(page)
    await signInWith(page, 'karin.lind', password)
    await page.goto(`${world.url}/me/signin`)
    await page.locator('#new-passkey').getByRole('textbox').fill('My computer')
    await page.locator('#new-passkey').getByRole('button').click()
    assert.match(await receipt(page), /My computer/)
    await page.locator('details.account summary').click()
    await page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await page.waitForURL(/\/signin/)
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.waitForURL((u) => !u.pathname.includes('signin'))
    assert.match(await page.locator('header').textContent(), /Karin Lind/)
  })
})

test('Somebody signs in at another provider and comes back', async () => {
  const provider = await openProvider({ 'karin-at-home': { email: 'karin.lind@northwind.example', email_verified: true, preferred_username: 'karin.lind' } }, `${world.url}/signin/provider/home/callback`)
  await world.api('/providers/home', { method: 'PUT', body: { name: 'Home', issuer: provider.issuer, client_id: 'pott', secret: 'secret' } })
  await visiting({}, async (page, { complaints }) => {
    await page.goto(`${world.url}/signin`)
    await page.getByRole('link', { name: 'Sign in with Home' }).click()
    await page.locator('input[name=login]').fill('karin-at-home')
    await page.locator('input[name=password]').fill('anything')
    await page.locator('button[type=submit]').click()
    await page.locator('button[type=submit]').click() // agrees
    await page.waitForURL((u) => u.href.startsWith(world.url) && !u.pathname.includes('signin'))
    assert.match(await page.locator('header').textContent(), /Karin Lind/)
    complaints.splice(0, complaints.length, ...complaints.filter((c) => c.startsWith(world.server))) // the provider's pages are not ours
  })
  await provider.close()
})

test('A one-time link is opened once, and a password is chosen there', async () => {
  const { path } = await world.api('/people/tove.moe/link', { method: 'POST', body: {} })
  await visiting({ javaScript: false }, async (page) => {
    await page.goto(world.url + path)
    await page.locator('#password').fill('a few words in a row')
    await page.getByRole('button', { name: 'Save password' }).click()
    await page.waitForLoadState()
    assert.match(await page.locator('header').textContent(), /Tove Moe/)
  })
  await visiting({}, async (page) => {
    const answer = await page.goto(world.url + path)
    assert.ok(answer.status() >= 400, 'a second time it is good no longer')
  })
})

test('The recovery door lets in whoever has a token made at the server', async () => {
  const token = await world.recover()
  await visiting({ javaScript: false }, async (page) => {
    await page.goto(`${world.url}/signin/recovery`)
    await page.locator('#token').fill(token)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL((u) => !u.pathname.includes('signin'))
    await page.goto(`${world.url}/licenses/import`)
    assert.equal(await page.locator('input[type=file]').count(), 1)
  })
})

test('Whoever has no role sees the own pages and is told who may do the rest', async () => {
  await as('olle.ek', world, async (page) => {
    await page.goto(`${world.url}/me`)
    assert.match(await page.locator('main').textContent(), /Sales Premium/)
    for (const path of ['/licenses', '/users', '/users/karin.lind', '/status', '/audit', '/settings', '/licenses/import']) {
      const answer = await page.goto(world.url + path)
      assert.equal(answer.status(), 403, path)
    }
  })
})

test('Two minutes before a session ends the page says so, and whoever wants stays', async () => {
  await as('karin.lind', world, async (page) => {
    await page.clock.install()
    await page.goto(`${world.url}/users/new`)
    await page.locator('#user_id').fill('half.typed')
    const until = Date.parse(await page.locator('body').getAttribute('data-until'))
    const warning = page.locator('.banner[role=alert]')
    // From now on the page's clock goes only as far as it is told.
    await page.clock.pauseAt(until - 121_000)
    assert.equal(await warning.count(), 0, 'not before')
    await page.clock.runFor(2_000)
    await warning.waitFor()
    assert.match(await warning.textContent(), /two minutes/)
    assert.equal(await page.locator('#user_id').evaluate((e) => e === document.activeElement), true, 'the focus stays where it is')
    // The server's clock goes as far, so that staying is worth something.
    await world.moveClock({ minutes: 110 })
    const answered = page.waitForResponse('**/signin/stay.json')
    await warning.getByRole('button', { name: 'Stay' }).press('Enter')
    assert.equal((await answered).status(), 200)
    await warning.waitFor({ state: 'detached' })
    assert.equal(await page.locator('#user_id').inputValue(), 'half.typed')
  })
  await world.moveClock({})
})

test('What is sent after the session has ended waits behind the door', async () => {
  await as('karin.lind', world, async (page) => {
    await page.goto(`${world.url}/users/new`)
    await page.locator('#user_id').fill('late.comer')
    await page.locator('#first_name').fill('Late')
    const [own] = (await page.context().cookies()).filter((c) => c.name.includes('pott_session'))
    await page.evaluate(() => { const f = document.querySelector('form[action$="/signout"]'); return fetch(f.action, { method: 'POST', body: new URLSearchParams(new FormData(f)) }) })
    await page.context().addCookies([own])
    await page.locator('form[action$="/users/new"] button').click()
    await page.waitForURL(/\/signin\?/)
    await page.getByLabel('User id').fill('karin.lind')
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.waitForURL(/\/signin\/draft\//)
    assert.match(await page.locator('main').textContent(), /late\.comer/)
    await page.locator('main form button').first().click()
    await receipt(page)
    assert.equal((await world.api('/people/late.comer')).first_name, 'Late')
  })
})
