// Signing in: a password and a passkey, in a browser.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { closeBrowser, visiting } from './harness/browser.mjs'
import { freshWorld } from './harness/house.mjs'
import { signIn } from './harness/person.mjs'
import { usual } from './harness/worlds.mjs'

let world
before(async () => (world = await freshWorld(usual)))
after(closeBrowser)

const password = 'en lång mening om cyklar'

for (const javaScript of [true, false]) {
  test(`a password is chosen and signs in, ${javaScript ? 'with' : 'without'} JavaScript`, async () => {
    const who = javaScript ? 'olle.ek' : 'rut.berg'
    await visiting({ javaScript }, async (page, visitor) => {
      await signIn(visitor, world, who)
      await page.goto(`${world.url}/me/signin`)
      await page.getByLabel('New password').fill(password)
      await page.getByRole('button', { name: 'Save password' }).click()
      await page.getByText('The password is saved.').waitFor()
    })
    await visiting({ javaScript }, async (page) => {
      await page.goto(`${world.url}/me/appearance`)
      assert.match(page.url(), /\/signin\?next=/)
      await page.getByLabel('User id').fill(who)
      await page.getByLabel('Password').fill('something else altogether')
      await page.getByRole('button', { name: 'Sign in', exact: true }).click()
      await page.getByText('is not right').waitFor()
      assert.match(await page.title(), /^Error: /)
      assert.equal(await page.getByLabel('User id').inputValue(), who)
      await page.getByLabel('Password').fill(password)
      await page.getByRole('button', { name: 'Sign in', exact: true }).click()
      await page.waitForURL(/\/me\/appearance$/)
    })
  })
}

test('a passkey is registered, and signs in without a user id', async () => {
  await visiting({}, async (page, visitor) => {
    const chrome = await visitor.context.newCDPSession(page)
    await chrome.send('WebAuthn.enable')
    await chrome.send('WebAuthn.addVirtualAuthenticator', {
      options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
    })
    await signIn(visitor, world, 'dag.ahman')
    await page.goto(`${world.url}/me/signin`)
    await page.getByLabel('Name of the passkey').fill('Laptop')
    await page.getByRole('button', { name: 'Register a passkey' }).click()
    await page.getByText('The passkey Laptop is registered.').waitFor()
    await page.locator('details.account summary').click()
    await page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await page.waitForURL(/\/signin/)
    await page.goto(`${world.url}/signin?next=%2Fme%2Fsignin`)
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.waitForURL(/\/me\/signin$/)
    await page.getByText('With a passkey,').waitFor()
  })
})
