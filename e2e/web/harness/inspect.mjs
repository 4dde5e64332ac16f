// Everything a page is looked at for that is asked of every page, whatever has happened
// there. A view is brought up once and looked at for all of it, in this order: what it
// says of itself, what axe knows, what the keyboard reaches, how it fits and prints.
import { turn } from './every.mjs'
import { axe, shape, showIn, sidewaysScroll, themeRules, themes, tooWide } from './look.mjs'
import { tabThrough } from './keyboard.mjs'
import { printed } from './paper.mjs'
import { placeOf } from './routes.mjs'

const proof = process.env.POTT_PROOF === '1'

/** What is remembered from one view to the next. */
export const beginning = () => ({ titles: new Map(), help: new Map(), stops: 0, views: 0, otherwise: 0 })

/** What is wrong with a view that is on show: sentences that begin with the number of the statement. */
export async function inspect(page, view, answer, told) {
  const found = []
  await names(page, view, told, found)
  if (answer) {
    await once(page, view, answer, told, found)
    await skips(page, found)
  }
  if (turn(view)) await axes(page, view, told, found)
  await fits(page, view, told, found)
  found.push(...(await printed(page)).map((f) => `38. ${f}`))
  return found
}

// Nodes whose contrast axe cannot compute: pictures, and text on them. That the
// colours themselves are good is computed from the tokens in internal/page.
const uncertain = /^(svg|\.chart|\.bar|\.icon)|\s(svg|text|circle|path|rect)\b/

/** 1. and 2. What axe finds, in each theme, wide and narrow. */
async function axes(page, { overlay, reach }, counted, found) {
  counted.views++
  const shapes = new Set()
  // What has happened on a page is looked at where there is least room; where there
  // is more only what is shown or laid out otherwise there.
  for (const width of reach && !proof ? [320, 1280] : [1280, 320]) {
    // As high as the page, so that what sticks to the lower edge lies on nothing.
    await page.setViewportSize({ width, height: 900 })
    const height = await page.evaluate(() => document.documentElement.scrollHeight)
    await page.setViewportSize({ width, height: Math.min(Math.max(900, height), 12_000) })
    const seen = await shape(page)
    const known = shapes.has(seen)
    if (shapes.size > 0 && !known) counted.otherwise++
    shapes.add(seen)
    for (const theme of themes) {
      if (reach && width > 320 && (known || theme !== themes[0]) && !proof) continue
      await showIn(page, theme)
      // A theme changes colours and lines and nothing else, which a test of the
      // style sheet holds it to: what does not depend on them is asked once, and
      // again at the other width if anything is shown or laid out otherwise there;
      // each time where the full sizes are wanted.
      const whole = (theme === themes[0] && !known) || proof
      const look = await axe(page, { rules: whole ? undefined : themeRules })
      const told = ({ rule, where, html, why }) => `${rule}, ${theme} ${width}: ${where}\n${html}\n${why}`
      for (const rule of whole ? ['target-size', 'color-contrast', 'label'] : themeRules) if (!look.ran.includes(rule)) found.push(`1. ${rule} did not run`)
      found.push(...look.violations.map((v) => `1. ${told(v)}`))
      // color-contrast is left open only where there is no text of the page, or where
      // a menu that is open lies over it.
      const open = look.incomplete.filter((i) => i.rule === 'color-contrast' && !uncertain.test(i.where) && !(overlay && !i.where.includes(overlay)))
      found.push(...open.map((i) => `2. ${told(i)}`))
    }
  }
  await page.evaluate(() => document.documentElement.removeAttribute('data-theme'))
}

/** 3. and 4. What Tab comes to, and what is too wide. */
async function fits(page, view, told, found) {
  // 1280 pixels at 400 % are 320. What has happened on a page is looked at where
  // there is least room for it; everywhere where the full sizes are wanted.
  const small = [[320, 640], [320, 180]]
  const sizes = view.reach && !proof ? small : [[1280, 720], [640, 512], ...small]
  for (const [width, height] of sizes) {
    await page.setViewportSize({ width, height })
    const wide = await sidewaysScroll(page)
    if (wide > 0) found.push(`4. ${width}×${height}: ${wide} pixels too wide: ${(await tooWide(page)).join('\n')}`)
    if (height === 180) continue
    const walk = await tabThrough(page)
    told.stops += walk.stops
    found.push(...walk.faults.map((f) => `3. ${width}×${height}: ${f}`))
  }
}

/** 5. The first Tab is at “Skip to content”, which leads to the content. */
async function skips(page, found) {
  await page.keyboard.press('Tab')
  const first = await page.evaluate(() => document.activeElement.getAttribute('href'))
  if (first !== '#main') found.push(`5. the first Tab is at ${first}`)
  await page.keyboard.press('Enter')
  const now = await page.evaluate(() => document.activeElement.localName)
  if (now !== 'main') found.push(`5. skipping leads to ${now}`)
}

/** 6. What a page says of itself. */
async function names(page, view, { titles }, found) {
  const say = await page.evaluate(() => ({
    h1: [...document.querySelectorAll('h1')].map((e) => e.textContent.trim()),
    title: document.title,
    lang: document.documentElement.lang,
    org: document.querySelector('header.top .brand').innerText.trim(),
    section: document.querySelector('nav.main a[aria-current=page]')?.innerText.trim(),
    refused: document.querySelector('[data-refused]') !== null,
  }))
  if (say.h1.length !== 1) found.push(`6. ${say.h1.length} h1`)
  if (say.lang !== 'en') found.push(`6. the language is ${say.lang}`)
  // "Page · Organisation · Section"; what is a section itself, or in none, ends with the program's name.
  const [name, org, section, ...more] = say.title.split(' · ')
  const last = say.section === undefined || say.section === say.h1[0] ? 'Pott' : say.section
  const whole = name.replace(/^Error: /, '').split(' – ').at(-1)
  if (more.length > 0 || org !== say.org || section !== last || !say.h1[0].endsWith(whole)) found.push(`6. the title is “${say.title}”, of “${say.h1[0]}” in ${say.section}`)
  if (name.startsWith('Error: ') !== (view.wrong !== undefined)) found.push(`6. the title is “${say.title}”`)
  // There is no such page, or not for this reader; or a form brought another page's back.
  if (say.refused || view.back) return
  // Two pages have the same title only if they are the same page, or the same form that was not accepted.
  const place = view.wrong === undefined ? placeOf(new URL(page.url())) : `${view.path} wrong`
  const other = titles.get(say.title) ?? place
  if (other !== place) found.push(`6. ${other} has the same title: ${say.title}`)
  titles.set(say.title, place)
}

/** 9. and 10. What is the same on every page that has an address. */
async function once(page, view, answer, { help }, found) {
  const say = await page.evaluate(() => ({
    refreshes: document.querySelectorAll('meta[http-equiv=refresh i]').length,
    first: document.querySelector('header.top .tools > *')?.className,
    help: (({ x, y }) => `${Math.round(x)},${Math.round(y)}`)(document.querySelector('header.top a.help').getBoundingClientRect()),
  }))
  if (say.refreshes || answer.headers().refresh) found.push('9. it reloads itself')
  if (say.first !== 'help') found.push(`10. the first tool is ${say.first}`)
  const spot = help.get(view.who) ?? say.help
  if (spot !== say.help) found.push(`10. Help is at ${say.help}, elsewhere at ${spot}`)
  help.set(view.who, spot)
}
