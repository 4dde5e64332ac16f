// What a form says that was not accepted.
import assert from 'node:assert/strict'

/** What "Error:" is in each language. */
export const errorWords = { en: 'Error:', sv: 'Fel:', nb: 'Feil:', da: 'Fejl:', de: 'Fehler:', nl: 'Fout:' }

/** What the summary of a page says, and the field its first link leads to. */
export async function summaryOf(page, wrong, lang) {
  const summary = page.locator('.faults')
  assert.equal(await summary.evaluate((e) => e === document.activeElement), true, 'the summary has the focus')
  assert.equal(await summary.getAttribute('role'), 'alert')
  assert.ok((await page.title()).startsWith(errorWords[lang] + ' '), await page.title())
  const dead = await summary.locator('a').evaluateAll((all) => all.map((a) => a.getAttribute('href')).filter((href) => !document.getElementById(decodeURIComponent(href.slice(1)))))
  assert.deepEqual(dead, [], 'every link of the summary leads somewhere')
  if (wrong === '') return
  const field = wrong.replace('{lang}', lang)
  const link = field.endsWith('*') ? summary.locator(`a[href^="#${field.slice(0, -1)}"]`) : summary.locator(`a[href="#${field}"]`)
  return { said: (await link.textContent()).trim(), id: (await link.getAttribute('href')).slice(1), link }
}

/** The field that a link leads to says what is wrong with it. */
export async function fieldOf(page, { said, id, link }) {
  await link.click()
  const at = await page.evaluate((id) => {
    const e = document.getElementById(id)
    const control = e.matches('input, select, textarea')
    return {
      control,
      here: control ? document.activeElement === e : new URL(location).hash === `#${id}`,
      invalid: e.getAttribute('aria-invalid'),
      described: (e.getAttribute('aria-describedby') ?? '').split(' ').map((d) => document.getElementById(d)?.textContent.trim() ?? ''),
    }
  }, id)
  assert.equal(at.here, true, 'the link leads to the field')
  if (!at.control) return // a row of a table, which is not filled in
  assert.equal(at.invalid, 'true')
  assert.ok(at.described.includes(said), `the field is described by “${said}”: ${at.described}`)
}
