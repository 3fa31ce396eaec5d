"use strict";
// The token stands behind the #: browsers do not send it, so no log has it.
const form = document.getElementById("form");
const said = document.getElementById("said");
const act = "mutation($input: SetUpInput!) { setUp(input: $input) " +
  "{ recoveryCodes userErrors { message field } } }";

const words = {
  noToken: ["This page needs the link as it was printed, with what stands behind the #.",
    "اس صفحے کے لیے پورا لنک ضروری ہے، جیسا چھپا تھا، # کے بعد والے حصے سمیت۔"],
  missing: ["This is needed.", "یہ ضروری ہے۔"],
  differ: ["The two passwords differ.", "دونوں پاس ورڈ ایک جیسے نہیں۔"],
  mend: ["Please mend what is marked below.", "براہ کرم نیچے نشان زدہ خانے درست کریں۔"],
  silent: ["The server does not answer. Try again.", "سرور جواب نہیں دے رہا۔ دوبارہ کوشش کریں۔"],
  made: ["The account is made, and you are signed in. Write these recovery codes down; they are " +
    "shown once. Each is good for one new password:",
    "اکاؤنٹ بن گیا اور آپ داخل ہو چکے ہیں۔ بحالی کے یہ کوڈ لکھ لیں؛ یہ صرف ایک بار دکھائے جاتے " +
    "ہیں۔ ہر کوڈ ایک نئے پاس ورڈ کے لیے ہے:"],
};

function element(name, text, language) {
  const made = document.createElement(name);
  made.textContent = text;
  if (language) {
    made.lang = language;
    made.dir = language === "ur" ? "rtl" : "ltr";
  }
  return made;
}

function both(name, [english, urdu]) {
  return [element(name, english, "en"), element(name, urdu, "ur")];
}

function language() {
  return form.elements.language.value.toLowerCase();
}

// What stands in an element with role="alert" is read out as it comes.
function say(...parts) {
  said.replaceChildren(...parts);
  said.focus();
}

function clear() {
  said.replaceChildren();
  for (const field of form.elements) {
    field.removeAttribute("aria-invalid");
  }
  for (const wrong of form.querySelectorAll(".wrong")) {
    wrong.replaceChildren();
  }
}

function mark(name, parts) {
  form.elements[name].setAttribute("aria-invalid", "true");
  document.getElementById(name + "-wrong").append(...parts);
}

function mend() {
  say(...both("p", words.mend));
  form.querySelector("[aria-invalid]").focus();
}

// Whether everything is there that the server needs not be asked about.
function complete() {
  const missing = [...form.elements].filter((field) => field.required && field.value === "");
  for (const field of missing) {
    mark(field.name, both("span", words.missing));
  }
  const { password, again } = form.elements;
  if (missing.length === 0 && password.value !== again.value) {
    mark("again", both("span", words.differ));
  }
  return form.querySelector("[aria-invalid]") === null;
}

function refused(errors) {
  const others = [];
  for (const error of errors) {
    const name = (error.field || [])[0];
    if (document.getElementById(name + "-wrong")) {
      mark(name, [element("span", error.message, language())]);
    } else {
      others.push(element("p", error.message, language()));
    }
  }
  if (others.length > 0) {
    say(...others);
  } else if (form.querySelector("[aria-invalid]")) {
    mend();
  } else {
    say(...both("p", words.silent));
  }
}

function done(codes) {
  const list = document.createElement("ol");
  list.dir = "ltr";
  list.append(...codes.map((code) => {
    const item = document.createElement("li");
    item.append(element("code", code));
    return item;
  }));
  form.remove();
  // The token is used up; it need not stay in the browser's history.
  history.replaceState(null, "", location.pathname);
  say(...both("p", words.made), list);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  clear();
  const token = location.hash.slice(1);
  if (token === "") {
    say(...both("p", words.noToken));
    return;
  }
  if (!complete()) {
    mend();
    return;
  }
  const field = (name) => form.elements[name].value;
  const input = {
    token,
    login: field("login"),
    displayName: field("displayName"),
    constituency: field("constituency"),
    language: field("language"),
    email: field("email") || null,
    password: field("password"),
    cookie: true,
  };
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const response = await fetch("/graphql", {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json",
        "accept-language": language(),
      },
      body: JSON.stringify({ query: act, variables: { input } }),
    });
    const answer = await response.json();
    const payload = answer.data && answer.data.setUp;
    if (!payload) {
      refused(answer.errors || []);
    } else if (payload.userErrors.length > 0) {
      refused(payload.userErrors);
    } else {
      done(payload.recoveryCodes);
    }
  } catch {
    say(...both("p", words.silent));
  } finally {
    button.disabled = false;
  }
});

form.elements.language.value = navigator.language.startsWith("ur") ? "UR" : "EN";
if (location.hash.length < 2) {
  say(...both("p", words.noToken));
}
