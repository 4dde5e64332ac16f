// Going through all pages, with one visitor for each person who can see them.
import assert from 'node:assert/strict'
import { newVisitor } from './browser.mjs'
import { signIn } from './person.mjs'
import { routes } from './routes.mjs'

/**
 * Opens every page as a subtest and looks at it: look(page, route, answer). query
 * is added to each address.
 */
export async function everyPage(t, world, options, look, query = '') {
  const all = await routes()
  for (const who of new Set(all.map((r) => r.who))) {
    const visitor = await newVisitor(options)
    if (who) await signIn(visitor, world, who)
    for (const route of all.filter((r) => r.who === who)) {
      await t.test(`${route.name} (${route.path})`, async () => {
        visitor.complaints.length = 0
        const address = world.url + route.path + (query && (route.path.includes('?') ? '&' : '?') + query)
        const answer = await visitor.page.goto(address)
        assert.equal(answer.status(), route.status)
        await look(visitor.page, route, answer)
        assert.deepEqual(visitor.complaints, [], 'the browser complained')
      })
    }
    await visitor.leave()
  }
}
