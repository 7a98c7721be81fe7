/** A name server of the test's own, on loopback: it answers A and TXT of a few names, and else that there is none. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { onTestFinished } from "vitest";

const TYPES: Readonly<Record<number, string>> = { 1: "A", 16: "TXT" };

/** @param records `NAME TYPE` → what it says; where it says nothing at all, nobody answers */
export async function nameServer(records: Readonly<Record<string, readonly string[] | "silent">>): Promise<string> {
  const socket = createSocket("udp4");
  socket.on("message", (query, { port, address }) => {
    const { name, end } = nameIn(query);
    const type = query.readUInt16BE(end);
    const said = records[`${name} ${TYPES[type] ?? type}`];
    if (said === "silent") return;
    const answers = (said ?? []).map((each) => recordOf(type, each));
    const known = Object.keys(records).some((each) => each.startsWith(`${name} `));
    const head = Buffer.from(query.subarray(0, 12));
    head.writeUInt16BE(known ? 0x8180 : 0x8183, 2);
    head.writeUInt16BE(answers.length, 6);
    head.writeUInt32BE(0, 8);
    socket.send(Buffer.concat([head, query.subarray(12, end + 4), ...answers]), port, address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  onTestFinished(() => void socket.close());
  return `127.0.0.1:${socket.address().port}`;
}

/** The name of the question, and where it ends. */
function nameIn(query: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.subarray(at + 1, at + 1 + length).toString());
    at += length + 1;
  }
  return { name: labels.join("."), end: at + 1 };
}

function recordOf(type: number, said: string): Buffer {
  const data =
    type === 1
      ? Buffer.from(said.split(".").map(Number))
      : Buffer.concat([Buffer.from([said.length]), Buffer.from(said)]);
  const head = Buffer.alloc(12);
  // The name is the one of the question.
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(60, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}
