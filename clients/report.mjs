// One line a check, and how many passed.

/** A check that is left out says why, instead of failing. */
export class Skipped extends Error {}

const failures = [];
let passed = 0;
let skipped = 0;

/** Runs a check and tells how it went. A failing one does not stop the others. */
export async function check(name, body) {
  const start = performance.now();
  const tell = (word, more = "") => {
    const took = ((performance.now() - start) / 1000).toFixed(1);
    console.log(`${word.padEnd(6)} ${name}  (${took} s)${more}`);
  };
  try {
    await within(120_000, body());
    passed += 1;
    tell("ok");
  } catch (error) {
    if (error instanceof Skipped) {
      skipped += 1;
      tell("skip", `  ${error.message}`);
      return;
    }
    failures.push(name);
    tell("FAILED", `\n${indented(error)}`);
  }
}

/** Fails when something does not come in time. */
export async function within(milliseconds, promise, what = "it") {
  let timer;
  const late = new Promise((_, refuse) => {
    timer = setTimeout(() => refuse(new Error(`${what} did not come in ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Says what failed, and whether anything did. */
export function close() {
  for (const name of failures) console.log(`failed: ${name}`);
  console.log(`\n${passed} passed, ${failures.length} failed, ${skipped} skipped`);
  return failures.length === 0;
}

function indented(error) {
  const text = error?.stack ?? JSON.stringify(error, null, 2) ?? String(error);
  return text.replace(/^/gm, "       ");
}
