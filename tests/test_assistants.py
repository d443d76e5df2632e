"""Where gradio[mcp] is installed, assistants find every endpoint as a tool, in its own words, in the same limits."""

import json

import httpx
import pytest

from tests.loops import run
from tests.test_serving import ENDPOINTS

mcp = pytest.importorskip("mcp", reason='for assistants: pip install "gradio[mcp]"')
ASKED = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
HEADERS = {"accept": "application/json, text/event-stream"}
RENAMED = {"networks": "list_networks"}  # Gradio calls a tool as its function is called


def talk(app_url: str, act):
    """What `act(session)` returns, an assistant's session with the app."""
    from mcp.client.streamable_http import streamable_http_client

    async def go():
        async with (
            streamable_http_client(f"{app_url}/gradio_api/mcp/") as (read, write, _),
            mcp.ClientSession(read, write) as session,
        ):
            await session.initialize()
            return await act(session)

    return run(go())


def test_every_endpoint_is_a_tool_with_its_words_and_its_parameters(app_url):
    tools = {tool.name: tool for tool in talk(app_url, lambda session: session.list_tools()).tools}
    assert {"judge", "list_networks"} <= set(tools)
    found = {name: list(tools[RENAMED.get(name, name)].inputSchema.get("properties", {})) for name in ENDPOINTS}
    assert found == ENDPOINTS
    assert not [name for name, tool in tools.items() if not tool.description]
    assert tools["sample"].description.startswith("Generate: draw z from N(0, temperature^2 I) and decode.")
    assert tools["sample"].inputSchema["properties"]["count"]["description"] == "how many pictures, 1 to 1024."


def test_an_assistant_gets_an_answer_or_a_sentence(app_url):
    async def act(session):
        good = await session.call_tool("softmax", {"logits": [0, 0], "temperature": 2})
        return good, await session.call_tool("sample", {"count": 4000})

    good, bad = talk(app_url, act)
    assert "'probabilities': [0.5, 0.5]" in good.content[0].text
    assert bad.isError
    assert "count must be a whole number from 1 to 1024, not 4000" in bad.content[0].text


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({}, ASKED, 200),
        ({"origin": "https://evil.example"}, ASKED, 403),
        ({"origin": "null"}, ASKED, 403),
        ({"content-type": "text/plain"}, ASKED, 415),
        ({}, {**ASKED, "id": "\ud800"}, 400),
        ({}, {**ASKED, "params": {"cursor": float("nan")}}, 400),
    ],
)
def test_the_limits_hold_for_assistants(app_url, headers, body, status):
    address, kind = f"{app_url}/gradio_api/mcp/", {"content-type": "application/json"}
    assert httpx.post(address, content=json.dumps(body), headers=HEADERS | kind | headers).status_code == status


@pytest.mark.parametrize("path", ["mcp/sse", "mcp/messages/", "mcp/schema", "mcp/x"])
def test_nothing_else_is_opened_for_them(app_url, path):
    assert httpx.get(f"{app_url}/gradio_api/{path}", headers=HEADERS).status_code == 404
