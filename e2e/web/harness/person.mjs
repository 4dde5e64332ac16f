// What a person does at Pott's pages.

/** Signs a person in, without the sign-in pages: they have tests of their own. */
export async function signIn({ context }, world, who, customer = 'northwind') {
  const { name, value } = await world.session(who, customer)
  await context.addCookies([{ name, value, url: world.server }])
}
