// What pages look like on days that are not usual ones, and when two do something at a
// time: like states.mjs, and looked at like any other page.
import { pressed, send } from './forms.mjs'
import { state } from './state.mjs'

const nextYear = (day) => `${new Date().getFullYear() + 1}-${day}`
const put = (body) => ({ method: 'PUT', body })
const patch = (body) => ({ method: 'PATCH', body })
const post = (body = {}) => ({ method: 'POST', body })

// Of two who have a form open, the second is asked what to keep: yours, theirs, and what
// it was. `before` is what was there when it was opened, theirs what somebody else wrote.
const contested = (name, path, { before, theirs, to = path, mine, ...more }) =>
  state(`conflict-${name}`, path, async (page, at) => {
    if (before) {
      await before(at.world)
      await page.goto(at.url + path)
    }
    await theirs(at.world)
    await send(page, to, mine)
  }, { in: 'meanwhile', ...more })

state('conflict-event', '/status', async (page, { world, url }) => {
  const { event } = await world.api('/events', post({ type: 'message', texts: { en: 'Coffee at three' } }))
  await page.goto(`${url}/status/events/${event.number}`)
  await world.api(`/events/${event.number}`, patch({ texts: { en: 'Tea at three' }, audience: ['administrators'] }))
  await send(page, `/status/events/${event.number}`, { 'text-en': 'Cake at three', 'audience-internal': true })
}, { in: 'meanwhile' })
contested('provider', '/settings/providers/work', {
  theirs: (world) => world.api('/providers/work', put({ name: 'Company account', issuer: 'https://id.northwind.example', client_id: 'pott-2' })),
  to: '/settings/providers',
  mine: { name: 'Office account', client_id: 'pott-3', secret: 'another secret' },
})
contested('defaults', '/settings', {
  theirs: (world) => world.api('/defaults', patch({ language: 'nb', theme: 'dark' })),
  to: '/settings/defaults',
  mine: { language: 'da', theme: 'contrast' },
})
contested('blockers', '/settings/blockers', {
  before: (world) => world.api('/blockers', put({ url: 'http://127.0.0.1:1/' })),
  theirs: (world) => world.api('/blockers', put({ url: 'http://127.0.0.1:2/', timeout_ms: 500, unreachable: 'block' })),
  mine: { url: 'http://127.0.0.1:3/', timeout_ms: '900' },
  leave: (_, { world }) => world.api('/blockers', { method: 'DELETE' }),
})
contested('database', '/status/databases', {
  theirs: (world) => world.api('/databases/0', patch({ name: 'Oslo' })),
  to: '/status/databases/0/rename',
  mine: { name: 'Lund' },
})
contested('details', '/users/olle.ek', {
  theirs: (world) => world.api('/people/olle.ek', patch({ last_name: 'Ekman', group: 'Service' })),
  to: '/details',
  mine: { last_name: 'Eklund', group: 'Marketing' },
})
contested('login', '/users/anna.vik', {
  theirs: (world) => world.api('/people/anna.vik/login', put({ valid_through: nextYear('03-31') })),
  to: '/login',
  mine: { valid_through: nextYear('06-30') },
})
contested('profile', '/users/person02/plans', {
  theirs: (world) => world.api('/people/person02/profile', { ...put({ profile: 'seasonal' }), customer: 'nordlys' }),
  to: '/profile',
  mine: { profile: 'handler' },
  customer: 'nordlys',
  who: 'maja.norr',
})

// A set that waits, and what was chosen for it.
const review = '/licenses/review/kontoret-9'
const premium = `${review}/kontoret.sales-premium`

/** Chooses who gives what back, from the list of one license to the summary of all. */
async function choose(page) {
  for (let i = 0; i < 3; i++) await page.locator('input[name=p]').nth(i).check()
  await pressed(page, page.locator('button[value=review]'))
  await pressed(page, page.locator('tr.crit a[href*="/kontoret.service-essentials"]').first())
  await page.locator('input[name=p]').first().check()
  const ways = page.locator('tr:has(input[name=p]) select').first()
  await ways.selectOption(await ways.locator('option[value^="remove"]').first().getAttribute('value'))
  await pressed(page, page.locator('button[value=review]'))
  await pressed(page, page.locator('a[href*="/apply?"]').first())
}
const apply = (page) => pressed(page, page.locator('form[action$="/apply"] button.main'))

state('review-all', `${review}?all=1`)
state('review-in-force', '/licenses/review/kontoret-8')
state('review-off', review, undefined, { in: 'less' })
state('later', review, undefined, { in: 'later' })
state('later-home', '/', undefined, { in: 'later' })
state('later-summary', premium, choose, { in: 'later' })
state('later-stored', premium, async (page) => {
  await choose(page)
  await apply(page)
}, { in: 'later' })
state('later-stored-not', review, async (page, { world }) => {
  // One of them gets something else meanwhile.
  const person = (await page.locator('#chosen ~ .region tbody th a').first().textContent()).trim()
  await world.api(`/people/${person}/extras/kontoret.confidential`, put({}))
  await world.api(`/people/${person}/plan`, put({ plan: 'kontoret.marketing-essentials' }))
  await page.reload()
}, { in: 'later' })
state('review-in-hand', premium, undefined, { in: 'asked' })
state('activated', premium, async (page) => {
  await choose(page)
  await apply(page)
}, { in: 'asked' })
state('back', '/licenses/history/roll-back?issuer=KONTORET', undefined, { in: 'asked' })
state('renewed-home', '/', undefined, { in: 'renewed' })
state('renewed-history', '/licenses/history', undefined, { in: 'renewed' })
state('renewed-licenses', '/licenses?issuer=KONTORET', undefined, { in: 'renewed' })
state('review-changed', premium, async (page, { world }) => {
  await choose(page)
  // Nobody is left to take it from whom one has seen.
  for (const person of ['tove.moe', 'rut.berg']) await world.api(`/people/${person}/plan`, put({ plan: 'kontoret.sales-premium' }))
  await apply(page)
}, { in: 'meanwhile', back: true })
state('review-withdrawn', review, async (page, { url }) => {
  await pressed(page, page.locator('form[action$="/withdraw"] button'))
  await page.goto(url + review)
}, { in: 'meanwhile' })
state('import-request', '/licenses/import', (page) => send(page, '/licenses/import/request'), { in: 'meanwhile', back: true })

// One person.
state('offboard-blockers', '/users/bjorn.dahl/offboard', undefined, { in: 'asked' })
state('offboard-refused', '/users/bjorn.dahl/offboard', (page) => send(page, '/offboard', { do: 'delete' }), { in: 'asked', wrong: '' })
state('offboard-sure', '/users/olle.ek/offboard', (page) => send(page, '/offboard', { do: 'delete' }), { in: 'asked' })
state('plans-hand-over', '/users/bjorn.dahl/plans', (page) => send(page, '/users/bjorn.dahl/plans', { 'line:KONTORET:sales:sales': '' }), { in: 'asked', wrong: '' })
state('person-link', '/users/tove.moe', (page) => send(page, '/users/tove.moe/link'), { in: 'meanwhile' })
state('person-sign-in-link', '/users/anna.vik/signin', (page) => send(page, '/users/anna.vik/signin/link'), { in: 'meanwhile' })
const gone = async (page, { world, url }, part = '') => {
  const { person } = await world.api('/people', post({ user_id: 'old.timer', first_name: 'Old', last_name: 'Timer', plan: 'kontoret.sales-essentials' }))
  await world.api('/people/old.timer', { method: 'DELETE' })
  await page.goto(`${url}/users/${encodeURIComponent(`#${person.number}`)}${part}`)
}
state('person-gone', '/users', (page, at) => gone(page, at), { in: 'meanwhile' })
state('person-gone-plans', '/users', (page, at) => gone(page, at, '/plans'), { in: 'meanwhile' })
state('person-gone-history', '/users', (page, at) => gone(page, at, '/history'), { in: 'meanwhile' })
state('why-not', '/users/tove.moe/uses?why=kontoret.quote-cal')
state('why-if', '/users/olle.ek/uses?why=kontoret.quote-cal', async (page) => {
  await page.locator('#if').selectOption({ index: 1 })
  await pressed(page, page.locator('form:has(#if) button'))
})
state('what-if', '/licenses/KONTORET/sales-premium?seats=45')
state('what-if-over', '/licenses/KONTORET/sales-premium?seats=30')
state('license-nobody', '/licenses/KONTORET/mirror')
state('users-waiting', '/users?q=late.one', async (page, { world }) => {
  await world.api('/people', post({ user_id: 'late.one', first_name: 'Late', login: true, waiting: true }))
  await page.reload()
}, { in: 'meanwhile' })
state('users-views', '/users?group=Sales', (page) => send(page, '/users/views', { view: 'Sales people' }), { in: 'meanwhile' })

// Settings.
state('token-made', '/settings/tokens', async (page) => {
  await page.locator('#scope-read').check()
  await send(page, '/settings/tokens', { name: 'Nightly report' })
}, { in: 'meanwhile' })
state('token-revoke', '/settings/tokens', async (page) => {
  await pressed(page, page.locator('a[href$="/revoke"]').first())
}, { in: 'meanwhile' })
state('webhook', '/settings/messages', async (page) => {
  await send(page, '/settings/messages/webhooks', { url: 'http://127.0.0.1:9/told' })
}, { in: 'meanwhile' })
state('database-remove', '/status/databases', async (page, { world, url }) => {
  const { database } = await world.api('/databases', post({ name: 'Branch in Malmö' }))
  await world.api(`/databases/${database.number}/licenses/kontoret.database`, put({}))
  await page.goto(`${url}/status/databases/${database.number}/remove`)
}, { in: 'meanwhile' })
state('event-preview', '/status/events/new', (page) => send(page, '/status/events/new', { type: 'maintenance', 'text-en': 'We move the servers' }))
state('event-guarded', '/status', async (page, { world, url }) => {
  const { event } = await world.api('/events', post({ type: 'maintenance', texts: { en: 'We move the servers' }, guarded: true }))
  await page.goto(`${url}/status/events/${event.number}`)
}, { in: 'meanwhile' })
state('event-ended', '/status', async (page, { world, url }) => {
  const { event } = await world.api('/events', post({ type: 'message', texts: { en: 'Coffee' } }))
  await world.api(`/events/${event.number}/end`, post({ reason: 'It is drunk' }))
  await page.goto(`${url}/status/events/${event.number}`)
}, { in: 'meanwhile' })

// Lists and jobs that come to nothing.
const list = (page, text) => send(page, '/users/bulk', { file: { name: 'people.csv', text } })
state('job-failed', '/users/bulk', async (page, { world }) => {
  await world.breakAt(20)
  await list(page, `User id;First name;Group\n${Array.from({ length: 40 }, (_, i) => `late${i};Late${i};Newcomers`).join('\n')}\n`)
  await pressed(page, page.locator('form[action*="/users/bulk/list/"] button.main').first())
  while (await page.locator('[role=progressbar]').count()) await page.reload()
  await world.hold(-1)
}, { in: 'meanwhile' })

// Where the host lets nothing be changed, pages say so and show what is the case.
for (const path of ['/', '/licenses?issuer=KONTORET', '/licenses/import', '/users', '/users/anna.vik', '/users/anna.vik/plans', '/settings/providers/work', '/settings/tokens', '/me/signin']) {
  state(`suspended${path.replace(/[^a-z]+/g, '-').replace(/-$/, '')}`, path, undefined, { in: 'suspended' })
}

// The last weeks, and records that were edited.
state('soon', '/', undefined, { in: 'soon' })
state('soon-licenses', '/licenses?issuer=KONTORET', undefined, { in: 'soon' })
state('damaged-verify', '/audit/verify?run=1', undefined, { in: 'damaged' })
state('damaged-license', '/licenses/KONTORET/sales-premium', undefined, { in: 'damaged' })
state('damaged-why', '/users/olle.ek/uses?why=kontoret.sales-premium', undefined, { in: 'damaged' })
state('damaged-auditor', '/', undefined, { in: 'damaged', who: 'rut.berg' })
state('me-signin-again', '/me/signin', async (page, { world }) => {
  await world.moveClock({ days: 108, hours: 1 })
  await page.reload()
}, { in: 'grace' })
