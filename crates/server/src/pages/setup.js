"use strict";
// The token stands behind the #: browsers do not send it, so no log has it.
const form = document.getElementById("form");
const said = document.getElementById("said");
const act = "mutation($input: SetUpInput!) { setUp(input: $input) " +
  "{ recoveryCodes userErrors { message field } } }";

function say(lines) {
  said.replaceChildren(...lines.map((line) => {
    const paragraph = document.createElement("p");
    paragraph.textContent = line;
    return paragraph;
  }));
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const field = (name) => form.elements[name].value;
  if (field("password") !== field("again")) {
    say(["The two passwords differ."]);
    return;
  }
  const input = {
    token: location.hash.slice(1),
    login: field("login"),
    displayName: field("displayName"),
    password: field("password"),
    cookie: true,
  };
  try {
    const response = await fetch("/graphql", {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({ query: act, variables: { input } }),
    });
    const answer = await response.json();
    const done = answer.data && answer.data.setUp;
    if (!done) {
      say((answer.errors || []).map((error) => error.message));
    } else if (done.userErrors.length > 0) {
      say(done.userErrors.map((error) => error.message));
    } else {
      form.remove();
      say(["The account is made. Write these recovery codes down; they are shown once:",
        ...done.recoveryCodes]);
    }
  } catch {
    say(["The server does not answer. Try again."]);
  }
});
