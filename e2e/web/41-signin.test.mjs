// Signing in: passwords, passkeys, another provider, one-time links, the recovery
// door; what forms say when they cannot be done.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { closeBrowser, visiting } from './harness/browser.mjs'
import { freshWorld } from './harness/house.mjs'
import { as, asAdministrator, bothWays, receipt } from './harness/person.mjs'
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

test('8. What is wrong with a form stands in a summary that has the focus and leads to the field', async () => {
  await visiting({}, async (page) => {
    await signInWith(page, 'karin.lind', 'wrong')
    const summary = page.locator('.faults')
    await summary.waitFor()
    assert.equal(await summary.evaluate((e) => e === document.activeElement), true, 'the summary has the focus')
    assert.match(await page.title(), /^Error:/)
  })
  await asAdministrator(world, async (page) => {
    await page.goto(`${world.url}/users/olle.ek`)
    await page.locator('#user_id').fill('')
    await page.locator('form', { has: page.locator('#user_id') }).evaluate((f) => (f.noValidate = true))
    await page.locator('form', { has: page.locator('#user_id') }).getByRole('button').first().click()
    const summary = page.locator('.faults')
    await summary.waitFor()
    assert.equal(await summary.evaluate((e) => e === document.activeElement), true)
    assert.match(await page.title(), /^Error:/)
    const link = summary.getByRole('link').first()
    const field = (await link.getAttribute('href')).slice(1)
    await link.click()
    const control = page.locator(`#${field}`)
    assert.equal(await control.evaluate((e) => e === document.activeElement), true, 'the link leads to the field')
    assert.equal(await control.getAttribute('aria-invalid'), 'true')
    const described = (await control.getAttribute('aria-describedby')).split(' ')
    assert.ok(described.some((id) => id.endsWith('fault')), 'the field is described by its fault')
  })
  await visiting({ locale: 'sv' }, async (page) => {
    await page.goto(`${world.url}/signin`)
    await page.locator('#user').fill('karin.lind')
    await page.locator('#password').fill('fel')
    await page.locator('form', { has: page.locator('#password') }).getByRole('button').click()
    await page.locator('.faults').waitFor()
    assert.match(await page.title(), /^Fel:/)
  })
})

test('A passkey is registered, and signs in afterwards', async () => {
  await visiting({}, async (page, { context }) => {
    const cdp = await context.newCDPSession(page)
    await cdp.send('WebAuthn.enable')
    await cdp.send('WebAuthn.addVirtualAuthenticator', {
      options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
    })
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
