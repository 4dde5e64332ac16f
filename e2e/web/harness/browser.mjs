// Chromium as the tests use it. Whatever the browser complains of, on the console
// or of the content security policy, fails the test that it happened in.
import { chromium } from 'playwright-core'
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'

const executablePath = process.env.POTT_CHROMIUM ?? '/usr/bin/chromium'

let browser

async function openBrowser() {
  if (!existsSync(executablePath)) throw new Error(`no ${executablePath}: install Debian's chromium, or name another in POTT_CHROMIUM`)
  browser ??= await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  })
  return browser
}

/** Closes the browser; a file of tests calls it when it is done. */
export async function closeBrowser() {
  await browser?.close()
  browser = undefined
}

// A document may be refused with 4xx, which the tests look at; the browser reports
// that like a missing picture. What is not a document is told by its response.
const refusal = /^Failed to load resource: the server responded with a status of/

/**
 * A person at a browser of their own: { javaScript, width, height, locale, theme,
 * media }. `complaints` is what the browser complained of so far.
 */
export async function newVisitor({ javaScript = true, width = 1280, height = 900, locale = 'en-GB', colorScheme = 'light', forcedColors, reducedMotion = 'reduce', storageState } = {}) {
  const context = await (await openBrowser()).newContext({
    javaScriptEnabled: javaScript,
    viewport: { width, height },
    locale,
    timezoneId: 'Europe/Stockholm',
    colorScheme,
    forcedColors,
    reducedMotion,
    storageState,
  })
  context.setDefaultTimeout(30_000) // where much else runs a page takes long
  const complaints = []
  const watch = (page) => {
    page.on('console', (m) => {
      if (['error', 'warning'].includes(m.type()) && !refusal.test(m.text())) complaints.push(`${page.url()}: ${m.text()}`)
    })
    page.on('pageerror', (e) => complaints.push(`${page.url()}: ${e.stack ?? e}`))
    page.on('response', (r) => {
      if (r.status() >= 400 && r.request().resourceType() !== 'document') complaints.push(`${page.url()}: ${r.status()} ${r.url()}`)
    })
  }
  context.on('page', watch)
  const page = await context.newPage()
  return { page, context, complaints, leave: () => context.close() }
}

/** Runs a test with a visitor, and fails it for what the browser complained of. */
export async function visiting(options, act) {
  const visitor = await newVisitor(options)
  try {
    await act(visitor.page, visitor)
    assert.deepEqual(visitor.complaints, [], 'the browser complained')
  } finally {
    await visitor.leave()
  }
}
