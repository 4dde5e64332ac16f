// Going through a page with the Tab key alone.

// Watches in the page where each Tab leads. What has the focus is looked at when
// the next Tab is pressed: then the page has done all it does.
function watch() {
  const walk = (window.__walk = { stops: [], seen: new Set(), faults: [] })
  const drawn = (e) => e.outerHTML.slice(0, 140)
  const coveredBy = (e) => {
    const r = e.getClientRects()[0]
    // A control that is drawn by its label is seen where the label is.
    if (!r || r.width < 2 || r.height < 2) return
    const inset = Math.min(3, r.width / 4, r.height / 4)
    const points = [[r.left + r.width / 2, r.top + r.height / 2], [r.left + inset, r.top + inset], [r.right - inset, r.top + inset], [r.left + inset, r.bottom - inset], [r.right - inset, r.bottom - inset]]
    if (r.bottom <= 0 || r.top >= innerHeight || r.right <= 0 || r.left >= innerWidth) return 'nothing: it is out of the window'
    for (const [x, y] of points) {
      if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) continue // it is larger than the window
      const top = document.elementFromPoint(x, y)
      if (top && top !== e && !e.contains(top) && !top.contains(e) && ![...(e.labels ?? [])].some((l) => l.contains(top))) return drawn(top)
    }
  }
  // A ring, a border or a shadow; on the box itself, or on the label that stands for it.
  const shown = (e) => [e, ...(e.labels ?? [])].some((x) => {
    const s = getComputedStyle(x)
    return (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none'
  })
  // What has come to have the focus, and, once the page has done all it does about
  // that, whether it is seen.
  const come = ({ target: e }) => {
    if (!walk.stops.includes(e)) walk.stops.push(e)
  }
  const look = () => {
    const e = document.activeElement
    if (walk.seen.has(e) || !walk.stops.includes(e)) return
    walk.seen.add(e)
    const by = coveredBy(e)
    if (by) walk.faults.push(`${drawn(e)}\n   lies under ${by}`)
    if (!shown(e)) walk.faults.push(`${drawn(e)}\n   does not show that it has the focus`)
  }
  const listeners = [['focusin', come], ['keydown', look]]
  for (const [name, listen] of listeners) addEventListener(name, listen, true)
  walk.end = () => {
    look()
    for (const [name, listen] of listeners) removeEventListener(name, listen, true)
  }
  // What the keyboard must come to: of radio buttons with one name one is enough.
  const open = document.querySelector('dialog[open]')
  const all = [...(open ?? document).querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')].filter((e) => !e.matches(':disabled') && e.tabIndex >= 0 && e.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }))
  walk.wanted = all.filter((e) => e.type !== 'radio' || (e.form ? e === ([...e.form.elements].find((o) => o.name === e.name && o.checked) ?? [...e.form.elements].find((o) => o.name === e.name)) : true))
  // What a dialog that has just opened gives the focus needs no key.
  if (open && walk.wanted.includes(document.activeElement)) walk.stops.push(document.activeElement)
  return all.length
}

// How many presses lead at most to the last stop of the page, from where the focus is.
function ahead() {
  const now = document.activeElement
  const { wanted } = window.__walk
  const behind = now && now !== document.body ? wanted.filter((e) => now.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING) : wanted
  return { n: behind.length, top: now === document.body || now === wanted[0], all: wanted.every((e) => window.__walk.stops.includes(e)) }
}

function end() {
  const walk = window.__walk
  walk.end()
  for (const e of walk.stops) if (!walk.seen.has(e)) walk.faults.push(`${e.outerHTML.slice(0, 140)}\n   was not looked at`)
  for (const e of walk.wanted) if (!walk.stops.includes(e)) walk.faults.push(`${e.outerHTML.slice(0, 140)}\n   is not come to`)
  // The first in the order of the page is where the walk begins anew.
  const first = walk.stops.findIndex((e) => walk.stops.every((o) => o === e || e.compareDocumentPosition(o) & Node.DOCUMENT_POSITION_FOLLOWING))
  const order = [...walk.stops.slice(first), ...walk.stops.slice(0, first)]
  for (let i = 1; i < order.length; i++) {
    if (order[i - 1].compareDocumentPosition(order[i]) & Node.DOCUMENT_POSITION_PRECEDING) walk.faults.push(`${order[i].outerHTML.slice(0, 140)}\n   comes after what stands behind it`)
  }
  return { faults: walk.faults, stops: walk.stops.length }
}

const tab = { key: 'Tab', code: 'Tab', windowsVirtualKeyCode: 9, nativeVirtualKeyCode: 9 }

/**
 * Presses Tab from the top of the page to its end. Returns how many stops there
 * were, and what is wrong with them: what lies under something else at one of five
 * points, does not show its focus, is never come to, or comes out of order.
 */
export async function tabThrough(page) {
  await page.evaluate(watch)
  const keys = await page.context().newCDPSession(page)
  const press = (n) => Promise.all(Array.from({ length: n }, () => [keys.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...tab }), keys.send('Input.dispatchKeyEvent', { type: 'keyUp', ...tab })]).flat())
  // Beyond the last stop the focus goes to the browser, which gives it back to the
  // first: never more is pressed at a time than leads to the last.
  let rounds = (await page.evaluate(ahead)).top ? 1 : 0
  for (let left = 60; left > 0; left--) {
    const { n, all } = await page.evaluate(ahead)
    // Where the browser lets go of the focus it may skip a stop, once.
    if (n === 0 && rounds > 0 && (all || rounds > 2)) break
    await press(Math.max(1, n))
    if (n === 0) rounds++
  }
  await keys.detach()
  return page.evaluate(end)
}
