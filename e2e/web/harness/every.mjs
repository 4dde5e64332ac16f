// Going through everything there is to see, with one visitor for each person who
// can see it.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { newVisitor } from './browser.mjs'
import { signIn } from './person.mjs'
import { placeOf, routes } from './routes.mjs'
import { states } from './state.mjs'
import './states.mjs'
import './happened.mjs'
import { manyWorlds } from './worlds.mjs'

/**
 * Every page there is, and every state of one that has no address: see states.mjs and happened.mjs.
 * POTT_VIEWS=error-login,users says to look at some of them only.
 */
export async function views() {
  const pages = (await routes()).map((r) => ({ in: 'usual', customer: 'northwind', ...r }))
  const all = [...pages, ...states.map((s) => ({ in: 'usual', customer: 'northwind', ...s }))]
  const some = process.env.POTT_VIEWS?.split(',')
  return some ? all.filter((view) => some.includes(view.name)) : all
}

// The last bit of the commit's number, where every run is of another commit.
const commit = process.env.CI === 'true' ? Number.parseInt(execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim().at(-1), 16) % 2 : undefined

/**
 * Whether it is the turn of a view to be looked at for what takes longest. Pages always
 * are. Of what can happen on them it is everything, too, but in CI, where it is one half
 * for one commit and the other for another.
 */
export const turn = ({ reach, name }) => !reach || commit === undefined || [...name].reduce((sum, c) => sum + c.codePointAt(0), commit) % 2 === 0

/** The same views in groups that one visitor can see: [[view, …], …]. */
export function together(all) {
  const groups = new Map()
  for (const view of all) {
    const key = [view.in, view.customer, view.who].join(' ')
    groups.set(key, [...(groups.get(key) ?? []), view])
  }
  return [...groups.values()]
}

/** Brings a page to a view, and returns the answer to the address, if it has one. */
export async function show(view, visitor, world) {
  const url = world.at(view.customer)
  if (view.reach) return view.reach(visitor.page, { url, world, visitor, context: visitor.context })
  const answer = await visitor.page.goto(url + view.path)
  assert.equal(answer.status(), view.status ?? 200)
  return answer
}

/**
 * Opens every view as a subtest and looks at it: look(page, view, answer). lang is
 * the language that was chosen; without it the browser's. sees is told of all that
 * the browser asks for.
 */
export async function everyView(t, { lang, only = () => true, sees, ...options }, look) {
  const worlds = manyWorlds()
  for (const group of together((await views()).filter(only))) {
    const [{ in: kind, who, customer }] = group
    const world = await worlds.get(kind)
    const visitor = await newVisitor(options)
    if (sees) visitor.context.on('request', sees)
    const begin = async () => {
      await visitor.context.clearCookies()
      if (who) await signIn(visitor, world, who, customer)
      if (lang) await visitor.context.addCookies([{ name: 'pott_language', value: lang, url: world.server }])
    }
    await begin()
    for (const view of group) {
      await t.test(`${view.name} (${view.path})`, async () => {
        visitor.complaints.length = 0
        const { width = 1280, height = 900 } = options
        await visitor.page.setViewportSize({ width, height })
        try {
          await look(visitor.page, view, await show(view, visitor, world))
          assert.deepEqual(visitor.complaints, [], 'the browser complained')
        } finally {
          await view.leave?.(visitor.page, { url: world.at(customer), world })
          if (view.apart) await begin()
        }
      })
    }
    await visitor.leave()
  }
  await worlds.end()
}

/** The titles of all pages, for those who look at something else: { title: place }. */
export async function titlesOfPages() {
  const worlds = manyWorlds()
  const world = await worlds.get('usual')
  const titles = new Map()
  const cookies = new Map()
  for (const { path, who, status } of await routes()) {
    if (status !== 200) continue
    if (who && !cookies.has(who)) {
      const { name, value } = await world.session(who)
      cookies.set(who, `${name}=${value}`)
    }
    const answer = await fetch(world.url + path, { headers: who ? { Cookie: cookies.get(who) } : {} })
    const [, title] = /<title>([^<]*)</.exec(await answer.text())
    titles.set(title.replaceAll('&#39;', "'").replaceAll('&amp;', '&'), placeOf(new URL(answer.url)))
  }
  await worlds.end()
  return titles
}
