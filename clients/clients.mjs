// The clients of JavaScript, each with the same story.

import { createHash } from "node:crypto";

import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { Client, fetchExchange, subscriptionExchange } from "@urql/core";
import { OperationTypeNode, parse } from "graphql";
import { createClient as createSse } from "graphql-sse";
import { createClient as createWs } from "graphql-ws";
import { WebSocket } from "ws";

import { story } from "./story.mjs";

const TOLD = "a query, a mutation and a resumed subscription";

const socketOf = (server) =>
  createWs({
    url: server.ws,
    webSocketImpl: WebSocket,
    connectionParams: server.headers,
    retryAttempts: 0,
  });

const sha256 = (text) => createHash("sha256").update(text).digest("hex");

/** What a client of graphql-ws or graphql-sse does: every operation is subscribed to. */
const subscriber = (client) => ({
  run: (query, variables) =>
    new Promise((done, refuse) => {
      let data;
      client.subscribe(
        { query, variables },
        {
          next: (answer) => (answer.errors ? refuse(answer.errors) : (data = answer.data)),
          error: refuse,
          complete: () => done(data),
        },
      );
    }),
  watch: (query, variables, next, error) =>
    client.subscribe(
      { query, variables },
      { next: (answer) => (answer.errors ? error(answer.errors) : next(answer.data)), error, complete: () => {} },
    ),
});

export default {
  [`graphql-ws: ${TOLD}`]: async (server) => {
    const client = socketOf(server);
    await story(subscriber(client));
    await client.dispose();
  },

  [`graphql-sse: ${TOLD}`]: async (server) => {
    const client = createSse({ url: server.sse, headers: server.headers, retryAttempts: 0 });
    await story(subscriber(client));
    client.dispose();
  },

  [`@urql/core: ${TOLD}`]: async (server) => {
    const socket = socketOf(server);
    const client = new Client({
      url: server.http,
      preferGetMethod: false,
      requestPolicy: "network-only",
      fetchOptions: { headers: server.headers },
      exchanges: [
        fetchExchange,
        subscriptionExchange({
          forwardSubscription: ({ query, variables }) => ({
            subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables }, sink) }),
          }),
        }),
      ],
    });
    const answered = ({ data, error }) => {
      if (error) throw error;
      return data;
    };
    await story({
      run: async (query, variables) => {
        const does = query.startsWith("mutation") ? "mutation" : "query";
        return answered(await client[does](query, variables).toPromise());
      },
      watch: (query, variables, next, error) => {
        const { unsubscribe } = client.subscription(query, variables).subscribe((result) => {
          if (result.error) error(result.error);
          else next(result.data);
        });
        return unsubscribe;
      },
    });
    await socket.dispose();
  },

  [`@apollo/client: ${TOLD}, queries by hash`]: async (server) => {
    const socket = socketOf(server);
    const http = new HttpLink({ uri: server.http, headers: server.headers });
    const client = new ApolloClient({
      cache: new InMemoryCache(),
      link: ApolloLink.split(
        ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
        new GraphQLWsLink(socket),
        new PersistedQueryLink({ sha256 }).concat(http),
      ),
    });
    await story({
      run: async (text, variables) => {
        const document = parse(text);
        if (text.startsWith("mutation")) return (await client.mutate({ mutation: document, variables })).data;
        return (await client.query({ query: document, variables, fetchPolicy: "network-only" })).data;
      },
      watch: (text, variables, next, error) => {
        const watching = client.subscribe({ query: parse(text), variables }).subscribe({
          next: (result) => (result.error ? error(result.error) : next(result.data)),
          error,
        });
        return () => watching.unsubscribe();
      },
    });
    client.stop();
    await socket.dispose();
  },
};
