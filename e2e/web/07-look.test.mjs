// How pages are drawn where the reader's system chooses the colours, and from the
// first moment on.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { closeBrowser, newVisitor, visiting } from './harness/browser.mjs'
import { freshWorld } from './harness/house.mjs'
import { signIn } from './harness/person.mjs'
import { compare } from './harness/sharp.mjs'
import { usual } from './harness/worlds.mjs'

let world
before(async () => (world = await freshWorld(usual)))
after(closeBrowser)

// What has a state, where it is seen, and how it loses it.
const marked = [
  { what: 'the current page of the menu', at: '/licenses', mark: 'nav.main a[aria-current=page]', plain: (e) => e.setAttribute('aria-current', 'false') },
  { what: 'the current tab', at: '/licenses', mark: '.tabs a[aria-current=page]', plain: (e) => e.setAttribute('aria-current', 'false') },
  { what: 'the page of a list', at: '/users', mark: '.pager a[aria-current=page]', plain: (e) => e.setAttribute('aria-current', 'false') },
  { what: 'a row that blocks', at: '/licenses/review/kontoret-9', mark: 'tr.crit', plain: (e) => e.classList.remove('crit') },
  { what: 'a row to look at', at: '/licenses?issuer=KONTORET', mark: 'tr.warn', plain: (e) => e.classList.remove('warn') },
  { what: 'a row that blocks, from one to look at', at: '/licenses/review/kontoret-9', mark: 'tr.crit', plain: (e) => e.classList.replace('crit', 'warn') },
  { what: 'how full a bar is', at: '/licenses', mark: '.bar .part', seen: '.bar', plain: (e) => e.setAttribute('width', '0') },
  { what: 'the border of a bar', at: '/licenses', mark: '.bar', plain: (e) => (e.style.border = '0') },
  { what: 'a button that cannot work', at: '/licenses/review/kontoret-9', mark: 'button[aria-disabled=true]', plain: (e) => e.removeAttribute('aria-disabled') },
]

for (const colorScheme of ['light', 'dark']) {
  test(`7. With forced colours, ${colorScheme}, what has a state looks unlike the same without it`, async (t) => {
    const visitor = await newVisitor({ forcedColors: 'active', colorScheme })
    await signIn(visitor, world, 'karin.lind')
    const { page } = visitor
    for (const { what, at, mark, seen = mark, plain } of marked) {
      await t.test(what, async () => {
        await page.goto(world.url + at)
        assert.equal(await page.evaluate(() => matchMedia('(forced-colors: active)').matches), true)
        const e = page.locator(mark).first()
        const box = page.locator(seen).first()
        await box.scrollIntoViewIfNeeded()
        const clip = await box.boundingBox()
        const picture = () => page.screenshot({ clip: { x: clip.x - 4, y: clip.y - 4, width: clip.width + 8, height: clip.height + 8 } })
        const handle = await e.elementHandle()
        const [first, again] = [await picture(), await picture()]
        assert.equal((await compare(page, first, again)).differ, 0, 'two pictures of the same are the same')
        await handle.evaluate(plain)
        const { differ } = await compare(page, first, await picture())
        assert.ok(differ >= 24, `${differ} pixels differ`)
      })
    }
    await visitor.leave()
  })
}

// The ground of a page in each theme, as it is drawn.
const grounds = { light: [255, 255, 255], dark: [15, 18, 22], contrast: [255, 255, 255] }
const light = ([r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b > 127

for (const javaScript of [true, false]) {
  for (const theme of Object.keys(grounds)) {
    test(`38. The ${theme} theme is there from the first paint on, and stays (${javaScript ? 'with' : 'without'} JavaScript)`, async () => {
      // The system prefers the other one.
      const colorScheme = theme === 'dark' ? 'light' : 'dark'
      await visiting({ javaScript, colorScheme }, async (page, visitor) => {
        await signIn(visitor, world, 'karin.lind')
        const eyes = await visitor.context.newPage() // compares pictures
        await page.goto(`${world.url}/me/appearance`)
        await page.locator(`input[name=theme][value=${theme}]`).check()
        await page.locator('form[action$="/me/appearance"] button').first().click()
        await page.waitForLoadState()
        const ground = async () => (await compare(eyes, await page.screenshot({ clip: { x: 2, y: 700, width: 4, height: 4 } }))).middle
        assert.deepEqual(await ground(), grounds[theme])

        // The style comes late: every picture until then, and after, must be right.
        const chrome = await visitor.context.newCDPSession(page)
        const frames = []
        chrome.on('Page.screencastFrame', ({ data, sessionId }) => {
          frames.push(data)
          chrome.send('Page.screencastFrameAck', { sessionId }).catch(() => {})
        })
        await page.route('**/style.css', async (route) => {
          const answer = await route.fetch()
          await route.fulfill({ response: answer })
        })
        await chrome.send('Network.setCacheDisabled', { cacheDisabled: true })
        await chrome.send('Page.startScreencast', { format: 'png', everyNthFrame: 1 })
        await page.reload()
        assert.deepEqual(await ground(), grounds[theme])
        await chrome.send('Page.stopScreencast')
        assert.ok(frames.length > 0, 'something was painted')
        for (const frame of frames) {
          const { corner } = await compare(eyes, Buffer.from(frame, 'base64'))
          assert.equal(light(corner), theme !== 'dark', `a picture is ${corner}`)
        }
        assert.equal(await page.locator('html').getAttribute('data-theme'), theme)
      })
    })
  }
}
