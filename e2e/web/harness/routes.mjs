// Every page there is, as the server itself lists them, so that none is forgotten:
// accessibility, keyboard, narrow windows, languages and screenshots go through
// this one list.
import { listPaths } from './house.mjs'

// What stands for the parts of a path that name something.
const examples = {
  '/users/{id}': ['/users/olle.ek'],
  '/users/{id}/plans': ['/users/olle.ek/plans', '/users/tove.moe/plans'],
  '/users/{id}/uses': ['/users/olle.ek/uses', '/users/olle.ek/uses?why=kontoret.quote', '/users/olle.ek/uses?why=kontoret.quote-cal'],
  '/users/{id}/history': ['/users/olle.ek/history'],
  '/users/{id}/offboard': ['/users/olle.ek/offboard'],
  '/licenses/{issuer}/{module}': ['/licenses/KONTORET/sales-premium', '/licenses/KONTORET/confidential', '/licenses/KONTORET/quote'],
  '/licenses/review/{id}': ['/licenses/review/kontoret-9'],
  '/licenses/review/{id}/{module}': ['/licenses/review/kontoret-9/kontoret.sales-premium'],
  '/licenses/remove/{id}': ['/licenses/remove/kartan-4'],
  '/licenses/history/{pair}': ['/licenses/history/kontoret-7..kontoret-8'],
  '/licenses/history/records/{number}': ['/licenses/history/records/1'],
  '/settings/providers/{code}': ['/settings/providers/work'],
  '/settings/providers/{code}/remove': ['/settings/providers/work/remove'],
  '/users/{id}/signin': ['/users/olle.ek/signin'],
  '/audit/{n}': ['/audit/5'],
  '/status/events/{id}': ['/status/events/1'],
}

// Pages with something in their query that deserves a look of its own.
const more = [
  { path: '/users?select=page&by=plan', who: 'karin.lind' },
  { path: '/users?tab=other', who: 'karin.lind' },
  { path: '/users?tab=licenses', who: 'karin.lind' },
  { path: '/users?q=nobodyatall', who: 'karin.lind' },
  { path: '/audit/verify?run=1', who: 'karin.lind' },
  { path: '/audit/verify?run=1&from=99999', who: 'karin.lind' },
  { path: '/', who: 'rut.berg' },
  { path: '/', who: 'olle.ek' },
  { path: '/licenses?issuer=KONTORET&hidden=1', who: 'karin.lind' },
  { path: '/users?q=ann', who: 'karin.lind' },
  { path: '/users?tab=other', who: 'karin.lind' },
]

// Pages that are there to refuse.
const refusing = { '/choose': 404, '/licenses/history/roll-back': 409 }

// Paths that show no page of their own, and why.
const notPages = {
  '/settings/activity/off': 'it leads to the page before it where nothing is collected: see the states of pages',
  '/settings/tokens/{id}/revoke': 'it leads to the tokens where there is no such one',
  '/status/databases/{id}/remove': 'it shows what removing a satellite would do, and there is none in this world',
  '/audit/proof': 'a file',
  '/audit/verify/{job}': 'a check that takes long: the tests of pages look at it',
  '/users/{id}/refuse': 'it is for somebody who waits: see the states of pages',
  '/status/live': 'it tells an open page of what is new, and never ends by itself',
  '/status/damage/{place}': 'nothing is damaged in this world: the tests of pages look at it',
  '/status/damage/{place}/incident': 'it is a file, and nothing is damaged in this world',
  '/users/bulk/list/{draft}': 'it is there after a list was sent: the tests of lists look at it',
  '/users/bulk/list/{draft}/errors.csv': 'a file',
  '/users/bulk/jobs/{job}': 'it is there once many people were changed: the tests of lists look at it',
  '/users/bulk/jobs/{job}/errors.csv': 'a file',
  '/users/bulk/jobs/{job}/undo': 'it is there once many people were changed: the tests of pages look at it',
  '/signin/provider/{code}': 'it leads to the provider',
  '/signin/provider/{code}/callback': 'the provider leads there',
  '/signin/link/{token}': 'each link is good once: the tests of signing in look at it',
  '/signin/draft/{id}': 'it is there after a form was sent without a session: the tests of signing in look at it',
  '/licenses/review/{id}/apply': 'it shows choices, and leads to the review where there are none',
  '/licenses/history/roll-back': 'it leads to the history where there is no way back',
}

/** The pages: { name, path, who, status }. who is a person of Northwind, or nobody. */
export async function routes() {
  const all = []
  for (const { path, paths, scope } of await gets()) {
    for (const p of paths ?? []) all.push(page(p, scope === 'anybody' ? undefined : 'karin.lind'))
  }
  return [...all, ...more.map(({ path, who }) => page(path, who))]
}

/** Paths with a part that names something, of which there is no example here. */
export const withoutExample = async () => (await gets()).filter(({ paths }) => !paths).map(({ path }) => path)

async function gets() {
  const all = (await listPaths()).filter(({ method, path }) => method === 'GET' && !(path in notPages) && !/\.(csv|json|pdf|txt|pott|note)$/.test(path))
  return all.map(({ path, scope }) => ({ path, scope, paths: examples[path] ?? (path.includes('{') ? undefined : [path]) }))
}

function page(path, who) {
  const name = (path === '/' ? 'home' : path.slice(1).replace(/[^a-z0-9]+/gi, '-').replace(/-$/, '')) + (who && who !== 'karin.lind' ? `-${who.split('.')[0]}` : '')
  return { name, path, who, status: refusing[path] ?? 200 }
}

// What chooses what a page shows; anything else in an address is how it shows it.
const choosing = ['q', 'tab', 'why', 'page']

/** What an address is the page of. */
export const placeOf = (url) => url.pathname + choosing.map((c) => ` ${url.searchParams.get(c) ?? ''}`).join('')
