'use strict';
(() => {
  const address = location.pathname.replace(/\/$/, '');
  const socketAddress = location.origin.replace('http', 'ws') + address + '/ws';
  // Styles that are made at run time carry the page's nonce, or are refused.
  window.__webpack_nonce__ = document.currentScript.nonce;

  const welcome = `# A visitor sees what is public. To sign in, run
# the mutation signIn and put its token behind
# "Bearer" under Headers, below. What is typed here
# is forgotten when the tab closes.
{
  threads(first: 3) {
    nodes {
      reference
      title
      state
    }
  }
}
`;
  const headers = '{\n  "authorization": "Bearer "\n}\n';

  // The headers, without an authorization that holds no token yet.
  const filled = (all = {}) =>
    Object.fromEntries(Object.entries(all).filter(([name, value]) =>
      name.toLowerCase() !== 'authorization' || !/^\s*(bearer)?\s*$/i.test(value)));

  const authorization = (all) => {
    const found = Object.entries(all).find(([name]) => name.toLowerCase() === 'authorization');
    return found ? { authorization: found[1] } : {};
  };

  const follows = ({ operationName }, document) =>
    (document?.definitions ?? []).some((one) =>
      one.operation === 'subscription' && (!operationName || one.name?.value === operationName));

  // A subscription over graphql-transport-ws, on a socket of its own.
  const subscribe = (payload, all) => ({
    subscribe: (watcher) => {
      const socket = new WebSocket(socketAddress, 'graphql-transport-ws');
      const send = (message) => socket.send(JSON.stringify(message));
      let over = false;
      const end = (tell) => {
        if (over) return;
        over = true;
        tell();
        socket.close(1000);
      };
      socket.onopen = () => send({ type: 'connection_init', payload: authorization(all) });
      socket.onmessage = (event) => {
        if (over) return;
        const message = JSON.parse(event.data);
        if (message.type === 'connection_ack') send({ id: '1', type: 'subscribe', payload });
        else if (message.type === 'ping') send({ type: 'pong' });
        else if (message.type === 'next') watcher.next(message.payload);
        else if (message.type === 'complete') end(() => watcher.complete());
        else if (message.type === 'error') {
          watcher.next({ errors: message.payload });
          end(() => watcher.complete());
        }
      };
      socket.onclose = (event) =>
        end(() => watcher.error(new Error(`The connection was closed: ${event.code} ${event.reason}`)));
      return {
        unsubscribe: () =>
          end(() => {
            if (socket.readyState === WebSocket.OPEN) send({ id: '1', type: 'complete' });
          }),
      };
    },
  });

  const ask = GraphiQL.createFetcher({ url: address, enableIncrementalDelivery: false });
  const fetcher = (request, options = {}) => {
    const all = filled(options.headers);
    return follows(request, options.documentAST)
      ? subscribe(request, all)
      : ask(request, { ...options, headers: all });
  };

  ReactDOM.createRoot(document.getElementById('graphiql')).render(
    React.createElement(GraphiQL, {
      fetcher,
      defaultQuery: welcome,
      defaultHeaders: headers,
      defaultEditorToolsVisibility: 'headers',
      // The storage ends with the tab, and with it the token and every text.
      storage: sessionStorage,
      shouldPersistHeaders: true,
      showPersistHeadersSettings: false,
    }),
  );
})();
