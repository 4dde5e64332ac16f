// Takes a picture of every page and every state of it, in light and dark, 1280 and 320 pixels wide, in
// English and Swedish, and writes a page to leaf through them:
//
//	node screenshots.mjs FOLDER [part of a page's name ...]
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { closeBrowser, newVisitor } from './harness/browser.mjs'
import { show, together, views } from './harness/every.mjs'
import { layFlat, showIn } from './harness/look.mjs'
import { signIn } from './harness/person.mjs'
import { manyWorlds } from './harness/worlds.mjs'

const [folder = 'screenshots', ...words] = process.argv.slice(2)
await mkdir(folder, { recursive: true })
const pages = (await views()).filter((r) => words.length === 0 || words.some((w) => r.name.includes(w)))
const taken = []
for (const lang of ['en', 'sv']) {
  const worlds = manyWorlds() // what was done in one language is not there in the other
  for (const group of together(pages)) {
    const [{ in: kind, who, customer }] = group
    const world = await worlds.get(kind)
    const visitor = await newVisitor({ locale: lang })
    const begin = async () => {
      await visitor.context.clearCookies()
      if (who) await signIn(visitor, world, who, customer)
    }
    await begin()
    for (const view of group) {
      const { name, path } = view
      await visitor.page.setViewportSize({ width: 1280, height: 900 })
      await show(view, visitor, world)
      await layFlat(visitor.page) // a picture shows the whole page, not a window of it
      for (const width of [1280, 320]) {
        await visitor.page.setViewportSize({ width, height: 900 })
        for (const theme of ['light', 'dark']) {
          await showIn(visitor.page, theme)
          const file = `${name}-${lang}-${width}-${theme}.png`
          await visitor.page.screenshot({ path: join(folder, file), fullPage: true })
          taken.push({ name, path, lang, width, theme, file })
        }
      }
      await view.leave?.(visitor.page, { url: world.at(customer), world })
      if (view.apart) await begin()
    }
    await visitor.leave()
  }
  await worlds.end()
}
await closeBrowser()

const escape = (s) => s.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`)
const sections = pages.map(({ name, path }) => {
  const mine = taken.filter((t) => t.name === name)
  const figures = mine.map((t) => `<figure><a href="${t.file}"><img loading="lazy" src="${t.file}" alt="" width="${t.width === 320 ? 160 : 480}"></a><figcaption>${t.lang}, ${t.width}, ${t.theme}</figcaption></figure>`)
  return `<section id="${name}"><h2>${escape(name)} <code>${escape(path)}</code></h2><div>${figures.join('')}</div></section>`
})
await writeFile(
  join(folder, 'index.html'),
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>Every page</title>
<style>body{font:16px system-ui;margin:2rem;background:#ddd}div{display:flex;flex-wrap:wrap;gap:1rem;align-items:flex-start}figure{margin:0}img{border:1px solid #999;height:auto}nav{columns:14rem}</style>
<h1>Every page</h1><nav>${pages.map(({ name }) => `<a href="#${name}">${escape(name)}</a><br>`).join('')}</nav>${sections.join('\n')}</html>\n`,
)
console.log(`${taken.length} pictures of ${pages.length} pages: ${join(folder, 'index.html')}`)
process.exit(0)
