// A small web server: its page tells who answers. Asked to end (SIGTERM), it takes nothing new and ends what it has begun.
import { createServer } from "node:http";
import { setTimeout as pass } from "node:timers/promises";

const { PORT = "3000", NAME = "web", VERSION = "1" } = process.env;

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url ?? "/", "http://localhost");
  if (pathname === "/slow") {
    console.log("a slow page is asked for");
    await pass(500);
  }
  if (pathname === "/" || pathname === "/slow") answer(response, 200, `version ${VERSION}, served by ${NAME}\n`);
  else if (pathname === "/health") answer(response, 200, "well\n");
  else answer(response, 404, "there is no such page\n");
});

function answer(response, status, text) {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" });
  response.end(text);
}

server.listen(Number(PORT), "127.0.0.1", () => {
  console.log(`version ${VERSION} listens on ${PORT}, as process ${process.pid}`);
});

process.once("SIGTERM", () => {
  console.log("asked to end");
  // Those who are being answered get their answer; connections on which nobody asks anything are closed.
  server.close();
});
