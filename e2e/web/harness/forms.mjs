// Filling in forms, in any language: controls are found by their names.

/** A form that sends to a path. */
export const formTo = (page, path) => page.locator(`form[action$="${path}"]`).first()

/**
 * Fills in the form that sends to a path and sends it, past what the browser
 * itself would ask for: { name: value }. A file is { name, text }.
 */
export async function send(page, path, fields = {}, button = 'button:not([type=button])') {
  const form = formTo(page, path)
  await form.waitFor({ state: 'attached' })
  await form.evaluate((f) => {
    f.noValidate = true
    for (const d of f.querySelectorAll('[maxlength]')) d.removeAttribute('maxlength')
    for (const d of f.querySelectorAll('[type=date], [type=datetime-local], [type=url]')) d.type = 'text'
    for (let d = f.closest('details'); d; d = d.parentElement.closest('details')) d.open = true
    for (const d of f.querySelectorAll('details')) d.open = true
  })
  for (const [name, value] of Object.entries(fields)) await fill(form, name, value)
  await pressed(page, form.locator(button).first())
}

async function fill(form, name, value) {
  const all = form.locator(`[name="${name}"]:not([type=hidden])`)
  const kind = await all.first().evaluate((e) => (e.localName === 'input' ? e.type : e.localName))
  if (kind === 'radio') {
    const one = form.locator(`[name="${name}"][value="${value}"]`)
    // One that says it cannot be chosen can be sent all the same.
    return (await one.getAttribute('aria-disabled')) === 'true' ? one.evaluate((e) => (e.checked = true)) : one.check()
  }
  if (kind === 'checkbox') return all.first().setChecked(Boolean(value))
  if (kind === 'select') return all.first().selectOption(value)
  if (kind === 'file') return all.first().setInputFiles({ name: value.name, mimeType: 'text/plain', buffer: Buffer.from(value.text) })
  return all.first().fill(value)
}

/** Presses a button or a link that leads to another page, and waits until that is there. */
export async function pressed(page, control) {
  // One that says it cannot work can be pressed all the same.
  const force = (await control.getAttribute('aria-disabled')) === 'true'
  await Promise.all([page.waitForEvent('load'), control.click({ force })])
}
