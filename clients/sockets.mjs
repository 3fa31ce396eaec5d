// The rules of graphql-transport-ws that a client's library would not break, by a bare websocket.

import assert from "node:assert/strict";

import { WebSocket } from "ws";

import { within } from "./report.mjs";

const PATIENCE = 10_000;
const INIT = { type: "connection_init", payload: {} };
const TYPENAME = { query: "{ __typename }" };

/** A socket that sends what it is given and tells what it heard, and how it was closed. */
function dial(server, messages, { protocol = "graphql-transport-ws", stop } = {}) {
  return new Promise((done, refuse) => {
    const socket = new WebSocket(server.ws, protocol);
    const heard = [];
    socket.on("open", () => messages.forEach((one) => socket.send(typeof one === "string" ? one : JSON.stringify(one))));
    socket.on("message", (data) => {
      heard.push(JSON.parse(data));
      if (stop?.(heard)) socket.close(1000);
    });
    socket.on("close", (code) => done({ heard, code }));
    socket.on("error", refuse);
  });
}

const closesWith = async (server, code, messages, options) => {
  const end = await within(PATIENCE, dial(server, messages, options), `the close with ${code}`);
  assert.equal(end.code, code);
};

export default {
  "websocket: the protocol's close codes": async (server) => {
    const forever = {
      id: "1",
      type: "subscribe",
      payload: { query: "subscription { viewerEvents { __typename } }" },
    };
    const mine = { type: "connection_init", payload: server.headers };
    await closesWith(server, 4400, ["garbage"]);
    await closesWith(server, 4400, [{ type: "start", id: "1" }]);
    await closesWith(server, 4401, [{ id: "1", type: "subscribe", payload: TYPENAME }]);
    await closesWith(server, 4403, [{ type: "connection_init", payload: { authorization: "Bearer nobody" } }]);
    await closesWith(server, 4406, [], { protocol: [] });
    await closesWith(server, 4408, []);
    await closesWith(server, 4409, [mine, forever, forever]);
    await closesWith(server, 4429, [INIT, INIT]);
  },

  "websocket: pings, answers and errors": async (server) => {
    const { heard } = await within(
      PATIENCE,
      dial(
        server,
        [
          { type: "ping", payload: { a: 1 } },
          INIT,
          { id: "good", type: "subscribe", payload: TYPENAME },
          { id: "bad", type: "subscribe", payload: { query: "{ nothingOfTheKind }" } },
        ],
        { stop: (heard) => heard.length >= 5 },
      ),
    );
    const [pong, ack, ...rest] = heard;
    assert.deepEqual(pong, { type: "pong", payload: { a: 1 } });
    assert.equal(ack.type, "connection_ack");
    const of = (id) => rest.filter((one) => one.id === id);
    assert.deepEqual(of("good"), [
      { id: "good", type: "next", payload: { data: { __typename: "Query" } } },
      { id: "good", type: "complete" },
    ]);
    assert.equal(of("bad").length, 1);
    assert.equal(of("bad")[0].type, "error");
    assert.equal(of("bad")[0].payload[0].extensions.code, "BAD_USER_INPUT");
  },
};
