// What pages look like when something has happened that no address says: a form
// that was not accepted, a job at work, a database that was edited. Each is looked
// at like any other page. What the days bring, and what two do at a time, is in
// happened.mjs. Nothing here depends on the language.
import { formTo, pressed, send } from './forms.mjs'
import { passkeyAtHand } from './person.mjs'
import { refused, state } from './state.mjs'

// Forms that were not accepted.
refused('signin', '/signin', '/signin', { user: 'karin.lind', password: 'wrong' }, 'user', { who: undefined })
refused('recovery', '/signin/recovery', '/signin/recovery', { token: 'no such token' }, 'token', { who: undefined })
refused('person-new', '/users/new', '/users/new', { user_id: '', first_name: 'Nobody' }, 'user_id')
refused('person-details', '/users/olle.ek', '/details', { user_id: '' }, 'user_id')
refused('event', '/status/events/new', '/status/events/new', { type: 'message' }, 'text-{lang}')
refused('role', '/settings/roles', '/settings/roles', { person: 'nobody.at.all' }, 'person')
refused('provider', '/settings/providers/new', '/settings/providers', { code: 'Not A Code', name: 'x', issuer: 'https://id.example', client_id: 'x' }, 'code')
refused('token', '/settings/tokens', '/settings/tokens', { name: '' }, 'name')
refused('blockers', '/settings/blockers', '/settings/blockers', { url: 'not an address' }, 'url')
refused('activity', '/settings/activity', '/settings/activity', { ground: '' }, 'ground')
refused('password', '/me/signin', '/me/password', { password: 'short' }, 'password')
refused('import', '/licenses/import', '/licenses/import', {}, 'file')
refused('request', '/licenses/import', '/licenses/import/request', { code: 'not a code' }, 'code')
refused('bulk', '/users/bulk', '/users/bulk', {}, 'text')
state('history-same', '/licenses/history/kontoret-8..kontoret-8')
state('error-history', '/licenses/history/kontoret-7..kartan-4', undefined, { wrong: 'to' })
state('error-what-if', '/licenses/KONTORET/sales-premium?seats=many', undefined, { wrong: 'seats' })
refused('offboard', '/users/olle.ek/offboard', '/offboard', {}, 'valid_through')
refused('verify', '/audit/verify', '/audit/verify', { from: 'the beginning' }, 'from')
refused('audit', '/audit', '/audit', { person: 'nobody.at.all' }, 'person')
refused('audit-request', '/audit', '/audit', { request: 'no number' }, 'request')
state('audit-door', '/audit?door=host')
refused('token-scopes', '/settings/tokens', '/settings/tokens', { name: 'For nothing' }, 'scope-*')
refused('timeout', '/settings/blockers', '/settings/blockers', { url: 'https://host.example/', timeout_ms: 'soon' }, 'timeout_ms')
refused('webhook', '/settings/messages', '/settings/messages/webhooks', { url: 'not an address' }, 'url')
refused('register', '/licenses/keys', '/licenses/keys/register', { code: '–' }, 'code', { in: 'served' })
refused('unreached', '/licenses/keys', '/licenses/keys/register', { code: 'AAAA-BBBB-CCCC' }, 'code', { in: 'served' })
refused('view', '/users?group=Sales', '/users/views', { view: '' }, 'view')
state('error-login', '/users/olle.ek', async (page, { visitor }) => {
  await send(page, '/users/olle.ek/login', { valid_through: 'some day' })
  visitor.complaints.length = 0 // a browser that knows days says that this is none
}, { wrong: 'valid_through' })
refused('remove-set', '/licenses/remove/kartan-4', '/licenses/remove/kartan-4', { organisation: 'Somebody Else AB' }, 'organisation')
refused('database', '/status/databases', '/status/databases', { name: '' }, 'name')
refused('database-name', '/status/databases', '/status/databases/0/rename', { name: '' }, 'name-0')
state('error-database-full', '/status/databases', async (page, { world, url }) => {
  if ((await world.api('/databases')).items.length === 1) {
    await world.api('/databases', { method: 'POST', body: { name: 'Branch' } })
    await world.api('/databases/1/licenses/kontoret.mirror', { method: 'PUT', body: {} })
  }
  await page.goto(`${url}/status/databases`)
  await send(page, '/status/databases/0/give', { license: 'kontoret.mirror' })
}, { in: 'busy', wrong: 'license-0' })
const own = { customer: 'nordlys', who: 'maja.norr' }
refused('last-administrator', '/settings/roles', '/settings/roles/take', {}, 'person', own)
refused('own-role', '/users/maja.norr', '/users/maja.norr/role', {}, '', own)
refused('password-now', '/me/signin', '/me/password', { current: 'wrong words', password: 'en lång mening om cyklar' }, 'current', { in: 'busy', who: 'siv.holm' })
state('error-passkey', '/me/signin', async (page) => {
  await passkeyAtHand(page)
  await send(page, '/me/passkeys', { name: 'x'.repeat(101) }, 'button')
}, { wrong: 'name' })
state('error-passkey-name', '/me/signin', async (page) => {
  const ours = page.locator('form[action*="/me/passkeys/"]:not([action$="/remove"])')
  if ((await ours.count()) === 0) {
    await passkeyAtHand(page)
    await send(page, '/me/passkeys', { name: 'My computer' }, 'button')
  }
  await send(page, await ours.first().getAttribute('action'), { name: '' })
}, { in: 'busy', who: 'siv.holm', wrong: 'name-*' })
state('error-passkey-signin', '/signin', async (page) => {
  await Promise.all([page.waitForEvent('load'), formTo(page, '/signin/passkey').evaluate((f) => f.submit())])
}, { who: undefined, wrong: '' })
const told = (to, fields) => async (page, { world, url }) => {
  const { event } = await world.api('/events', { method: 'POST', body: { type: 'message', texts: { en: 'We move the servers' } } })
  await page.goto(`${url}/status/events/${event.number}`)
  await send(page, `/status/events/${event.number}${to}`, fields)
}
state('error-event-text', '/status/events/new', told('', { 'text-en': '' }), { in: 'busy', wrong: 'text-{lang}' })
state('error-event-end', '/status/events/new', told('/end', { reason: 'x'.repeat(600) }), { in: 'busy', wrong: 'reason' })
state('error-restore', '/users', async (page, { world, url }) => {
  const back = { user_id: 'back.again', first_name: 'Back' }
  const { person } = await world.api('/people', { method: 'POST', body: back })
  await world.api(`/people/back.again`, { method: 'DELETE' })
  const { person: other } = await world.api('/people', { method: 'POST', body: back })
  await page.goto(`${url}/users/${encodeURIComponent(`#${person.number}`)}`)
  await send(page, '/restore')
  await world.api(`/people/${encodeURIComponent(`#${other.number}`)}`, { method: 'DELETE' })
}, { in: 'busy', wrong: 'new_id' })

// When people were active is collected.
const seen = { in: 'seen' }
state('seen-settings', '/settings/activity', undefined, seen)
state('seen-auditor', '/settings/activity', undefined, { ...seen, who: 'rut.berg' })
state('seen-off', '/settings/activity/off', undefined, seen)
state('seen-users', '/users?sort=-active', undefined, seen)
state('seen-idle', '/users?active=90-days,longer,never', undefined, seen)
state('seen-person', '/users/olle.ek', undefined, seen)
state('seen-me', '/me', undefined, { ...seen, who: 'olle.ek' })
state('seen-review', '/licenses/review/kontoret-9', undefined, seen)
state('seen-free', '/licenses/review/kontoret-9/kontoret.sales-premium', undefined, seen)
refused('ground', '/settings/activity', '/settings/activity', { ground: '' }, 'ground', seen)

// A license set that waits.
const review = '/licenses/review/kontoret-9'
const premium = `${review}/kontoret.sales-premium`
const tick = async (page, n) => {
  for (let i = 0; i < n; i++) await page.locator('input[name=p]').nth(i).check()
}
state('review-refused', review, (page) => send(page, review), { wrong: 'row-0' })
state('review-too-few', premium, async (page) => {
  await tick(page, 2)
  await pressed(page, page.locator('button[value=review]'))
}, { wrong: 'count' })
state('error-apply', review, async (page, { world, url }) => {
  // More than a fifth of all people lose something: the organisation is typed.
  const numbers = async (module) => (await world.api(`/licenses/kontoret.${module}/holders?limit=200`)).items.map((h) => h.number).join('.')
  const q = new URLSearchParams([['c', `remove~kontoret.sales-premium~~${await numbers('sales-premium')}`], ['c', `remove~kontoret.service-essentials~~${await numbers('service-essentials')}`]])
  await page.goto(`${url}${review}/apply?${q}`)
  await send(page, `${review}/apply`, { org: 'Somebody Else AB' })
}, { wrong: 'org' })
state('review-chosen', premium, async (page) => {
  await tick(page, 3)
  await pressed(page, page.locator('button[value=review]'))
})
state('review-moved', premium, async (page) => {
  await pressed(page, page.locator('form:has([name=move]) button').first())
})
state('review-summary', premium, async (page, { url }) => {
  await tick(page, 3)
  await pressed(page, page.locator('button[value=review]'))
  await pressed(page, page.locator('tr.crit a[href*="/kontoret.service-essentials"]').first())
  await tick(page, 1)
  const ways = page.locator('tr:has(input[name=p]) select').first()
  await ways.selectOption(await ways.locator('option[value^="remove"]').first().getAttribute('value'))
  await pressed(page, page.locator('button[value=review]'))
  await pressed(page, page.locator('a[href*="/apply?"]').first())
})
for (const [name, wish] of [['changed', { spoil: 'changed' }], ['cut', { spoil: 'cut' }], ['stranger', { spoil: 'stranger' }], ['other', { serial: 'SOMEBODY-1' }], ['older', { number: 6 }], ['early', { issued: '72h' }]]) {
  state(`refused-${name}`, '/licenses/import', async (page, { world }) => {
    await send(page, '/licenses/import', { file: { name: 'license.pott', text: await world.issueSet(wish) } })
  })
}

// Many people at a time.
const people = (n, more = '') => `User id;First name;Last name;Group;Plans\n${Array.from({ length: n }, (_, i) => `new${String(i).padStart(3, '0')};First${i};Last${i};Newcomers;`).join('\n')}\n${more}`
const wrongRows = 'bad.one;Bad;One;Newcomers;kontoret.no-such-plan\nbad.two;Bad;Two;Newcomers;kontoret.travel-agency\n'
const list = (page, text) => send(page, '/users/bulk', { file: { name: 'people.csv', text } })
const partly = async (page) => {
  await page.locator('#partial').check()
  await pressed(page, page.locator('form:has(#partial) button'))
}
const begin = (page) => pressed(page, page.locator('form[action*="/users/bulk/list/"] button.main').first())
const atWork = (page) => page.locator('[role=progressbar]').count()
const over = async (page) => {
  while (await atWork(page)) await page.reload()
}
state('list-understood', '/users/bulk', (page) => list(page, people(3, wrongRows)))
state('error-list', '/users/bulk', async (page, { world }) => {
  // More than a fifth of all people lose their plans: the organisation is typed.
  const { items } = await world.api('/licenses/kontoret.service-essentials/holders?limit=200')
  await send(page, '/users/bulk', { mode: 'replace', file: { name: 'people.csv', text: `User id;Plans\n${items.map((h) => `${h.person};\n`).join('')}` } })
  await page.locator('#org').fill('Somebody Else AB')
  await pressed(page, page.locator('form:has(#org) button').first())
}, { wrong: 'org' })
state('list-strange', '/users/bulk', (page) => list(page, 'Number,Shoe size\n1,43\n'), { wrong: '' })
state('job-running', '/users/bulk', async (page, { world }) => {
  await world.hold(100)
  await list(page, people(300))
  await partly(page)
  await begin(page)
}, { in: 'busy', leave: async (page, { world }) => {
  await world.hold(-1)
  await over(page)
} })
// What undoing a job would do, and what it did.
const undoing = async (page) => {
  await pressed(page, page.locator('main tbody a').first())
  await pressed(page, page.locator('main a[href$="/undo"]'))
}
state('job-undo', '/users/bulk', undoing, { in: 'busy' })
state('job-undone', '/users/bulk', async (page) => {
  await undoing(page)
  await pressed(page, page.locator('form[action$="/undo"] button'))
  await over(page)
}, { in: 'busy' })
state('job-failed-rows', '/users/bulk', async (page) => {
  await list(page, people(3, wrongRows))
  await partly(page)
  await begin(page)
  await over(page)
}, { in: 'busy' })
state('job-cancelled', '/users/bulk', async (page, { world }) => {
  await world.hold(50)
  await list(page, people(80))
  await partly(page)
  await begin(page)
  await pressed(page, page.locator('form[action$="/cancel"] button'))
  await world.hold(-1)
}, { in: 'busy' })
const everybody = (act, name) => async (page) => send(page, '/users/bulk/change', { act, ...(name ? { name } : {}) })
state('change-preview', '/users?select=all', everybody('give', 'kontoret.assistant'))
state('change-heavy', '/users?select=all', everybody('end-login'))
state('change-heavy-refused', '/users?select=all', async (page) => {
  await everybody('end-login')(page)
  await send(page, '/users/bulk/apply', { org: 'Somebody Else AB' })
}, { wrong: 'org' })
state('change-nobody', '/users', everybody('give', 'kontoret.assistant'), { wrong: '' })

// One person's plans.
const choose = (page, name, value) => page.locator(`[name$="${name}"][value="${value}"]`).check()
state('plans-review', '/users/olle.ek/plans', (page) => send(page, '/users/olle.ek/plans', { 'line:KONTORET:sales:sales': '' }))
state('plans-asks', '/users/olle.ek/plans', async (page) => {
  await page.locator('[id="extra-kontoret.windows"]').click()
  await page.locator('.ask').waitFor()
})
state('plans-full', '/users/tove.moe/plans', async (page, { world, url }) => {
  const taken = (await world.api('/licenses')).items.find((l) => l.name === 'kontoret.marketing-premium')
  const free = ['new1', 'new2', 'new3'].slice(0, taken.free)
  for (const user_id of free) await world.api('/people', { method: 'POST', body: { user_id, plan: 'kontoret.marketing-premium' } })
  await page.goto(`${url}/users/tove.moe/plans`)
  await send(page, '/users/tove.moe/plans', { 'line:KONTORET:marketing:marketing': 'premium' })
}, { in: 'busy' })
state('plans-conflict', '/users/rut.berg/plans', async (page, { world }) => {
  await world.api('/people/rut.berg/extras/kontoret.confidential', { method: (await world.api('/people/rut.berg')).extras.length > 0 ? 'DELETE' : 'PUT', body: {} })
  await send(page, '/users/rut.berg/plans', { 'line:KONTORET:sales:sales': 'essentials' })
}, { in: 'busy' })
state('plans-receipt', '/users/rut.berg/plans', (page) => send(page, '/users/rut.berg/plans', { 'line:KONTORET:service:service': 'essentials' }), { in: 'busy' })
state('plans-login', '/users/liv.fjell/plans', undefined, { customer: 'fjord', who: 'liv.fjell' })
state('plans-login-ended', '/users/ansatt15/plans', undefined, { customer: 'fjord', who: 'liv.fjell' })
state('plans-profile', '/users/maja.norr/plans', undefined, { customer: 'nordlys', who: 'maja.norr' })
state('plans-profile-full', '/users/maja.norr/plans', (page) => send(page, '/profile', { profile: 'handler' }), { customer: 'nordlys', who: 'maja.norr' })

// Nothing yet, and nothing that may be seen.
for (const path of ['/', '/licenses', '/users', '/status', '/audit', '/licenses/history', '/licenses/keys', '/licenses/review', '/settings/tokens', '/settings/providers', '/me']) {
  state(`new${path.replaceAll('/', '-').replace(/-$/, '')}`, path, undefined, { customer: 'nystart', who: 'tuva.ny' })
}
state('search-nothing', '/search?q=nobodyatall')
state('audit-nothing', '/audit?from=2001-01-01&to=2001-01-02')
state('not-found', '/nothing/here')
state('forbidden', '/licenses', undefined, { who: 'olle.ek' })
state('forbidden-change', '/users/olle.ek/plans', undefined, { who: 'rut.berg' })

// What JavaScript opens.
state('palette', '/help', async (page) => {
  await page.keyboard.press('Control+k')
  await page.keyboard.type('ann')
  await page.locator('dialog [role=option]').first().waitFor()
})
state('account', '/help', (page) => page.locator('details.account summary').click(), { overlay: '.sheet' })
state('session-ending', '/help', async (page) => {
  const until = Date.parse(await page.locator('body').getAttribute('data-until'))
  await page.clock.install()
  await page.reload()
  await page.clock.runFor(until - Date.now() - 119_000)
  await page.locator('.banner[role=alert]').waitFor()
}, { apart: true })

// What is most wrong with an installation stands on top of its pages.
const damaged = { in: 'damaged' }
for (const path of ['/', '/licenses?issuer=KONTORET', '/status', '/status/damage']) state(`damaged${path.replace(/[^a-z]+/g, '-').replace(/-$/, '')}`, path, undefined, damaged)
const place = async (page) => pressed(page, page.locator('main tbody th a').first())
state('damaged-place', '/status/damage', place, damaged)
state('damaged-place-preview', '/status/damage', async (page) => {
  await place(page)
  await send(page, new URL(page.url()).pathname.split('/').slice(2).join('/'), { action: 'restore', reason: 'It was edited' })
}, damaged)
state('damaged-place-refused', '/status/damage', async (page) => {
  await place(page)
  const to = new URL(page.url()).pathname.split('/').slice(2).join('/')
  await send(page, to, { action: 'restore', reason: 'It was edited' })
  await send(page, to, { code: 'AAAA-BBBB-CCCC' }, 'button[value=repair]')
}, { ...damaged, wrong: 'code' })
for (const path of ['/', '/licenses?issuer=KONTORET', '/users/olle.ek/plans', '/licenses/import']) {
  const name = path.replace(/[^a-z]+/g, '-').replace(/-$/, '')
  state(`grace${name}`, path, undefined, { in: 'grace' })
  state(`ended${name}`, path, undefined, { in: 'ended' })
}
state('ended-me', '/me', undefined, { in: 'ended', who: 'olle.ek' })
state('ended-refused', '/users/tove.moe/plans', (page) => send(page, '/users/tove.moe/plans', { 'line:KONTORET:sales:sales': 'essentials' }), { in: 'ended', wrong: '' })

// At the door.
state('door-closed', '/signin', async (page, { world, url }) => {
  const open = (await world.api('/events')).items.some((e) => e.type === 'no-login' && e.state !== 'ended')
  if (!open) await world.api('/events', { method: 'POST', body: { type: 'no-login', texts: { en: 'We move the servers', sv: 'Vi flyttar servrarna' } } })
  await page.goto(`${url}/signin`)
}, { in: 'busy', who: undefined })
state('door-link', '/help', async (page, { world, url }) => {
  const { path } = await world.api('/people/tove.moe/link', { method: 'POST', body: {} })
  await page.goto(url + path)
}, { who: undefined })
state('door-link-short', '/help', async (page, { world, url }) => {
  const { path } = await world.api('/people/tove.moe/link', { method: 'POST', body: {} })
  await page.goto(url + path)
  await send(page, path, { password: 'short' })
}, { who: undefined, wrong: 'password' })
state('door-recovered', '/signin/recovery', async (page, { world }) => send(page, '/signin/recovery', { token: await world.recover() }), { who: undefined, apart: true })
state('door-draft', '/users/new', async (page, { world, visitor, url }) => {
  const { context } = visitor
  const { name, value } = await world.session('karin.lind')
  await context.addCookies([{ name, value, url }])
  await page.goto(`${url}/users/new`)
  // The session ends while the form is filled in.
  await formTo(page, '/signout').evaluate((f) => fetch(f.action, { method: 'POST', body: new URLSearchParams(new FormData(f)) }))
  await context.addCookies([{ name, value, url }])
  await send(page, '/users/new', { user_id: 'late.comer', first_name: 'Late' })
}, { apart: true })

// Somebody who waits for an administrator to agree.
const newcomer = async (page, { world, url }, path) => {
  if (!(await world.api('/people?q=late.one')).total) await world.api('/people', { method: 'POST', body: { user_id: 'late.one', first_name: 'Late', login: true, waiting: true } })
  await page.goto(url + path)
}
state('person-waits', '/users/late.one', (page, at) => newcomer(page, at, '/users/late.one'), { in: 'busy' })
state('person-refuse', '/users/late.one/refuse', (page, at) => newcomer(page, at, '/users/late.one/refuse'), { in: 'busy' })
