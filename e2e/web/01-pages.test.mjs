// Every page with an address: nothing that axe knows is wrong on it in any theme, wide
// or narrow; the keyboard reaches all of it; it fits, says what it is, and prints.
import { after, test } from 'node:test'
import assert from 'node:assert/strict'
import { closeBrowser } from './harness/browser.mjs'
import { everyView } from './harness/every.mjs'
import { beginning, inspect } from './harness/inspect.mjs'
import { withoutExample } from './harness/routes.mjs'

after(closeBrowser)

test('Every page is looked at: no path is without an example', async () => {
  assert.deepEqual(await withoutExample(), [], 'harness/routes.mjs says what to look at')
})

test('1.–6., 9., 10. and 38. Every page passes axe in six ways, is reached with Tab, fits, says what it is, and prints', async (t) => {
  const told = beginning()
  await everyView(t, { only: (view) => !view.reach }, async (page, view, answer) => {
    assert.deepEqual(await inspect(page, view, answer, told), [])
  })
  t.diagnostic(`${told.stops} stops; ${told.otherwise} of ${told.views} views are otherwise where it is narrow`)
})
