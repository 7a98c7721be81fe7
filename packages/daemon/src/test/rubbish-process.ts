/** Answers everything at the socket `ARGV[2]` with something that is no answer. */
import { createServer } from "node:http";

createServer((_request, response) => response.end("what?")).listen(process.argv[2], () => {
  process.stdout.write("ready\n");
});
