// What forms say when they are not accepted.
import { after, test } from 'node:test'
import assert from 'node:assert/strict'
import { closeBrowser } from './harness/browser.mjs'
import { everyView } from './harness/every.mjs'

after(closeBrowser)

const words = { en: 'Error:', sv: 'Fel:' }

for (const [lang, error] of Object.entries(words)) {
  test(`8. What is wrong with a form stands in a summary that has the focus and leads to the field (${lang})`, async (t) => {
    let looked = 0
    await everyView(t, { lang, locale: lang, only: (view) => view.wrong !== undefined }, async (page, { wrong }) => {
      looked++
      const summary = page.locator('.faults')
      assert.equal(await summary.evaluate((e) => e === document.activeElement), true, 'the summary has the focus')
      assert.equal(await summary.getAttribute('role'), 'alert')
      assert.ok((await page.title()).startsWith(error), await page.title())
      if (wrong === '') return
      const field = wrong.replace('{lang}', lang)
      await summary.locator(`a[href="#${field}"]`).click()
      const at = await page.evaluate((id) => {
        const e = document.getElementById(id)
        const control = e.matches('input, select, textarea')
        return {
          control,
          here: control ? document.activeElement === e : new URL(location).hash === `#${id}`,
          invalid: e.getAttribute('aria-invalid'),
          described: (e.getAttribute('aria-describedby') ?? '').split(' ').map((d) => document.getElementById(d)?.textContent.trim() ?? ''),
        }
      }, field)
      assert.equal(at.here, true, 'the link leads to the field')
      if (!at.control) return // a row of a table, which is not filled in
      assert.equal(at.invalid, 'true')
      const said = (await summary.locator(`a[href="#${field}"]`).textContent()).trim()
      assert.ok(at.described.includes(said), `the field is described by “${said}”: ${at.described}`)
    })
    assert.ok(looked >= 20, `${looked} forms`)
  })
}
