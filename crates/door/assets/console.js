'use strict';
(() => {
  const find = (id) => document.getElementById(id);
  const query = find('query');
  const status = find('status');
  const live = find('live');
  const answer = find('answer');
  const schemaView = find('schema');
  const completions = find('completions');
  const address = location.pathname;
  const kept = ['query', 'variables', 'token', 'headers'];
  const most = 200;

  let types = new Map();
  let roots = {};
  let socket = null;
  let running = null;
  let trail = [];

  // What was typed stays in this tab; a token is not kept longer than that.
  for (const id of kept) {
    find(id).value = sessionStorage.getItem('console.' + id) ?? '';
    find(id).addEventListener('input', () => sessionStorage.setItem('console.' + id, find(id).value));
  }
  if (!query.value) query.value = '# Ctrl+Enter runs this.\n{\n  __typename\n}\n';

  const say = (text, wrong) => {
    status.textContent = text;
    status.classList.toggle('wrong', Boolean(wrong));
  };

  const element = (name, text, ...children) => {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    made.append(...children);
    return made;
  };

  // The operations of the text, found with strings and comments left out.
  const operations = () => {
    const blank = (found) => found.replace(/[^\n]/g, ' ');
    const text = query.value.replace(/"""[^]*?"""|"(?:\\.|[^"\\\n])*"|#.*/g, blank);
    const found = [];
    let depth = 0;
    const pattern = /[{}]|\b(query|mutation|subscription|fragment)\b(?:\s+([_A-Za-z]\w*))?/g;
    let open = null;
    for (let match; (match = pattern.exec(text));) {
      if (match[0] === '{') {
        if (depth === 0 && !open) open = { kind: 'query', name: '', from: match.index };
        depth += 1;
      } else if (match[0] === '}') {
        depth -= 1;
        if (depth === 0 && open) {
          found.push({ ...open, to: pattern.lastIndex });
          open = null;
        }
      } else if (depth === 0) {
        open = { kind: match[1], name: match[2] ?? '', from: match.index };
      }
    }
    return found.filter((one) => one.kind !== 'fragment');
  };

  const listOperations = () => {
    const select = find('operation');
    const chosen = select.value;
    select.replaceChildren(element('option', 'at the cursor'));
    select.firstChild.value = '';
    for (const one of operations()) {
      if (!one.name) continue;
      const option = element('option', one.kind + ' ' + one.name);
      option.value = one.name;
      select.append(option);
    }
    select.value = chosen;
    if (select.selectedIndex < 0) select.selectedIndex = 0;
  };

  const chosenOperation = () => {
    const all = operations();
    const name = find('operation').value;
    const at = query.selectionStart;
    return all.find((one) => name && one.name === name)
      ?? all.find((one) => at >= one.from && at <= one.to)
      ?? all[0];
  };

  const object = (id) => {
    const text = find(id).value.trim();
    if (!text) return {};
    const value = JSON.parse(text);
    if (value === null || typeof value !== 'object' || Array.isArray(value)) throw new Error('an object is expected');
    return value;
  };

  const authorization = () => {
    const token = find('token').value.trim();
    return token ? { authorization: 'Bearer ' + token } : {};
  };

  const post = async (body, signal) => {
    const response = await fetch(address, {
      method: 'POST',
      headers: {
        ...object('headers'),
        ...authorization(),
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json;q=0.9',
      },
      body: JSON.stringify(body),
      signal,
    });
    return { status: response.status, text: await response.text() };
  };

  const pretty = (text) => {
    try {
      return JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      return text;
    }
  };

  const show = (isLive) => {
    live.hidden = !isLive;
    answer.hidden = isLive;
    find('stop').hidden = !isLive;
  };

  const run = async () => {
    stop();
    const operation = chosenOperation();
    if (!operation) return say('There is no operation to run.', true);
    let body;
    try {
      body = { query: query.value, variables: object('variables') };
    } catch (error) {
      return say('Variables: ' + error.message, true);
    }
    if (operation.name) body.operationName = operation.name;
    if (operation.kind === 'subscription') return subscribe(body);
    show(false);
    say('Running…');
    const began = performance.now();
    running = new AbortController();
    try {
      const { status: code, text } = await post(body, running.signal);
      answer.textContent = pretty(text);
      say(code + ' in ' + Math.round(performance.now() - began) + ' ms', code !== 200);
    } catch (error) {
      if (error.name !== 'AbortError') say(error.message, true);
    }
  };

  const addLive = (kind, payload) => {
    const time = element('time', new Date().toLocaleTimeString() + ' ' + kind);
    const item = element('li', '', time, '\n' + JSON.stringify(payload, null, 2));
    if (kind === 'error') item.classList.add('wrong');
    live.prepend(item);
    while (live.children.length > most) live.lastChild.remove();
  };

  const subscribe = (payload) => {
    show(true);
    live.replaceChildren();
    say('Connecting…');
    const url = location.protocol.replace('http', 'ws') + '//' + location.host + address.replace(/\/$/, '') + '/ws';
    const opened = new WebSocket(url, 'graphql-transport-ws');
    socket = opened;
    let count = 0;
    const send = (message) => opened.send(JSON.stringify(message));
    opened.onopen = () => send({ type: 'connection_init', payload: authorization() });
    opened.onmessage = (event) => {
      const message = JSON.parse(event.data);
      if (message.type === 'connection_ack') {
        say('Live: waiting for the first payload.');
        send({ id: '1', type: 'subscribe', payload });
      } else if (message.type === 'ping') {
        send({ type: 'pong' });
      } else if (message.type === 'next') {
        count += 1;
        say('Live: ' + count + ' received.');
        addLive('next', message.payload);
      } else if (message.type === 'error') {
        addLive('error', message.payload);
        say('The subscription failed.', true);
        stop();
      } else if (message.type === 'complete') {
        say('The subscription is complete after ' + count + '.');
        stop();
      }
    };
    opened.onclose = (event) => {
      if (socket === opened) {
        say('Closed: ' + event.code + ' ' + event.reason, true);
        stop();
      }
    };
  };

  const stop = () => {
    running?.abort();
    running = null;
    const open = socket;
    socket = null;
    if (open && open.readyState === WebSocket.OPEN) open.send(JSON.stringify({ id: '1', type: 'complete' }));
    open?.close(1000);
    find('stop').hidden = true;
  };

  const named = (type) => (type.ofType ? named(type.ofType) : type.name);
  const written = (type) =>
    type.kind === 'NON_NULL' ? written(type.ofType) + '!'
      : type.kind === 'LIST' ? '[' + written(type.ofType) + ']'
        : type.name;

  const introspection = `query Explorer {
    __schema {
      queryType { name } mutationType { name } subscriptionType { name }
      types {
        kind name description
        fields(includeDeprecated: true) {
          name description isDeprecated deprecationReason
          args { name description defaultValue type { ...T } }
          type { ...T }
        }
        inputFields { name description defaultValue type { ...T } }
        enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
        possibleTypes { name }
        interfaces { name }
      }
    }
  }
  fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }`;

  const readSchema = async () => {
    say('Reading the schema…');
    try {
      const { text } = await post({ query: introspection });
      const result = JSON.parse(text);
      if (!result.data) throw new Error(result.errors?.[0]?.message ?? 'no answer');
      const schema = result.data.__schema;
      types = new Map(schema.types.filter((type) => !type.name.startsWith('__')).map((type) => [type.name, type]));
      roots = {
        query: schema.queryType?.name,
        mutation: schema.mutationType?.name,
        subscription: schema.subscriptionType?.name,
      };
      say('The schema has ' + types.size + ' types.');
      trail = [];
      showRoots();
    } catch (error) {
      say('The schema cannot be read: ' + error.message, true);
    }
  };

  const link = (name, text) => {
    const button = element('button', text ?? name);
    button.type = 'button';
    button.addEventListener('click', () => {
      trail.push(name);
      showType(name);
    });
    return button;
  };

  const typed = (type) => (types.has(named(type)) ? link(named(type), written(type)) : written(type));

  const described = (list, entry, ...head) => {
    list.append(element('dt', '', ...head));
    if (entry.description) list.append(element('dd', entry.description));
    if (entry.isDeprecated) list.append(element('dd', 'Deprecated: ' + (entry.deprecationReason ?? '')));
  };

  const showRoots = () => {
    find('back').hidden = true;
    const list = element('ul');
    for (const [kind, name] of Object.entries(roots)) {
      if (name) list.append(element('li', '', kind + ': ', link(name)));
    }
    const all = element('ul');
    for (const name of [...types.keys()].sort()) all.append(element('li', '', link(name)));
    schemaView.replaceChildren(element('h3', 'Roots'), list, element('h3', 'All types'), all);
  };

  const showType = (name) => {
    find('back').hidden = false;
    const type = types.get(name);
    const list = element('dl');
    for (const field of [...(type.fields ?? []), ...(type.inputFields ?? [])]) {
      described(list, field, field.name + ': ', typed(field.type), field.defaultValue ? ' = ' + field.defaultValue : '');
      for (const argument of field.args ?? []) {
        const line = element('dd', '', '(' + argument.name + ': ', typed(argument.type));
        line.append(argument.defaultValue ? ' = ' + argument.defaultValue + ')' : ')');
        if (argument.description) line.append(' ' + argument.description);
        list.append(line);
      }
    }
    for (const value of type.enumValues ?? []) described(list, value, value.name);
    for (const other of [...(type.possibleTypes ?? []), ...(type.interfaces ?? [])]) {
      list.append(element('dt', '', link(other.name)));
    }
    const kind = type.kind.toLowerCase().replace('_', ' ');
    schemaView.replaceChildren(element('h3', kind + ' ' + name), element('p', type.description ?? ''), list);
    schemaView.scrollTop = 0;
    schemaView.focus();
  };

  const search = () => {
    const wanted = find('search').value.trim().toLowerCase();
    if (!wanted) return trail.length ? showType(trail.at(-1)) : showRoots();
    const list = element('ul');
    for (const type of types.values()) {
      if (type.name.toLowerCase().includes(wanted)) list.append(element('li', '', link(type.name)));
      for (const field of type.fields ?? type.inputFields ?? []) {
        if (field.name.toLowerCase().includes(wanted)) {
          list.append(element('li', '', link(type.name, type.name + '.' + field.name)));
        }
      }
      if (list.children.length > most) break;
    }
    schemaView.replaceChildren(element('h3', 'Found'), list);
  };

  // The type whose fields can be selected at the cursor: follow the fields whose
  // braces are open there.
  const typeAtCursor = () => {
    const text = query.value.slice(0, query.selectionStart)
      .replace(/"""[^]*?"""|"(?:\\.|[^"\\\n])*"|#.*/g, '');
    const stack = [];
    let word = '';
    let depth = 0;
    let kind = '';
    let on = '';
    for (const [token] of text.matchAll(/[(){}]|\.\.\.|[_A-Za-z]\w*/g)) {
      if (token === '(') depth += 1;
      else if (token === ')') depth -= 1;
      else if (depth > 0) continue;
      else if (token === '{') {
        const above = stack.at(-1);
        const field = types.get(above)?.fields?.find((one) => one.name === word);
        if (on) stack.push(on);
        else if (!stack.length) stack.push(roots[kind || 'query']);
        else if (word === '...') stack.push(above);
        else stack.push(field ? named(field.type) : '');
        word = on = '';
      } else if (token === '}') {
        stack.pop();
        word = on = kind = '';
      } else {
        if (!stack.length && /^(query|mutation|subscription)$/.test(token)) kind = token;
        on = word === 'on' ? token : '';
        word = token;
      }
    }
    return types.get(stack.at(-1));
  };

  const complete = () => {
    const before = query.value.slice(0, query.selectionStart);
    const start = before.match(/\w*$/)[0];
    const fields = (typeAtCursor()?.fields ?? []).filter((field) => field.name.startsWith(start));
    completions.replaceChildren();
    for (const field of fields.slice(0, most)) {
      const button = element('button', field.name + ': ' + written(field.type));
      button.type = 'button';
      button.addEventListener('click', () => {
        const at = query.selectionStart;
        query.setRangeText(field.name, at - start.length, at, 'end');
        query.dispatchEvent(new Event('input'));
        hideCompletions();
      });
      completions.append(element('li', '', button));
    }
    completions.hidden = !fields.length;
    if (fields.length) completions.querySelector('button').focus();
    else say('There is nothing to complete here.');
  };

  const hideCompletions = () => {
    completions.hidden = true;
    query.focus();
  };

  completions.addEventListener('keydown', (event) => {
    const item = document.activeElement.closest('li');
    const next = event.key === 'ArrowDown' ? item?.nextElementSibling
      : event.key === 'ArrowUp' ? item?.previousElementSibling
        : null;
    if (next) {
      event.preventDefault();
      next.firstChild.focus();
    } else if (event.key === 'Escape') hideCompletions();
  });

  document.addEventListener('keydown', (event) => {
    if (!(event.ctrlKey || event.metaKey)) return;
    if (event.key === 'Enter') {
      event.preventDefault();
      run();
    } else if (event.code === 'Space' && document.activeElement === query) {
      event.preventDefault();
      complete();
    }
  });

  query.addEventListener('input', listOperations);
  find('run').addEventListener('click', run);
  find('stop').addEventListener('click', () => {
    stop();
    say('Stopped.');
  });
  find('reload').addEventListener('click', readSchema);
  find('search').addEventListener('input', search);
  find('back').addEventListener('click', () => {
    trail.pop();
    return trail.length ? showType(trail.at(-1)) : showRoots();
  });

  listOperations();
  readSchema();
})();
