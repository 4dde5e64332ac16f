// What a person does at Pott's pages.
import { visiting } from './browser.mjs'

/** Signs a person in, without the sign-in pages: they have tests of their own. */
export async function signIn({ context }, world, who, customer = 'northwind') {
  const { name, value } = await world.session(who, customer)
  await context.addCookies([{ name, value, url: world.server }])
}

/** With JavaScript and without. */
export const bothWays = [{ name: 'with JavaScript', javaScript: true }, { name: 'without JavaScript', javaScript: false }]

/** Runs as Karin, who administers Northwind. */
export const asAdministrator = (world, act, options = {}) => as('karin.lind', world, act, options)

/** Runs as somebody who has signed in. */
export async function as(who, world, act, { javaScript = true, ...options } = {}) {
  await visiting({ javaScript, ...options }, async (page, visitor) => {
    await signIn(visitor, world, who)
    await act(page, visitor)
  })
}

/** Puts a passkey in the reader's hands, which agrees to everything. */
export async function passkeyAtHand(page) {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  })
}

/** What the receipt on the page says. */
export async function receipt(page) {
  const r = page.locator('.receipt').first()
  await r.waitFor()
  return (await r.textContent()).trim().replace(/\s+/g, ' ')
}

/** Loads a set from a file at the page for it. */
export async function uploadSet(page, world, wish) {
  await page.goto(`${world.url}/licenses/import`)
  await page.locator('input[type=file]').setInputFiles({ name: 'license.pott', mimeType: 'text/plain', buffer: await world.issueSet(wish) })
  await page.locator('form', { has: page.locator('input[type=file]') }).locator('button[type=submit]').first().click()
  await page.waitForLoadState()
}
