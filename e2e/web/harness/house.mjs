// A house to test: worlds of Northwind AB, made by the program in ./world.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'

const program = process.env.POTT_WORLD ?? fileURLToPath(new URL('../../../bin/world', import.meta.url))

let control // { control, token, dir }, once the program runs

/** Starts the program that makes worlds, or uses the one that the runner started. */
export async function openHouse() {
  if (control) return control
  if (process.env.POTT_CONTROL) return (control = JSON.parse(process.env.POTT_CONTROL))
  if (!existsSync(program)) throw new Error(`no ${program}: build it with go build -o bin/world ./e2e/web/world`)
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] })
  control = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`the world ended with ${code}`)))
    child.stdout.once('data', (line) => resolve(JSON.parse(line)))
  })
  // It ends when its standard input does: with this process, however that ends.
  child.unref()
  child.stdout.unref()
  child.stdin.unref()
  return control
}

async function tell(path, body = {}, method = 'POST') {
  const { control: address, token } = await openHouse()
  const answer = await fetch(address + path, { method, headers: { Authorization: `Bearer ${token}` }, body: JSON.stringify(body) })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${path}: ${text}`)
  return JSON.parse(text)
}

/**
 * A fresh world: { people, load: [sets to receive], verify, authority, postgres }.
 * `url` is where Northwind's pages are; other customers are at `at(name)`. verify is
 * how long a round through all records takes ("4s"), authority the address of
 * Kontoret's license server, postgres the address of a server to keep the world on;
 * POTT_WORLD_POSTGRES is one for all worlds.
 */
export async function freshWorld(wish = {}) {
  const made = await tell('/worlds', { postgres: process.env.POTT_WORLD_POSTGRES ?? '', ...wish })
  const world = {
    ...made,
    server: made.url,
    url: `${made.url}/northwind`,
    at: (customer) => `${made.url}/${customer}`,
    /** Moves the server's clock ahead of the true time: { days, hours, minutes }. */
    moveClock: ({ days = 0, hours = 0, minutes = 0 }) => tell(`/worlds/${made.id}/clock`, { ahead: `${(days * 24 + hours) * 60 + minutes}m` }),
    /** Changes rows of the database without the server; returns how many. */
    editBehindTheBack: async (sql, ...args) => (await tell(`/worlds/${made.id}/edit`, { sql, args })).rows,
    /** Reads rows of the database without the server. */
    readBehindTheBack: (sql, ...args) => tell(`/worlds/${made.id}/rows`, { sql, args }),
    /** A signed set as its issuer sends it: a Buffer. */
    issueSet: async (wish = {}) => Buffer.from((await tell(`/worlds/${made.id}/issue`, wish)).file, 'base64'),
    /** Has an installation receive a set, as `pott set load` does. */
    receiveSet: (wish = {}) => tell(`/worlds/${made.id}/load`, wish),
    /** What `pott …` answers the first administrator: { exit, stdout, stderr }. */
    pott: (...args) => tell(`/worlds/${made.id}/pott`, { args }),
    /** What the JSON API answers the first administrator. */
    api: async (path, { method = 'GET', body, customer = 'northwind' } = {}) => {
      const answer = await fetch(`${made.url}/${customer}/v1${path}`, {
        method,
        headers: { Authorization: `Bearer ${made.tokens[customer]}`, ...(body ? { 'Content-Type': 'application/json' } : {}) },
        body: body && JSON.stringify(body),
      })
      const text = await answer.text()
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
      return text === '' ? undefined : JSON.parse(text)
    },
    /** The cookie of somebody who has signed in: { name, value }. */
    session: (person, customer = 'northwind') => tell(`/worlds/${made.id}/session`, { person, customer }),
    /** Gives somebody a password. */
    setPassword: (person, password, customer = 'northwind') => tell(`/worlds/${made.id}/session`, { person, customer, password }),
    /** A token for the recovery door. */
    recover: async (customer = 'northwind') => (await tell(`/worlds/${made.id}/recover`, { customer })).token,
    /** A code as somebody makes it at the server's machine, to agree to a repair. */
    confirm: async (customer = 'northwind') => (await tell(`/worlds/${made.id}/confirm`, { customer })).code,
    /** Keeps jobs from going on beyond a number of rows; below 0 they go on. */
    hold: (at) => tell(`/worlds/${made.id}/hold`, { at }),
    /** Has jobs break at a number of rows, until they are told to go on. */
    breakAt: (at) => tell(`/worlds/${made.id}/hold`, { at, fault: true }),
    /** Lets nothing be changed in an installation, as its host does. */
    suspend: (reason, customer = 'northwind') => tell(`/worlds/${made.id}/suspend`, { customer, reason }),
    /** Has the host application say what people still have in hand: { user id: text }. */
    blockers: async (inHand) => {
      const server = createServer(async (request, response) => {
        const chunks = []
        for await (const c of request) chunks.push(c)
        const { questions } = JSON.parse(Buffer.concat(chunks))
        const people = questions.filter((q) => inHand[q.person]).map((q) => ({ person: q.person, blockers: [{ text: inHand[q.person], count: 7, blocks: true }] }))
        response.setHeader('Content-Type', 'application/json').end(JSON.stringify({ people }))
      })
      await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
      server.unref()
      await world.api('/blockers', { method: 'PUT', body: { url: `http://127.0.0.1:${server.address().port}/` } })
    },
    restart: () => tell(`/worlds/${made.id}/restart`),
    end: () => tell(`/worlds/${made.id}`, {}, 'DELETE'),
  }
  return world
}

/** Every route of the pages: [{ method, path, scope }]. */
export const listPaths = () => tell('/paths', {})
