// Serves Northwind on this machine for a look at the pages, until Ctrl-C:
//
//	node serve.mjs
import { freshWorld } from './harness/house.mjs'
import { usual } from './harness/worlds.mjs'

const world = await freshWorld(usual)
console.log(`pages    ${world.url}/  (also ${world.at('nordlys')}/ and ${world.at('fjord')}/)`)
console.log(`token    ${world.tokens.northwind}`)
for (const who of ['karin.lind', 'dag.ahman', 'rut.berg', 'olle.ek']) {
  const { name, value } = await world.session(who)
  console.log(`${who.padEnd(12)} ${name}=${value}`)
}
setInterval(() => {}, 1 << 30)
