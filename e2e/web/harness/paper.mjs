// What a page is like on paper.
import { inflateSync } from 'node:zlib'

/** What is wrong with a page when it is printed: sentences. */
export async function printed(page) {
  await page.emulateMedia({ media: 'print' })
  const found = await page.evaluate(() => {
    const faults = []
    const drawn = (e) => e.outerHTML.slice(0, 100)
    const seen = (e) => e.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true })
    for (const e of document.querySelectorAll('nav.main, .tools, .skip, button, form.find')) if (seen(e)) faults.push(`${drawn(e)} is printed`)
    // Browsers leave colours out: whatever is marked says so in a word.
    for (const e of document.querySelectorAll('main .state')) {
      if (seen(e.parentElement) && !/\p{L}{2}|\d/u.test(seen(e) ? e.innerText : '')) faults.push(`${drawn(e)} has no word`)
    }
    for (const row of document.querySelectorAll('main tr.crit, main tr.warn')) {
      if (!seen(row)) continue
      const words = [...row.querySelectorAll('td')].map((c) => c.innerText.trim()).filter((text) => /\p{L}{3}/u.test(text))
      if (words.length === 0) faults.push(`${drawn(row)} does not say why it stands out`)
    }
    for (const d of document.querySelectorAll('main details')) {
      for (const c of d.children) {
        if (c.localName === 'summary' || getComputedStyle(c).display === 'none' || c.textContent.trim() === '') continue
        if (!seen(c)) faults.push(`${drawn(d)} is closed`)
      }
    }
    return faults
  })
  await page.emulateMedia({ media: null })
  return found
}

/**
 * What stands on each page of a PDF that Chromium has made: [text, …], pieces in the
 * order they are drawn.
 */
export function pagesOf(pdf) {
  const bytes = pdf.toString('latin1')
  const objects = new Map([...bytes.matchAll(/(\d+) 0 obj\n([\s\S]*?)\nendobj/g)].map((m) => [m[1], m[2]]))
  const stream = (n) => {
    const body = objects.get(n)
    const begin = body.indexOf('stream\n') + 7
    const raw = Buffer.from(body.slice(begin, body.lastIndexOf('\nendstream')), 'latin1')
    return (/FlateDecode/.test(body.slice(0, begin)) ? inflateSync(raw) : raw).toString('latin1')
  }
  return [...objects.values()].filter((o) => /\/Type \/Page\b/.test(o)).map((page) => {
    const fonts = new Map([...page.matchAll(/\/(F\d+) (\d+) 0 R/g)].map(([, name, n]) => [name, letters(objects.get(n), stream)]))
    const parts = []
    let font = new Map()
    for (const [, name, drawn] of stream(page.match(/\/Contents (\d+) 0 R/)[1]).matchAll(/\/(F\d+) \S+ Tf|(<[0-9A-F]+> Tj|\[[^\]]*\] TJ)/g)) {
      if (name) font = fonts.get(name) ?? new Map()
      else parts.push([...drawn.matchAll(/<([0-9A-F]+)>/g)].map(([, hex]) => hex.match(/..../g).map((g) => font.get(parseInt(g, 16)) ?? '').join('')).join(''))
    }
    return parts.join('')
  })
}

/** Which letter each glyph of a font is. */
function letters(font, stream) {
  const found = new Map()
  const map = font?.match(/\/ToUnicode (\d+) 0 R/)
  if (!map) return found
  const say = (hex) => String.fromCharCode(...hex.match(/..../g).map((h) => parseInt(h, 16)))
  const text = stream(map[1])
  for (const [, part] of text.matchAll(/beginbfchar\n([\s\S]*?)endbfchar/g)) {
    for (const [, glyph, to] of part.matchAll(/<(\w+)> <(\w+)>/g)) found.set(parseInt(glyph, 16), say(to))
  }
  for (const [, part] of text.matchAll(/beginbfrange\n([\s\S]*?)endbfrange/g)) {
    for (const [, from, until, to] of part.matchAll(/<(\w+)> <(\w+)> <(\w+)>/g)) {
      const first = parseInt(from, 16)
      for (let g = first; g <= parseInt(until, 16); g++) found.set(g, String.fromCharCode(parseInt(to, 16) + g - first))
    }
  }
  return found
}
