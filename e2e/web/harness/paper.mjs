// What a page is like on paper.

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
