// Going through all pages, with one visitor for each person who can see them.
import assert from 'node:assert/strict'
import { newVisitor } from './browser.mjs'
import { signIn } from './person.mjs'
import { routes } from './routes.mjs'

/**
 * Opens every page as a subtest and looks at it: look(page, route, answer). lang is
 * the language that was chosen; without it the browser's.
 */
export async function everyPage(t, world, { lang, ...options }, look) {
  const all = await routes()
  for (const who of new Set(all.map((r) => r.who))) {
    const visitor = await newVisitor(options)
    if (who) await signIn(visitor, world, who)
    if (lang) await visitor.context.addCookies([{ name: 'pott_language', value: lang, url: world.server }])
    for (const route of all.filter((r) => r.who === who)) {
      await t.test(`${route.name} (${route.path})`, async () => {
        visitor.complaints.length = 0
        const answer = await visitor.page.goto(world.url + route.path)
        assert.equal(answer.status(), route.status)
        await look(visitor.page, route, answer)
        assert.deepEqual(visitor.complaints, [], 'the browser complained')
      })
    }
    await visitor.leave()
  }
}
