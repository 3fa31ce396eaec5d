"""Python's gql, with the story of story.mjs: over HTTP, and live over a websocket."""

import asyncio
import json
import os
import sys
import time
from pathlib import Path

from gql import Client, gql
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.websockets import WebsocketsTransport
from graphql import parse, print_ast

PATIENCE = 20

OPERATIONS = {
    one.name.value: gql(print_ast(one))
    for one in parse((Path(__file__).parent / "operations.graphql").read_text("utf-8")).definitions
}


def request(name, variables):
    document = OPERATIONS[name]
    document.variable_values = variables
    return document


async def act(session, name, given):
    data = await session.execute(request(name, {"input": given}))
    (payload,) = data.values()
    assert payload["userErrors"] == [], payload
    return payload


async def until(events, body):
    """The events up to the post that says this."""
    gathered = []
    async for data in events:
        event = data["threadEvents"]
        gathered.append(event)
        if event.get("post", {}).get("body") == body:
            return gathered
    raise AssertionError(f'the subscription ended before the post "{body}"')


def bodies(events):
    return [event["post"]["body"] for event in events if "post" in event]


async def story(http, live):
    title = f"Followed at {time.time_ns()}"
    concern = {"title": title, "body": "On the road.", "category": "DRG", "region": "PB"}
    thread = (await act(http, "RaiseConcern", concern))["thread"]["id"]
    read = (await http.execute(request("ReadThread", {"id": thread})))["thread"]
    assert read["title"] == title, read

    async def say(body):
        await act(http, "AddPost", {"threadId": thread, "body": body})

    def follow(after):
        return live.subscribe(request("FollowThread", {"threadId": thread, "after": after}))

    async def soon(waiting):
        return await asyncio.wait_for(waiting, PATIENCE)

    await say("one")
    await say("two")
    first = follow(read["cursor"])
    early = await soon(until(first, "one"))
    await first.aclose()

    await say("three")
    second = follow(early[-1]["cursor"])
    late = await soon(until(second, "three"))
    await say("four")
    late += await soon(until(second, "four"))
    await second.aclose()

    assert bodies(early) == ["one"], early
    assert bodies(late) == ["two", "three", "four"], late
    cursors = [event["cursor"] for event in early + late]
    assert len(set(cursors)) == len(cursors), "a cursor came twice"


async def main():
    server = json.loads(os.environ["MUKALMA_CLIENTS_SERVER"])
    token = {"authorization": f"Bearer {server['token']}"}
    over_http = AIOHTTPTransport(url=server["http"], headers=token)
    over_socket = WebsocketsTransport(
        url=server["ws"],
        init_payload=token,
        subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL],
    )
    async with Client(transport=over_http) as http, Client(transport=over_socket) as live:
        await story(http, live)
        # The socket answers queries, too.
        assert (await live.execute(gql("{ __typename }"))) == {"__typename": "Query"}


if sys.flags.optimize:
    sys.exit("assertions are needed: run without -O")
asyncio.run(main())
