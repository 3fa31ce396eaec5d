// What every client is tried with: a concern is raised and read, and followed live over a break without loss or
// repeat.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { parse, print } from "graphql";

import { within } from "./report.mjs";

const PATIENCE = 20_000;

/** The operations of operations.graphql, by their names: the text of each. */
export const operations = Object.fromEntries(
  parse(readFileSync(new URL("operations.graphql", import.meta.url), "utf8")).definitions.map((one) => [
    one.name.value,
    print(one),
  ]),
);

/**
 * Runs the story with a client, which is `run(text, variables)`, a promise of data, and
 * `watch(text, variables, next, error)`, which gives a function that stops.
 */
export async function story(client) {
  const act = async (name, input) => {
    const data = await client.run(operations[name], { input });
    const [payload] = Object.values(data);
    assert.deepEqual([...payload.userErrors], []);
    return payload;
  };
  // In letters: thirteen digits are the number of an identity card.
  const moment = String(process.hrtime.bigint()).replace(/\d/g, (digit) => "abcdefghij"[digit]);
  const title = `Followed at ${moment}`;
  const concern = { title, body: "On the road.", category: "DRG", region: "PB" };
  const { id } = (await act("RaiseConcern", concern)).thread;
  const read = await client.run(operations.ReadThread, { id });
  assert.equal(read.thread.title, title);
  const say = (body) => act("AddPost", { threadId: id, body });

  // What was said between the reading and the watching comes first.
  await say("one");
  await say("two");
  const first = new Watch(client, id, read.thread.cursor);
  const early = await first.until("one");
  first.stop();
  const last = early.at(-1).cursor;

  // The same after a break, and then live.
  await say("three");
  const second = new Watch(client, id, last);
  const late = await second.until("three");
  await say("four");
  late.push(...(await second.until("four")));
  second.stop();
  assert.deepEqual(bodies(early), ["one"]);
  assert.deepEqual(bodies(late), ["two", "three", "four"]);
  const cursors = [...early, ...late].map((event) => event.cursor);
  assert.equal(new Set(cursors).size, cursors.length, "a cursor came twice");
}

const bodies = (events) => events.flatMap((event) => event.post?.body ?? []);

/** A subscription that is watched. */
class Watch {
  #events = [];
  #failure;
  #wake = () => {};

  constructor(client, threadId, after) {
    const next = (data) => {
      this.#events.push(data.threadEvents);
      this.#wake();
    };
    const fail = (error) => {
      this.#failure = error;
      this.#wake();
    };
    this.stop = client.watch(operations.FollowThread, { threadId, after }, next, fail);
  }

  /** The events up to the post that says this; the rest is kept. */
  async until(body) {
    const gathering = async () => {
      for (;;) {
        const end = this.#events.findIndex((event) => event.post?.body === body);
        if (end >= 0) return this.#events.splice(0, end + 1);
        if (this.#failure) throw this.#failure;
        await new Promise((wake) => (this.#wake = wake));
      }
    };
    return within(PATIENCE, gathering(), `the post "${body}"`);
  }
}
