// A small web server. One of version "bad" is never healthy.
import { createServer } from "node:http";

const { PORT = "3000", VERSION = "1" } = process.env;

const server = createServer((request, response) => {
  const isWell = request.url !== "/health" || VERSION !== "bad";
  response.writeHead(isWell ? 200 : 500, { "content-type": "text/plain" });
  response.end(`version ${VERSION}\n`);
});

server.listen(Number(PORT), "127.0.0.1", () =>
  console.log(`version ${VERSION} listens on ${PORT}, as process ${process.pid}`),
);
process.once("SIGTERM", () => server.close());
