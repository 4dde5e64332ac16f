// The audit trail as people read it, lists where there is little room, and paper.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { closeBrowser } from './harness/browser.mjs'
import { freshWorld } from './harness/house.mjs'
import { sidewaysScroll } from './harness/look.mjs'
import { pagesOf } from './harness/paper.mjs'
import { asAdministrator } from './harness/person.mjs'
import { usual } from './harness/worlds.mjs'

let world
before(async () => (world = await freshWorld(usual)))
after(closeBrowser)

test('36. On a phone an entry of the trail begins with who did what', async () => {
  await asAdministrator(world, async (page) => {
    await page.setViewportSize({ width: 320, height: 640 })
    await page.goto(`${world.url}/audit?action=role.give`)
    assert.equal(await sidewaysScroll(page), 0)
    const row = page.locator('.trail tbody tr').first()
    const tops = []
    for (const part of ['what', 'who', 'about', 'said', 'when', 'number']) {
      const box = await row.locator(`.${part}`).boundingBox()
      assert.ok(box.x >= 0 && box.x + box.width <= 320, `${part} is not in the window: ${JSON.stringify(box)}`)
      tops.push([box.y, part])
    }
    assert.deepEqual(tops.toSorted(([a], [b]) => a - b).slice(0, 4).map(([, part]) => part), ['what', 'who', 'about', 'said'])
    const names = await page.getByRole('table').getByRole('columnheader').allTextContents()
    assert.deepEqual(names, ['Number', 'Time', 'Who', 'What', 'Object', 'Summary'], 'it is a table all the same')
    assert.ok((await page.getByRole('row').count()) > 2)
  }, { locale: 'en-GB', javaScript: false })
})

test('36. UTC comes out beside a time of the trail, and no time is a stop for the Tab key', async () => {
  await asAdministrator(world, async (page) => {
    await page.setViewportSize({ width: 1280, height: 900 })
    await page.goto(`${world.url}/audit`)
    const seen = () => page.evaluate(() => [...document.querySelectorAll('.trail .utc')].map((e) => getComputedStyle(e).opacity === '1'))
    const rows = page.locator('.trail tbody tr')
    const [first, third] = [rows.nth(0), rows.nth(2)]
    const heights = async () => [(await first.boundingBox()).height, (await third.boundingBox()).y]
    await page.mouse.move(5, 5)
    const still = await heights()
    assert.ok((await seen()).every((s) => !s))
    await third.locator('.what a').focus()
    assert.deepEqual((await seen()).flatMap((s, i) => (s ? [i] : [])), [2])
    assert.deepEqual(await heights(), still, 'nothing moves')
    const at = await third.locator('time').getAttribute('datetime')
    assert.ok((await third.locator('.utc').textContent()).endsWith(`${at.slice(11, 16)} UTC`))
    await page.locator('main').focus()
    await first.hover()
    assert.deepEqual((await seen()).flatMap((s, i) => (s ? [i] : [])), [0])
    await page.mouse.move(5, 5)
    await page.locator('.region').focus()
    assert.ok((await seen()).every((s) => s), 'with the table, all of it')
    assert.equal(await page.locator('.trail :is(time, .utc)[tabindex]').count(), 0)
    await first.locator('.what a').click()
    const alone = page.locator('.facts .utc').first()
    assert.ok(await alone.isVisible())
    assert.equal(await alone.evaluate((e) => getComputedStyle(e).opacity), '1')
  }, { javaScript: false })
})

test('3. On a phone the user licenses are two pages', async () => {
  await asAdministrator(world, async (page) => {
    await page.setViewportSize({ width: 320, height: 640 })
    await page.goto(`${world.url}/users?tab=licenses`)
    const [list, holders] = [page.locator('.beside > nav'), page.locator('#holders')]
    assert.deepEqual([await list.isVisible(), await holders.isVisible()], [true, false])
    await list.locator('a').nth(1).click()
    await page.waitForURL(/license=/)
    assert.deepEqual([await list.isVisible(), await holders.isVisible()], [false, true])
    await holders.locator('.narrow a').click()
    await page.waitForURL((url) => !url.search.includes('license='))
    assert.equal(await list.isVisible(), true)
    await page.setViewportSize({ width: 1280, height: 900 })
    assert.deepEqual([await list.isVisible(), await holders.isVisible(), await holders.locator('.narrow').isVisible()], [true, true, false])
  })
})

test('38. Every sheet of paper says which page it is of, as of when, and its number', async () => {
  await asAdministrator(world, async (page) => {
    await page.goto(`${world.url}/users?sort=name`)
    const asOf = (await page.locator('footer time').first().textContent()).trim()
    const sheets = pagesOf(await page.pdf({ format: 'A4', displayHeaderFooter: false }))
    assert.ok(sheets.length > 1)
    sheets.forEach((text, i) => {
      assert.ok(text.includes(`${world.url}/users?sort=name`), `sheet ${i + 1} does not say where it is from: ${text.slice(0, 300)}`)
      assert.ok(text.includes(asOf), `sheet ${i + 1} does not say as of when`)
      assert.ok(text.includes(`${i + 1} / ${sheets.length}`), `sheet ${i + 1} has no number`)
    })
    assert.equal(sheets.join('').split('/users?sort=name').length - 1, sheets.length, 'it is said once on each')
  }, { locale: 'en-GB' })
})

test('36. What was done on a page is found by the number of its request, and says that it was a page', async () => {
  await asAdministrator(world, async (page) => {
    await page.request.get(`${world.url}/users.csv`) // a file with people is on record
    await page.goto(`${world.url}/audit`)
    await page.getByLabel('Source').selectOption({ label: 'Pages' })
    await page.getByRole('button', { name: 'Filter' }).click()
    await page.waitForURL(/door=page/)
    assert.ok((await page.locator('.trail tbody tr').count()) > 0)
    assert.ok((await page.locator('.trail tbody .who').allTextContents()).every((text) => text.includes('Pages')))
    await page.locator('.trail tbody .what a').first().click()
    const number = (await page.locator('.facts a code').first().textContent()).trim()
    assert.match(number, /^[0-9a-f]{12}-\d+$/)
    await page.goto(`${world.url}/search?q=${number}`)
    await page.getByRole('link', { name: `Entries of request ${number}` }).click()
    await page.waitForURL(`**/audit?request=${number}`)
    assert.equal(await page.getByLabel('Reference number').inputValue(), number)
    assert.ok((await page.locator('.trail tbody tr').count()) > 0)
  }, { locale: 'en-GB', javaScript: false })
})
