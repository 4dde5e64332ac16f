// Worlds that more than one file of tests asks for.
import { freshWorld } from './house.mjs'

/** A set that takes more away than is free: two rows are red, for 4 people. */
export const twoRed = { quantity: { 'sales-premium': 35, 'service-essentials': 70, 'marketing-essentials': 25, travel: 20 } }

/** A set that only raises. */
export const onlyMore = { quantity: { 'sales-premium': 45, travel: 15 } }

/** Northwind on an ordinary day, with a set that waits for review. */
export const usual = { load: [twoRed] }

// Worlds as the views of pages need them; each is made when the first view asks.
const kinds = {
  usual: () => freshWorld(usual),
  // Here things are changed to be seen, one after the other. Siv has a password.
  busy: async () => {
    const world = await freshWorld(usual)
    await world.setPassword('siv.holm', 'correct horse battery')
    return world
  },
  // Two do something here at a time.
  meanwhile: () => freshWorld(usual),
  // The same set begins in three weeks.
  later: () => freshWorld({ load: [{ ...twoRed, starts: 21 }] }),
  // A set came into force by itself today.
  renewed: () => freshWorld({ load: [onlyMore] }),
  // A set that has less than the one in force: a license for everybody is not in it.
  less: () => freshWorld({ load: [{ quantity: { quote: 0, 'marketing-premium': 0 } }] }),
  // The host application says what people still have in hand.
  asked: async () => {
    const world = await freshWorld(usual)
    await world.blockers({ 'bjorn.dahl': 'Has 7 open requests' })
    return world
  },
  // The host of the installation lets nothing be changed.
  suspended: async () => {
    const world = await freshWorld(usual)
    await world.api('/events', { method: 'POST', body: { type: 'message', texts: { en: 'We move the servers', sv: 'Vi flyttar servrarna' } } })
    await world.suspend('We move this installation to another machine')
    return world
  },
  // The licenses end in three weeks.
  soon: async () => {
    const world = await freshWorld()
    await world.moveClock({ days: 80 })
    return world
  },
  // It is collected when people were active: some were three weeks ago, some are.
  seen: async () => {
    const world = await freshWorld(usual)
    await world.api('/activity', { method: 'PATCH', body: { collected: true, ground: 'Agreement with the works council of 12 May' } })
    const { items } = await world.api('/people?limit=60&kind=internal&signs_in=true')
    const asked = async (people) => world.api('/checks', { method: 'POST', body: { checks: people.map((p) => ({ person: p.user_id, module: p.plans[0]?.name ?? 'kontoret.user' })) } })
    await asked(items.slice(0, 20))
    await world.moveClock({ days: 21 })
    await asked(items.slice(15, 40))
    return world
  },
  // Kontoret has a license server, which nobody reaches.
  served: () => freshWorld({ ...usual, authority: 'http://127.0.0.1:9' }),
  // A license, a person and an entry of the trail were edited in the database, and
  // the server has noticed.
  damaged: async () => {
    const world = await freshWorld()
    await world.editBehindTheBack("UPDATE license SET seats = 99 WHERE module = 'sales-premium'")
    await world.editBehindTheBack("UPDATE person SET login = 1 - login WHERE number = 20")
    await world.restart()
    return world
  },
  // The licenses of Northwind ended a week ago: everything works still.
  grace: async () => {
    const world = await freshWorld()
    await world.moveClock({ days: 108 })
    return world
  },
  // … and half a year ago: nothing but reading does.
  ended: async () => {
    const world = await freshWorld()
    await world.moveClock({ days: 220 })
    return world
  },
}

/** Worlds by kind, each made once: { get(kind), end() }. */
export function manyWorlds() {
  const made = new Map()
  return {
    get: (kind) => {
      if (!made.has(kind)) made.set(kind, kinds[kind]())
      return made.get(kind)
    },
    end: async () => {
      for (const world of made.values()) await (await world).end()
    },
  }
}
