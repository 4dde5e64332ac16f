// What pages look like when something has happened: looked at like every page. And
// what forms say when they are not accepted: every form there is.
import { after, test } from 'node:test'
import assert from 'node:assert/strict'
import { closeBrowser } from './harness/browser.mjs'
import { everyView, titlesOfPages } from './harness/every.mjs'
import { fieldOf, summaryOf } from './harness/faults.mjs'
import { listPaths } from './harness/house.mjs'
import { beginning, inspect } from './harness/inspect.mjs'

after(closeBrowser)

// Forms in which nothing can be typed that is wrong, and why.
const button = 'a button: what stands in its way has a page of its own, or stands above the page'
const choice = 'a choice of what there is'
const nothingToType = {
  '/guide': button, '/fold': button, '/snooze': button, '/signout': button, '/status/check': button,
  '/language': choice, '/me/appearance': choice, '/me/messages': choice, '/settings/defaults': choice, '/settings/policy': choice,
  '/settings/messages': choice, '/users/{id}/profile': choice,
  '/licenses/history/roll-back': button, '/licenses/history/seen': button, '/licenses/keys/fetch': button, '/licenses/review/{id}/withdraw': button,
  '/licenses/import/request-file': button, '/me/passkeys/{id}/remove': button, '/me/sessions/end': button, '/me/sessions/{id}/end': button,
  '/settings/activity/off': button, '/settings/blockers/remove': button, '/settings/messages/test': button, '/settings/messages/webhooks/{id}/remove': button,
  '/settings/providers/{code}/remove': button, '/settings/providers/{code}/test': button, '/settings/tokens/{id}/revoke': button,
  '/status/databases/{id}/release': button, '/status/databases/{id}/remove': button,
  '/users/bulk/jobs/{job}/cancel': button, '/users/bulk/jobs/{job}/undo': button, '/audit/verify/{job}/cancel': button,
  '/users/views/drop': button, '/users/{id}/approve': button, '/users/{id}/refuse': button, '/users/{id}/link': button,
  '/users/{id}/signin/link': button, '/users/{id}/signin/end': button, '/users/{id}/signin/forget': button,
}

/** Which of some paths, such as /users/{id}, a path is one of. */
function placed(path, forms) {
  if (forms.includes(path)) return path
  return forms.find((f) => new RegExp(`^${f.replace(/\{[^}]+\}/g, '[^/]+')}$`).test(path))
}

test('1.–4., 6., 8. and 38. Whatever has happened on a page, it is like every page, and says what is wrong with a form', async (t) => {
  const forms = (await listPaths()).filter((p) => p.method === 'POST').map((p) => p.path)
  const seen = new Set()
  let sent // the form that was sent last
  const sees = (request) => {
    if (request.method() === 'POST' && request.isNavigationRequest()) sent = placed(new URL(request.url()).pathname.replace(/^\/[^/]+/, ''), forms)
  }
  const told = { ...beginning(), titles: await titlesOfPages() }
  await everyView(t, { only: (view) => view.reach, sees }, async (page, view) => {
    if (view.wrong !== undefined) {
      if (sent) seen.add(sent)
      // A summary leads to its field before anything else is done.
      const field = await summaryOf(page, view.wrong, 'en')
      if (field) await fieldOf(page, field)
    }
    sent = undefined
    assert.deepEqual(await inspect(page, view, undefined, told), [])
  })
  t.diagnostic(`${told.stops} stops; ${told.otherwise} of ${told.views} views are otherwise where it is narrow`)
  if (process.env.POTT_VIEWS) return
  assert.deepEqual(forms.filter((f) => !seen.has(f) && !(f in nothingToType)), [], '8. each form is sent with something wrong in it: see harness/states.mjs')
  assert.deepEqual(Object.keys(nothingToType).filter((f) => seen.has(f) || !forms.includes(f)), [], '8. these are no exceptions')
})
