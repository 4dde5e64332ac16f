// Passkeys: the browser is asked, and a form like any other carries the answer.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const descriptors = (list) => (list || []).map((d) => ({ ...d, id: bytes(d.id) }));

async function sign(options) {
  const key = await navigator.credentials.get({
    publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: descriptors(options.allowCredentials) },
  });
  const { authenticatorData, clientDataJSON, signature, userHandle } = key.response;
  return wrap(key, {
    authenticatorData: text(authenticatorData),
    clientDataJSON: text(clientDataJSON),
    signature: text(signature),
    userHandle: userHandle ? text(userHandle) : null,
  });
}

async function register(options) {
  const key = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: descriptors(options.excludeCredentials),
    },
  });
  return wrap(key, {
    attestationObject: text(key.response.attestationObject),
    clientDataJSON: text(key.response.clientDataJSON),
    transports: key.response.getTransports?.() || [],
  });
}

const wrap = (key, response) => ({
  id: key.id,
  rawId: text(key.rawId),
  type: key.type,
  authenticatorAttachment: key.authenticatorAttachment || undefined,
  clientExtensionResults: key.getClientExtensionResults(),
  response,
});

function offer(form, ask) {
  form.hidden = false;
  const said = form.querySelector("[role=status]");
  form.querySelector("button").addEventListener("click", async () => {
    said.textContent = "";
    if (!form.reportValidity()) return;
    try {
      const begun = await fetch(form.dataset.begin, { headers: { Accept: "application/json" } });
      if (!begun.ok) throw new Error((await begun.json()).detail);
      const { options, state } = await begun.json();
      const answer = await ask(options);
      form.elements.state.value = state;
      form.elements.answer.value = JSON.stringify(answer);
      form.requestSubmit();
    } catch (error) {
      said.textContent = error.name === "Error" && error.message ? error.message : form.dataset.failed;
    }
  });
}

if (window.PublicKeyCredential) {
  const door = document.getElementById("passkey");
  if (door) offer(door, sign);
  const own = document.getElementById("new-passkey");
  if (own) offer(own, register);
}
