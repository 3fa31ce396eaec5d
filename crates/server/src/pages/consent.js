"use strict";
// What the app asks stands in the address; the server reads it and decides.
const said = document.getElementById("said");
const asked = document.getElementById("asked");
const enter = document.getElementById("enter");
const decide = document.getElementById("decide");

const read = "query($request: AuthorizationRequestInput!) { " +
  "viewer { account { displayName } } authorizationRequest(request: $request) " +
  "{ appName organization { name } scopes redirectTo } }";
const signIn = "mutation($input: SignInInput!) { signIn(input: $input) { userErrors { message } } }";
const act = "mutation($input: DecideAuthorizationInput!) { decideAuthorization(input: $input) " +
  "{ redirectTo userErrors { message } } }";

const words = {
  twice: ["The app asks the same thing twice.", "ایپ ایک ہی بات دو بار پوچھتی ہے۔"],
  wrong: ["The app asks wrongly. Nothing was allowed.", "ایپ نے غلط طریقے سے پوچھا ہے۔ کوئی اجازت نہیں دی گئی۔"],
  back: ["Back to the app", "ایپ پر واپس جائیں"],
  silent: ["The server does not answer. Try again.", "سرور جواب نہیں دے رہا۔ دوبارہ کوشش کریں۔"],
  THREADS_READ: ["read threads and posts", "گفتگو اور پیغامات پڑھنا"],
  THREADS_WRITE: ["begin threads and speak in them, in your name",
    "آپ کے نام سے گفتگو شروع کرنا اور اس میں لکھنا"],
  EVENTS_READ: ["be told of what happens in threads", "گفتگو میں جو ہو اس کی خبر پانا"],
  STATS_READ: ["read statistics", "اعداد و شمار پڑھنا"],
};

function language() {
  return navigator.language.startsWith("ur") ? "ur" : "en";
}

function element(name, text, language) {
  const made = document.createElement(name);
  made.textContent = text;
  made.lang = language;
  made.dir = language === "ur" ? "rtl" : "ltr";
  return made;
}

function both(name, [english, urdu]) {
  return [element(name, english, "en"), element(name, urdu, "ur")];
}

function say(...parts) {
  said.replaceChildren(...parts);
  if (parts.length > 0) {
    said.focus();
  }
}

// The parameters as the server names them; null where one stands twice.
function request() {
  const given = new URLSearchParams(location.search);
  const names = {
    client_id: "clientId", redirect_uri: "redirectUri", response_type: "responseType",
    scope: "scope", state: "state", code_challenge: "codeChallenge",
    code_challenge_method: "codeChallengeMethod",
  };
  const all = { clientId: "", redirectUri: "" };
  for (const [name, ours] of Object.entries(names)) {
    const values = given.getAll(name);
    if (values.length > 1) {
      return null;
    }
    if (values.length === 1 && values[0] !== "") {
      all[ours] = values[0];
    }
  }
  return all;
}

async function ask(query, variables) {
  const response = await fetch("/graphql", {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/json",
      "accept-language": language(),
    },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
}

// What is wrong with an answer is said; whether nothing is, is given back.
function good(answer, name) {
  const payload = answer.data && answer.data[name];
  const wrong = payload ? payload.userErrors || [] : answer.errors || [];
  if (payload && wrong.length === 0) {
    return true;
  }
  say(...(wrong.length > 0
    ? wrong.map((error) => element("p", error.message, language()))
    : both("p", words.silent)));
  return false;
}

async function show() {
  const request_ = request();
  if (request_ === null) {
    say(...both("p", words.twice));
    return;
  }
  const answer = await ask(read, { request: request_ });
  if (!good(answer, "authorizationRequest")) {
    return;
  }
  const wants = answer.data.authorizationRequest;
  if (wants.redirectTo) {
    // Nobody is sent anywhere unasked: else whoever has an app could lend our
    // name to any page of his (RFC 9700, section 4.11.2).
    say(...both("p", words.wrong), ...both("a", words.back));
    said.querySelectorAll("a").forEach((link) => { link.href = wants.redirectTo; });
    return;
  }
  document.getElementById("app").textContent = wants.appName;
  document.getElementById("organization").textContent = wants.organization.name;
  document.getElementById("scopes").replaceChildren(...wants.scopes.map((scope) => {
    const item = document.createElement("li");
    item.append(...both("p", words[scope] || [scope, scope]));
    return item;
  }));
  const account = answer.data.viewer.account;
  asked.hidden = false;
  enter.hidden = account !== null;
  decide.hidden = account === null;
  if (account !== null) {
    document.getElementById("who").textContent = account.displayName;
  }
}

async function guarded(form, work) {
  const buttons = form.querySelectorAll("button");
  buttons.forEach((button) => { button.disabled = true; });
  try {
    await work();
  } catch {
    say(...both("p", words.silent));
  } finally {
    buttons.forEach((button) => { button.disabled = false; });
  }
}

enter.addEventListener("submit", (event) => {
  event.preventDefault();
  guarded(enter, async () => {
    const { login, password } = enter.elements;
    const input = { login: login.value, password: password.value, cookie: true };
    if (good(await ask(signIn, { input }), "signIn")) {
      password.value = "";
      say();
      await show();
    }
  });
});

decide.addEventListener("submit", (event) => {
  event.preventDefault();
  const allow = event.submitter !== null && event.submitter.value === "allow";
  guarded(decide, async () => {
    const answer = await ask(act, { input: { request: request(), allow } });
    if (good(answer, "decideAuthorization")) {
      location.replace(answer.data.decideAuthorization.redirectTo);
    }
  });
});

guarded(enter, show);
