// What forms say when they are not accepted, in each language. Every form there is:
// see 01-states.
import { after, test } from 'node:test'
import { closeBrowser } from './harness/browser.mjs'
import { everyView } from './harness/every.mjs'
import { errorWords, fieldOf, summaryOf } from './harness/faults.mjs'

after(closeBrowser)

for (const lang of Object.keys(errorWords).filter((l) => l !== 'en')) {
  test(`8. What is wrong with a form stands in a summary in the reader's language (${lang})`, async (t) => {
    await everyView(t, { lang, locale: lang, only: (view) => ['error-event', 'error-person-new'].includes(view.name) }, async (page, { wrong }) => {
      await fieldOf(page, await summaryOf(page, wrong, lang))
    })
  })
}
