// Every page there is, as the server itself lists them, so that none is forgotten:
// accessibility, keyboard, narrow windows, languages and screenshots go through
// this one list.
import { listPaths } from './house.mjs'

// What stands for the parts of a path that name something.
const examples = {
  '/licenses/{issuer}/{module}': ['/licenses/KONTORET/sales-premium', '/licenses/KONTORET/confidential', '/licenses/KONTORET/quote'],
}

// Pages with something in their query that deserves a look of its own.
const more = [
  { path: '/', who: 'rut.berg' },
  { path: '/', who: 'olle.ek' },
  { path: '/licenses?issuer=KONTORET&hidden=1', who: 'karin.lind' },
]

// Pages that are there to refuse.
const refusing = { '/choose': 404 }

// Paths that are no pages of their own, and why.
const notPages = {}

/** The pages: { name, path, who, status }. who is a person of Northwind, or nobody. */
export async function routes() {
  const all = []
  const unknown = []
  for (const { method, path, scope } of await listPaths()) {
    if (method !== 'GET' || path in notPages || /\.(csv|json|txt|pott|note)$/.test(path)) continue
    const paths = examples[path] ?? (path.includes('{') ? undefined : [path])
    if (!paths) unknown.push(path)
    for (const p of paths ?? []) all.push(page(p, scope === 'anybody' ? undefined : 'karin.lind'))
  }
  if (unknown.length > 0) throw new Error(`harness/routes.mjs has no example of ${unknown.join(', ')}`)
  return [...all, ...more.map(({ path, who }) => page(path, who))]
}

function page(path, who) {
  const name = (path === '/' ? 'home' : path.slice(1).replace(/[^a-z0-9]+/gi, '-').replace(/-$/, '')) + (who && who !== 'karin.lind' ? `-${who.split('.')[0]}` : '')
  return { name, path, who, status: refusing[path] ?? 200 }
}
