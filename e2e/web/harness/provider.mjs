// An OpenID Connect provider on this machine, made of a real one's code.
import { createServer } from 'node:http'

// It warns at length that it is not made for production like this.
const { info, warn } = console
console.info = console.warn = () => {}
const { Provider } = await import('oidc-provider')
Object.assign(console, { info, warn })

/**
 * Starts a provider that knows these people: { subject: { email, name, … } }. It
 * signs in whoever types a subject; there is one client, with the secret "secret".
 */
export async function openProvider(people, redirect) {
  const server = createServer()
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://localhost:${server.address().port}`
  console.info = console.warn = () => {}
  const provider = new Provider(issuer, {
    clients: [{ client_id: 'pott', client_secret: 'secret', redirect_uris: [redirect], grant_types: ['authorization_code'], response_types: ['code'] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'preferred_username'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: true } },
    findAccount: (_, id) => people[id] && { accountId: id, claims: () => ({ sub: id, ...people[id] }) },
    cookies: { keys: ['a test'] },
  })
  provider.on('server_error', (_, e) => console.error(e))
  server.on('request', provider.callback())
  const close = async () => {
    Object.assign(console, { info, warn })
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { issuer, close }
}
