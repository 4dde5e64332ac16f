// A state of a page that no address says, and how it is brought up. Nothing here depends
// on the language.
import { send } from './forms.mjs'

/** Every state: { name, path, reach(page, { url, world, visitor, context }), … }. */
export const states = []

/**
 * A state of the page at a path. `in` is the kind of world it is looked at in, see
 * worlds.mjs; wrong the field that the summary of faults leads to, '' where there is
 * none, with * at its end where more follows; back whether a form was answered with another page than its own; apart whether the visitor is not to be signed in as before afterwards.
 */
export const state = (name, path, reach, more = {}) =>
  states.push({ name, path, who: 'karin.lind', in: 'usual', customer: 'northwind', ...more, reach: async (page, at) => {
    await page.goto(at.url + path)
    await reach?.(page, at)
  } })

/** A form that is not accepted: what is filled in where, and the field that is wrong. */
export const refused = (name, path, to, fields, wrong, { button, ...more } = {}) =>
  state(`error-${name}`, path, (page) => send(page, to, fields, button), { wrong, ...more })
