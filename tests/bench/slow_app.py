"""An application that answers after 0.2 s, or as many as its argument says; prints its address."""

from __future__ import annotations

import asyncio
import sys

from aiohttp import web

DELAY_S = float(sys.argv[1]) if len(sys.argv) > 1 else 0.2


async def chat(request: web.Request) -> web.Response:
    """Answer as a small agent would: a tool call, its result, a text."""
    asked = await request.json()
    await asyncio.sleep(DELAY_S)
    arguments = '{"order": "LF-1", "what": ["status", "date"]}'
    call = {"id": "c1", "type": "function", "function": {"name": "find", "arguments": arguments}}
    text = f"You asked: {asked['query']}. Your order LF-1 is on its way. " * 5
    return web.json_response(
        {
            "messages": [
                {"role": "assistant", "content": None, "tool_calls": [call]},
                {"role": "tool", "tool_call_id": "c1", "content": '{"status": "sent"}' * 20},
                {"role": "assistant", "content": text},
            ],
            "output": text,
            "usage": {"in": 100, "out": 50},
        }
    )


async def main() -> None:
    """Serve until standard input ends."""
    app = web.Application()
    app.router.add_post("/chat", chat)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024)
    await site.start()
    sys.stdout.write(f"http://127.0.0.1:{runner.addresses[0][1]}/chat\n")
    sys.stdout.flush()
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
