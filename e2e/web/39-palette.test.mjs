// The palette: Ctrl K from any page.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { closeBrowser, visiting } from './harness/browser.mjs'
import { freshWorld } from './harness/house.mjs'
import { signIn } from './harness/person.mjs'
import { usual } from './harness/worlds.mjs'

let world
before(async () => (world = await freshWorld(usual)))
after(closeBrowser)

test('39. Ctrl K, “ann” and Enter open Anna’s page', async () => {
  await visiting({}, async (page, visitor) => {
    await signIn(visitor, world, 'karin.lind')
    await page.goto(`${world.url}/help`)
    await page.keyboard.press('Control+k')
    await page.keyboard.type('ann')
    await page.getByRole('option', { name: /Anna/ }).first().waitFor()
    const chosen = page.locator('[role=option][aria-selected=true]')
    assert.match(await chosen.textContent(), /Anna/)
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/users\/anna/)
    assert.match(await page.locator('h1').textContent(), /Anna/)
  })
})

test('39. Esc closes the palette and gives the focus back', async () => {
  await visiting({}, async (page, visitor) => {
    await signIn(visitor, world, 'karin.lind')
    await page.goto(`${world.url}/help`)
    const link = page.locator('main a').first()
    await link.focus()
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    assert.equal(await link.evaluate((e) => e === document.activeElement), true)
  })
})

test('39. What the role may not do is not in the palette', async () => {
  const offered = async (who) => {
    let all
    await visiting({}, async (page, visitor) => {
      await signIn(visitor, world, who)
      await page.goto(`${world.url}/help`)
      await page.keyboard.press('Control+k')
      await page.keyboard.type('>')
      await page.waitForFunction(() => document.querySelector('[role=listbox]')?.children.length > 0)
      all = await page.getByRole('option').allTextContents()
    })
    return all.join(' · ')
  }
  assert.match(await offered('karin.lind'), /Load a license/)
  assert.doesNotMatch(await offered('rut.berg'), /Load a license/)
  assert.doesNotMatch(await offered('olle.ek'), /Load a license|Add a person/)
})

test('39. Single letters do nothing until they are switched on', async () => {
  await visiting({}, async (page, visitor) => {
    await signIn(visitor, world, 'karin.lind')
    await page.goto(`${world.url}/help`)
    await page.keyboard.press('g')
    await page.keyboard.press('u')
    await page.keyboard.press('?')
    assert.match(page.url(), /\/help$/)
  })
})
